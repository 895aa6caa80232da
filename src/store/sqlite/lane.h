// The writer lane of one database: the one thread that writes, commits and checkpoints (REL-10). Whatever gathered while the
// last commit was syncing goes into the next transaction, so one sync serves all of it (group commit, design section 5).
//
// One thread per open database, not a pool: the lane spends its time in fdatasync, and a pool would let the slow disk of one
// space hold up the commits of another. An idle lane costs a sleeping thread; Stores bounds how many there are.
//
// After a failed sync the lane writes nothing more until the database is opened anew: what the disk holds is unknown (REL-11).
// A full disk fails the operations that need room and nothing else (REL-12).
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "base/metrics.h"
#include "sqlite/moment_log.h"
#include "sqlite/sweeper.h"
#include "sqlite/write_op.h"

namespace redd::store::sqlite {

struct LaneCounters {
  Counter operations;
  Counter commits;         // each is one sync
  Counter failedCommits;
};

class Lane {
 public:
  struct Outcome {
    WriteOps ops;       // with their results, in the order in which they were submitted
    KvNews kv;
    bool failed = false;  // the commit could not be made: what is cached must be read again
  };
  using Deliver = std::function<void(Outcome)>;  // called on the lane's thread

  static constexpr int kCheckpointPages = 1'000;
  static constexpr std::int64_t kIdleMs = 5'000;        // after so long without a write the WAL is emptied
  static constexpr std::int64_t kSweepEveryMs = 5'000;  // what expired is removed at most so often
  static constexpr std::int64_t kSweepOnMs = 20;        // while much is left: so long for writes in between

  // `moments`: nullptr when none are kept.
  Lane(Database database, std::shared_ptr<KnownCollections> known, LaneCounters counters, Deliver deliver, std::unique_ptr<MomentLog> moments = nullptr);
  ~Lane();  // finishes what was submitted

  void submit(WriteOps ops);                      // any thread
  void finish(std::move_only_function<void()> finished);    // any thread; `finished` is called on the lane's thread, as its last act

 private:
  void run();
  void commitAll(WriteOps ops);
  Result<KvNews> commitTogether(WriteOps& ops);
  Result<void> applyOne(WriteOp& op, Writer& writer);
  std::optional<std::int64_t> sleepMs() const;  // until there is housekeeping; nullopt: only a write wakes the lane
  void housekeeping();
  void sweepUnseen();
  void tellMoments();
  bool mayCheckpoint();
  bool refuses() const { return broken_.has_value(); }

  Deliver deliver_;
  LaneCounters counters_;

  std::mutex mutex_;
  std::condition_variable wake_;
  WriteOps queued_;                         // guarded by mutex_
  std::move_only_function<void()> finished_;          // guarded by mutex_
  bool finishing_ = false;                  // guarded by mutex_

  // The lane's own.
  std::optional<Database> database_;
  std::unique_ptr<MomentLog> moments_;
  std::shared_ptr<KnownCollections> known_;
  std::optional<Error> broken_;
  bool walToEmpty_ = true;
  int checkpointAtPages_ = kCheckpointPages;  // in the WAL
  std::optional<UnixMs> sweepAt_ = 0;  // nullopt: nothing expires, and nothing was written since
  std::thread thread_;
};

}  // namespace redd::store::sqlite
