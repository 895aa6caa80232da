#include "sqlite/sqlite_store.h"

#include <fmt/format.h>

#include "sqlite/schema.h"

namespace redd::store::sqlite {

namespace asio = boost::asio;

Result<Database> SqliteStore::openDatabase(const std::filesystem::path& file, const Options& options) {
  REDD_TRY(Database database, Database::open(file, Mode::readWrite));
  if (options.pagesMax > 0) REDD_TRY_VOID(database.limitPages(options.pagesMax));
  REDD_TRY_VOID(database.migrate(kDataFormat, "the data of the space"));
  const auto retired = options.moments.empty() ? std::filesystem::path() : MomentLog::retiredIn(options.moments);
  REDD_TRY_VOID(BlobFiles(file.parent_path() / "blobs", retired).sweep(database));
  database.checkpointByHand();
  return database;
}

std::shared_ptr<SqliteStore> SqliteStore::make(Loop& loop, Database database, std::shared_ptr<ReaderThreads> readers,
                                               const Limits& limits, Metrics& metrics, const Options& options) {
  std::shared_ptr<SqliteStore> store(new SqliteStore(loop, database.file(), std::move(readers), limits));
  store->start(std::move(database), metrics, options);
  return store;
}

SqliteStore::SqliteStore(Loop& loop, std::filesystem::path file, std::shared_ptr<ReaderThreads> readers, const Limits& limits)
    : loop_(loop), readers_(std::move(readers)), limits_(limits), reads_(std::make_shared<ReadQueue>(loop_, *readers_, file)),
      blobs_(blobsOf(file, {})) {}

std::shared_ptr<BlobFiles> SqliteStore::blobsOf(const std::filesystem::path& file, const std::filesystem::path& retired) const {
  return std::make_shared<BlobFiles>(file.parent_path() / "blobs", retired, [threads = readers_.get()](auto work) { asio::post(threads->remover, std::move(work)); });
}

void SqliteStore::start(Database database, Metrics& metrics, const Options& options) {
  const std::string label = fmt::format("space=\"{}\"", labelValue(options.label));
  const LaneCounters counters{metrics.counter("redd_store_writes_total", label),
                              metrics.counter("redd_store_commits_total", label),
                              metrics.counter("redd_store_failed_commits_total", label)};
  // The lane ends before this object does, and what it posted completes its operations even then.
  auto deliver = [loop = &loop_, weak = weak_from_this()](Lane::Outcome outcome) {
    asio::post(*loop, [weak, outcome = std::move(outcome)]() mutable {
      if (auto self = weak.lock()) return self->delivered(std::move(outcome));
      for (auto& op : outcome.ops) op->complete();
    });
  };
  std::unique_ptr<MomentLog> moments;
  if (!options.moments.empty()) {
    moments = std::make_unique<MomentLog>(database.file(), options.moments, options.momentsKeptMs);
    blobs_ = blobsOf(database.file(), MomentLog::retiredIn(options.moments));
  }
  lane_ = std::make_unique<Lane>(std::move(database), known_, counters, std::move(deliver), std::move(moments));
  finishIndexes();
}

SqliteStore::~SqliteStore() {
  if (lane_ && !gathered_.empty()) lane_->submit(std::move(gathered_));
}

// ---- writes ----

std::uint64_t SqliteStore::write(std::unique_ptr<WriteOp> op, std::size_t bytes) {
  const bool tooMany = called_ - settled_ >= kWritesWaitingMax || bytesWaiting_ + bytes > kWriteBytesWaitingMax;
  if (closing_ || tooMany) {
    op->fail(Error::make(ErrorCode::unavailable, closing_ ? "The store is closing" : "Too many writes wait for the disk"));
    asio::post(loop_, [op = std::move(op)] { op->complete(); });
    return 0;
  }
  op->bytes = bytes;
  bytesWaiting_ += bytes;
  if (gathered_.empty()) {
    if (!guard_) guard_.emplace(loop_.get_executor());
    asio::post(loop_, [weak = weak_from_this()] {
      if (auto self = weak.lock()) self->flush();
    });
  }
  gathered_.push_back(std::move(op));
  return ++called_;
}

void SqliteStore::flush() {
  if (!gathered_.empty()) lane_->submit(std::exchange(gathered_, {}));
}

void SqliteStore::delivered(Lane::Outcome outcome) {
  settled_ += outcome.ops.size();
  for (const auto& op : outcome.ops) bytesWaiting_ -= op->bytes;
  if (outcome.failed) {
    cache_.forget();
  } else {
    cache_.publish(std::move(outcome.kv));
  }
  cache_.settled(settled_);
  if (settled_ == called_) guard_.reset();
  for (auto& op : outcome.ops) op->complete();
  while (!waiting_.empty() && waiting_.begin()->first <= settled_) {
    auto then = std::move(waiting_.extract(waiting_.begin()).mapped());
    then();
  }
  closeWhenQuiet();
}

// ---- reads ----

void SqliteStore::after(std::uint64_t number, std::move_only_function<void()> then) {
  waiting_.emplace(number, std::move(then));
}

// ---- end ----

void SqliteStore::close(Completion<void> done) {
  if (closing_) return failLater(std::move(done), Error::make(ErrorCode::unavailable, "The store is closing"));
  closing_ = true;
  closed_ = std::move(done);
  flush();
  asio::post(loop_, [self = shared_from_this()] { self->closeWhenQuiet(); });
}

void SqliteStore::closeWhenQuiet() {
  if (!closed_ || reads_->size() > 0 || settled_ < called_) return;
  reads_->closeConnections();
  lane_->finish([self = shared_from_this(), guard = WorkGuard(loop_.get_executor()), done = std::exchange(closed_, nullptr)]() mutable {
    Loop& loop = self->loop_;
    asio::post(loop, [self = std::move(self), done = std::move(done)]() mutable {
      self->lane_.reset();
      done({});
    });
  });
}

}  // namespace redd::store::sqlite
