// What the loop knows of the key/value entries of one space, so that a get needs no thread and no SQL: least recently used
// entries go first, kBytesMax bounds the rest.
//
// Order (REL-16): every write of a key is numbered when it is called (written()), and its result arrives when it is durable
// (publish()). While a write of a key is under way the entry is `pending` and a get waits for it; entries that are pending or
// being loaded are never dropped, so what a slow reader brings back cannot cover what a commit brought.
//
// Belongs to the loop.
#pragma once

#include <list>
#include <unordered_map>
#include <vector>

#include "sqlite/kv_batch.h"

namespace redd::store::sqlite {

class KvCache {
 public:
  static constexpr std::size_t kBytesMax = 16 << 20;

  using Waiter = Completion<std::optional<KvValue>>;
  struct Entry {
    enum class State { unknown, loading, known } state = State::unknown;
    KvState value;                 // when known
    std::uint64_t pendingUntil = 0;  // number of the last write called
    std::vector<Waiter> waiters;   // for the load
    const KvKey* key = nullptr;
    std::list<Entry*>::iterator age;
    std::size_t bytes = 0;
  };

  Entry& entry(const KvKey& key);           // found or made, and now the youngest
  void written(const KvKey& key, std::uint64_t number) { entry(key).pendingUntil = number; }
  void load(Entry& entry, Result<KvState>& state);  // what a reader brought for an entry that is still `loading`
  void publish(KvNews news);                // the outcome of a commit
  void forget();                            // a commit failed: everything must be read again
  void settled(std::uint64_t number);       // all writes up to `number` are done: what is too much may go

 private:
  void account(Entry& entry);

  std::unordered_map<KvKey, Entry, KvKey::Hash> entries_;
  std::list<Entry*> ages_;  // youngest first
  std::size_t bytes_ = 0;
};

}  // namespace redd::store::sqlite
