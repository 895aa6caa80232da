// The open cursors and files of all workers of a loop. A cursor belongs to the worker that opened it and closes with the invocation that opened
// it. Bound: kPerWorkerMax each; one more closes the oldest (such that a script leaves behind as detached work, for example).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <variant>

#include "store/store.h"

namespace redd::host {

struct DocumentsLeft {
  std::uint64_t storeCursor = 0;
};
struct KeysLeft {
  store::KvScan scan;
  bool onlyKeys = false;
};
struct Cursor {
  std::uint64_t workerId = 0;
  std::uint32_t invocation = 0;
  std::weak_ptr<store::Store> store;
  std::variant<DocumentsLeft, KeysLeft, std::shared_ptr<store::FileReader>, std::shared_ptr<store::FileWriter>> left;
};

class Cursors {
 public:
  std::uint64_t open(Cursor cursor);                                     // its number, from 1 up
  std::optional<Cursor> take(std::uint64_t id, std::uint64_t workerId);  // it is not open any more
  const Cursor* find(std::uint64_t id, std::uint64_t workerId) const;    // stays open; nullptr: there is none
  void invocationEnded(std::uint64_t workerId, std::uint32_t invocation);
  void workerEnded(std::uint64_t workerId);

  static constexpr std::size_t kPerWorkerMax = 1'000;

 private:
  using OfWorker = std::map<std::uint64_t, Cursor>;  // oldest first
  static void close(const Cursor& cursor);
  std::map<std::uint64_t, OfWorker> byWorker_;  // never with an empty one
  std::uint64_t lastId_ = 0;
};

}  // namespace redd::host
