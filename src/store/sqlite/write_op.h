// One write on its way through the lane: applied inside the lane's transaction, completed on the loop after the sync.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/suspend.h"
#include "sqlite/kv_batch.h"
#include "store/sqlite/database.h"

namespace redd::store::sqlite {

// What an operation may use while it is applied.
struct Writer {
  Database& database;
  KvBatch& kv;
};

class WriteOp {
 public:
  virtual ~WriteOp() = default;

  // On the lane. Keeps its own result for complete(). An error fails this operation alone: what it wrote to the database is
  // undone. May be called a second time, when the commit it was in could not be made.
  virtual Result<void> apply(Writer& writer) = 0;
  virtual void fail(Error error) = 0;   // on the lane or the loop; replaces the result
  // On the lane, after the commit that holds it (also when it failed by itself): what can only be done then. No transaction runs.
  virtual void committed(Database&) {}
  virtual void complete() = 0;          // on the loop, exactly once
  // Whether apply() writes to the database itself, so that it needs a savepoint of its own.
  virtual bool writesRows() const { return true; }

  std::size_t bytes = 0;  // what it holds while it waits
};

using WriteOps = std::vector<std::unique_ptr<WriteOp>>;

// A WriteOp with a result of type T.
template <class T>
class WriteOpOf : public WriteOp {
 public:
  explicit WriteOpOf(Completion<T> done) : done_(std::move(done)) {}
  void fail(Error error) final { result_ = std::move(error); }
  void complete() final { done_(std::move(result_)); }

 protected:
  Result<T> result_{};

 private:
  Completion<T> done_;
};

}  // namespace redd::store::sqlite
