// The reading connections of one database, borrowed by the threads of the shared reader pool. Thread-safe.
// Read-only, and never the ones that checkpoint (REL-10). As many as read at once, which ReadQueue bounds.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "store/sqlite/database.h"

namespace redd::store::sqlite {

class ReadConnections {
 public:
  explicit ReadConnections(std::filesystem::path file) : file_(std::move(file)) {}

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
    if (!closed_) free_.push_back(std::move(database));
  }
  void closeAll() {  // and what comes back later
    const std::lock_guard lock(mutex_);
    closed_ = true;
    free_.clear();
  }

 private:
  std::filesystem::path file_;
  std::mutex mutex_;
  std::vector<Database> free_;  // guarded by mutex_
  bool closed_ = false;         // guarded by mutex_
};

// One connection and one transaction for several reads in a row: a transaction costs about as much as a document read by its _id.
// Belongs to one thread.
class Moment {
 public:
  explicit Moment(ReadConnections& connections) : connections_(connections) {}
  Moment(const Moment&) = delete;
  ~Moment() {
    transaction_.reset();
    if (database_) connections_.giveBack(*std::move(database_));
  }

  // All that is read until the next call is of one moment, and holds the commits up to number `settled`.
  Result<Database*> from(std::uint64_t settled) {
    if (!database_) {
      REDD_TRY(database_, connections_.borrow());
    }
    const bool holds = transaction_ && settled <= settled_ && database_->inTransaction();  // an error may have ended it
    if (!holds) {
      transaction_.reset();
      REDD_TRY(Transaction transaction, Transaction::beginReading(*database_));
      transaction_.emplace(std::move(transaction));
      settled_ = settled;
    }
    return &*database_;
  }

 private:
  ReadConnections& connections_;
  std::optional<Database> database_;
  std::optional<Transaction> transaction_;
  std::uint64_t settled_ = 0;  // when the transaction began
};

}  // namespace redd::store::sqlite
