#include "thread_lane.h"

namespace redd::control {

void ThreadLane::work(const std::stop_token& stop) {
  while (true) {
    std::move_only_function<void()> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [this] { return !queue_.empty(); });
      if (queue_.empty()) return;  // asked to stop, and nothing is left
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    job();
  }
}

}  // namespace redd::control
