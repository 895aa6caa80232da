// The workers of one space: which one takes the next invocation, who waits, who starts, who leaves.
//
//   current_    takes new invocations as soon as it is ready (one at a time: Limits::workersPerSpaceMax is 1)
//   next_       starts because the environment changed or current_ is worn out; takes over when it is ready
//   prepared_   started for deployments that are not published yet
//   all others in workers_ are leaving
//
// Nothing is lost in a change: the old worker finishes what it has, the new one takes what comes. Bounds: Limits::requestsPerSpaceMax
// inside, requestsQueuedPerSpaceMax waiting, kPreparedMax prepared.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "worker.h"

namespace redd::worker {

class Pool final : public Worker::Owner {
 public:
  Pool(Context& context, space::SpacePtr space);
  ~Pool();

  void invoke(const RunPtr& run);
  void abandon(const RunPtr& run);  // one that waits

  void prepare(space::SpacePtr candidate, Completion<space::Manifest> done);
  // The ready worker of a deployment, prepared or current; nullptr when there is none.
  std::shared_ptr<Worker> workerOf(std::string_view deploymentId) const;

  void adopt(space::SpacePtr space);  // what was published; older revisions are ignored
  void stop(std::int64_t killAtNs);
  Worker::Pace tick(std::int64_t nowNs);

  const space::SpacePtr& space() const { return space_; }
  const std::vector<std::shared_ptr<Worker>>& workers() const { return workers_; }
  bool empty() const { return workers_.empty() && waiting_.empty(); }

 private:
  struct Prepared {
    std::shared_ptr<Worker> worker;
    Completion<space::Manifest> done;  // null once it was called
    std::int64_t dueNs = 0;            // it retires when nobody published its deployment by then
  };

  void workerReady(Worker& worker) override;
  void workerRefused(Worker& worker, const Error& error) override;
  void workerFree(Worker& worker) override;
  void workerLost(Worker& worker) override;
  void workerReaped(Worker& worker) override;

  bool canTake() const;
  void dispatch(const RunPtr& run);
  void pump();
  void ensureWorker();
  std::shared_ptr<Worker> start(const space::SpacePtr& space);
  void startNext();
  void takeOver(std::shared_ptr<Worker> worker);
  void retire(std::shared_ptr<Worker> worker) const;
  void backOff();
  void fail(const RunPtr& run, Error error) const;
  void failWaiting(const Error& error);
  void expireWaiting(std::int64_t nowNs);
  void expirePrepared(std::int64_t nowNs);
  std::vector<Prepared>::iterator preparedOf(const Worker& worker);

  Context& context_;
  space::SpacePtr space_;
  Counter invocations_;
  std::deque<RunPtr> waiting_;
  std::vector<std::shared_ptr<Worker>> workers_;  // every process that is not reaped
  std::shared_ptr<Worker> current_, next_;
  bool replace_ = false;  // current_ is to be followed by a fresh one
  std::vector<Prepared> prepared_;
  int failures_ = 0;  // deaths in a row, each soon after its start
  std::int64_t startAllowedNs_ = 0;
  bool stopping_ = false;
};

}  // namespace redd::worker
