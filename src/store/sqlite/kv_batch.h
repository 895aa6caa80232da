// The key/value entries that one commit touches. An entry is read from the database when it is first touched, changed here as
// often as the gathered operations ask, each seeing the one before it, and written once: sixty increments of one counter
// that gathered behind one sync are one UPDATE.
//
// Owned by the writer lane, used inside its transaction only.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "sqlite/kv_key.h"
#include "store/sqlite/database.h"

namespace redd::store::sqlite {

struct KvPrefix {
  std::string keyspace;
  std::string prefix;
  bool covers(const KvKey& key) const { return key.keyspace() == keyspace && key.key().starts_with(prefix); }
};

// What the loop's cache must learn when the commit is done: first the prefixes that went, then the states.
struct KvNews {
  std::vector<KvPrefix> removed;
  std::vector<std::pair<KvKey, KvState>> states;
};

// The SQL range that holds exactly the texts with this prefix: [prefix, end). nullopt: no end.
std::optional<std::string> prefixEnd(std::string_view prefix);

class KvBatch {
 public:
  KvBatch(Database& database, UnixMs now) : database_(database), now_(now) {}

  UnixMs now() const { return now_; }
  Result<KvState> get(const KvKey& key);  // an expired value comes back as missing
  Result<void> put(const KvKey& key, KvState state);
  Result<std::uint64_t> removePrefix(KvPrefix prefix);

  Result<void> write();  // the changes, into the transaction
  KvNews news() &&;

 private:
  struct Touched {
    KvState state;
    bool inDatabase = false;
    bool changed = false;
  };
  Result<Touched*> touch(const KvKey& key);

  Database& database_;
  UnixMs now_;
  std::unordered_map<KvKey, Touched, KvKey::Hash> touched_;
  std::vector<KvPrefix> removed_;
};

// One row's value and expiry columns, from `column` on.
KvState kvStateOf(const Statement& row, int column);

}  // namespace redd::store::sqlite
