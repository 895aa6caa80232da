// One thread on which blocking work runs, in the order in which it was given, for coroutines that wait on their loop.
//
// Bounded: over kQueueMax waiting pieces of work the answer is "unavailable". The destructor finishes what was given.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/result.h"
#include "base/suspend.h"

namespace redd::control {

class ThreadLane {
 public:
  static constexpr std::size_t kQueueMax = 256;

  ThreadLane() : thread_([this](const std::stop_token& stop) { work(stop); }) {}
  ThreadLane(const ThreadLane&) = delete;
  ThreadLane& operator=(const ThreadLane&) = delete;

  // co_await lane.run<SpacePtr>([…] { return catalogue.setEnv(…); }). `job` runs on the lane's thread; the coroutine goes on
  // on its own executor.
  template <class T>
  Task<Result<T>> run(std::move_only_function<Result<T>()> job) {
    co_return co_await suspend<T>([this, &job](Completion<T> done) { start<T>(std::move(job), std::move(done)); });
  }

  // `job` runs on the lane's thread, and nobody waits. False: too much is waiting already.
  bool post(std::move_only_function<void()> job) {
    const std::scoped_lock lock(mutex_);
    if (queue_.size() >= kQueueMax) return false;
    queue_.push_back(std::move(job));
    wake_.notify_one();
    return true;
  }

 private:
  template <class T>
  void start(std::move_only_function<Result<T>()> job, Completion<T> done) {
    {
      const std::scoped_lock lock(mutex_);
      if (queue_.size() < kQueueMax) {
        queue_.emplace_back([j = std::move(job), d = std::move(done)]() mutable { d(j()); });
        wake_.notify_one();
        return;
      }
    }
    done(Error::make(ErrorCode::unavailable, "Too many changes are waiting. Try again."));
  }
  void work(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<std::move_only_function<void()>> queue_;
  std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace redd::control
