// Threads, mostly one, on which blocking work runs, begun in the order in which it was given, for coroutines that wait on their loop.
//
// Bounded: over queueMax waiting pieces of work the answer is "unavailable", or what the lane was made to say. The destructor finishes what
// was given.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/suspend.h"

namespace redd::control {

struct LaneShape {
  std::size_t threads = 1;
  std::size_t queueMax = 256;
  ErrorCode refusal = ErrorCode::unavailable;
};

class ThreadLane {
 public:
  explicit ThreadLane(LaneShape shape = {}) : shape_(shape) {
    for (std::size_t i = 0; i < shape.threads; ++i) threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
  ThreadLane(const ThreadLane&) = delete;
  ThreadLane& operator=(const ThreadLane&) = delete;

  // co_await lane.run<SpacePtr>([…] { return catalogue.setEnv(…); }). `job` runs on the lane's thread; the coroutine goes on
  // on its own executor.
  template <class T>
  Task<Result<T>> run(std::move_only_function<Result<T>()> job) {
    co_return co_await suspend<T>([this, &job](Completion<T> done) { start<T>(std::move(job), std::move(done)); });
  }
  // Nobody waits for it. False: the lane is full, and it will not run.
  bool post(std::move_only_function<void()> job) {
    const std::scoped_lock lock(mutex_);
    if (queue_.size() >= shape_.queueMax) return false;
    queue_.push_back(std::move(job));
    wake_.notify_one();
    return true;
  }

 private:
  template <class T>
  void start(std::move_only_function<Result<T>()> job, Completion<T> done) {
    {
      const std::scoped_lock lock(mutex_);
      if (queue_.size() < shape_.queueMax) {
        queue_.emplace_back([j = std::move(job), d = std::move(done)]() mutable { d(j()); });
        wake_.notify_one();
        return;
      }
    }
    done(Error::make(shape_.refusal, "Too many of these are waiting. Try again in a moment."));
  }
  void work(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<std::move_only_function<void()>> queue_;
  const LaneShape shape_;
  std::vector<std::jthread> threads_;  // last: they end before what they use
};

}  // namespace redd::control
