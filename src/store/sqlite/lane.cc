#include "sqlite/lane.h"

#include <chrono>

#include "base/clock.h"
#include "base/log.h"

namespace redd::store::sqlite {

Lane::Lane(Database database, std::shared_ptr<KnownCollections> known, LaneCounters counters, Deliver deliver, std::unique_ptr<MomentLog> moments)
    : deliver_(std::move(deliver)),
      counters_(counters),
      database_(std::move(database)),
      moments_(std::move(moments)),
      known_(std::move(known)),
      thread_([this] { run(); }) {}

Lane::~Lane() {
  finish({});
  thread_.join();
}

void Lane::submit(WriteOps ops) {
  {
    const std::lock_guard lock(mutex_);
    REDD_CHECK(!finishing_);
    if (queued_.empty()) {
      queued_ = std::move(ops);
    } else {
      queued_.insert(queued_.end(), std::make_move_iterator(ops.begin()), std::make_move_iterator(ops.end()));
    }
  }
  wake_.notify_one();
}

void Lane::finish(std::move_only_function<void()> finished) {
  {
    const std::lock_guard lock(mutex_);
    if (finishing_) return;
    finishing_ = true;
    finished_ = std::move(finished);
  }
  wake_.notify_one();
}

void Lane::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto ready = [this] { return !queued_.empty() || finishing_; };
    const auto sleep = sleepMs();
    if (!sleep) {
      wake_.wait(lock, ready);
    } else if (!wake_.wait_for(lock, std::chrono::milliseconds(*sleep), ready)) {
      lock.unlock();
      housekeeping();
      lock.lock();
      continue;
    }
    if (queued_.empty()) break;
    WriteOps ops = std::exchange(queued_, {});
    lock.unlock();
    commitAll(std::move(ops));
    if (sweepAt_ && nowMs() >= *sweepAt_) sweepUnseen();
    lock.lock();
  }
  auto finished = std::move(finished_);
  lock.unlock();
  moments_.reset();
  if (!broken_) std::ignore = database_->checkpoint(Database::Checkpoint::truncate);
  database_.reset();
  if (finished) finished();
}

void Lane::commitAll(WriteOps ops) {
  Outcome outcome;
  counters_.operations.add(static_cast<std::int64_t>(ops.size()));
  auto news = refuses() ? Result<KvNews>(*broken_) : commitTogether(ops);
  if (news) {
    outcome.kv = *std::move(news);
    outcome.ops = std::move(ops);
    deliver_(std::move(outcome));
  } else if (news.error().code == ErrorCode::storageFull && ops.size() > 1 && !refuses()) {
    // Deletes and small changes may still find room: each for itself.
    for (auto& op : ops) {
      WriteOps one;
      one.push_back(std::move(op));
      counters_.operations.add(-1);
      commitAll(std::move(one));
    }
  } else {
    counters_.failedCommits.add();
    for (auto& op : ops) op->fail(news.error());
    outcome.failed = true;
    outcome.ops = std::move(ops);
    deliver_(std::move(outcome));
  }
  if (!refuses() && database_->walPages() >= checkpointAtPages_ && mayCheckpoint()) {
    const int logged = database_->walPages();
    if (auto done = database_->checkpoint(Database::Checkpoint::passive); !done) {
      log::error("store", "{}", done.error().detail);
    }
    // What a long reader (a backup) keeps in the WAL stays there: another try with every commit would only cost.
    checkpointAtPages_ = kCheckpointPages + (database_->walPages() > 0 ? logged : 0);
  }
}

Result<KvNews> Lane::commitTogether(WriteOps& ops) {
  REDD_TRY_VOID(database_->begin());
  walToEmpty_ = true;
  KvBatch kv(*database_, nowMs());
  Writer writer{*database_, kv};
  Result<void> done;
  for (auto& op : ops) {
    done = applyOne(*op, writer);
    if (!database_->inTransaction()) return std::move(done).error();  // SQLite gave it up: full disk, I/O error
  }
  done = kv.write();
  if (done) done = database_->commit();
  if (!done) {
    log::error("store", "commit failed: {}", done.error().detail);
    database_->rollback();
    if (database_->syncFailed()) {
      broken_ = Error{ErrorCode::unavailable, done.error().detail,
                      "A sync to disk failed: nothing is written until the database has been opened anew"};
      return *broken_;
    }
    return std::move(done).error();
  }
  counters_.commits.add();
  tellMoments();
  for (auto& op : ops) op->committed(*database_);
  if (!sweepAt_) sweepAt_ = nowMs() + kSweepEveryMs;  // who knows what was written
  return std::move(kv).news();
}

Result<void> Lane::applyOne(WriteOp& op, Writer& writer) {
  const bool savepoint = op.writesRows();
  if (savepoint) REDD_TRY_VOID(database_->run("SAVEPOINT op"));
  auto done = op.apply(writer);
  if (!done) op.fail(done.error());
  if (savepoint && database_->inTransaction()) {
    if (!done) REDD_TRY_VOID(database_->run("ROLLBACK TO op"));
    REDD_TRY_VOID(database_->run("RELEASE op"));
  }
  return done;
}

std::optional<std::int64_t> Lane::sleepMs() const {
  if (refuses()) return std::nullopt;
  std::optional<std::int64_t> sleep;
  if (walToEmpty_) sleep = kIdleMs;
  if (sweepAt_) sleep = std::min(sleep.value_or(*sweepAt_ - nowMs()), std::max<std::int64_t>(*sweepAt_ - nowMs(), 1));
  return sleep;
}

void Lane::housekeeping() {
  if (sweepAt_ && nowMs() >= *sweepAt_) sweepUnseen();
  if (!walToEmpty_ || !mayCheckpoint()) return;
  walToEmpty_ = false;
  if (auto done = database_->checkpoint(Database::Checkpoint::truncate); !done) {
    log::error("store", "{}", done.error().detail);
  }
}

void Lane::tellMoments() {
  if (moments_ && database_->walFrames() > 0) moments_->committed(database_->walFrames(), nowMs());
}

bool Lane::mayCheckpoint() { return !moments_ || moments_->mayCheckpoint(database_->walFrames()); }

void Lane::sweepUnseen() {
  if (refuses()) return;
  const auto now = nowMs();
  const auto swept = sweep(*database_, *known_, now);
  tellMoments();  // also of a sweep that went half the way
  if (!swept) {
    log::error("store", "{}", swept.error().detail);
    sweepAt_ = now + kSweepEveryMs;
    return;
  }
  sweepAt_.reset();
  if (swept->nextAt) sweepAt_ = *swept->nextAt <= now ? now + kSweepOnMs : std::max(now + kSweepEveryMs, *swept->nextAt);
  if (swept->rows > 0) walToEmpty_ = true;
}

}  // namespace redd::store::sqlite
