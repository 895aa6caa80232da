// The reading connections of one database, borrowed by the threads of the shared reader pool. Thread-safe.
// Read-only, and never the ones that checkpoint (REL-10). As many as read at once, which the pool bounds.
#pragma once

#include <filesystem>
#include <mutex>
#include <vector>

#include "store/sqlite/database.h"

namespace redd::store::sqlite {

class ReadConnections {
 public:
  explicit ReadConnections(std::filesystem::path file) : file_(std::move(file)) {}

  // Calls read(Database&), which returns a Result, with a connection of its own. All that it reads is of one moment.
  template <class Read>
  auto with(Read&& read) -> decltype(read(std::declval<Database&>())) {
    REDD_TRY(Database database, borrow());
    auto result = [&]() -> decltype(read(database)) {
      REDD_TRY(Transaction moment, Transaction::beginReading(database));
      return read(database);
    }();
    giveBack(std::move(database));
    return result;
  }
  void closeAll() {
    const std::lock_guard lock(mutex_);
    free_.clear();
  }

 private:
  Result<Database> borrow() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        Database database = std::move(free_.back());
        free_.pop_back();
        return database;
      }
    }
    return Database::open(file_, Mode::readOnly);
  }
  void giveBack(Database database) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(database));
  }

  std::filesystem::path file_;
  std::mutex mutex_;
  std::vector<Database> free_;
};

}  // namespace redd::store::sqlite
