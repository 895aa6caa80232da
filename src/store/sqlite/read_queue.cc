#include "sqlite/read_queue.h"

#include <boost/asio/defer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

namespace redd::store::sqlite {

namespace asio = boost::asio;

void ReadQueue::add(Job job) {
  if (size_++ == 0) guard_.emplace(loop_.get_executor());
  if (gathered_.empty()) asio::post(loop_, [self = shared_from_this()] { self->flush(); });
  gathered_.push_back(std::move(job));
}

void ReadQueue::flush() {
  std::size_t more = 0;  // threads
  {
    const std::lock_guard lock(mutex_);
    std::ranges::move(gathered_, std::back_inserter(queued_));
    more = std::min(threads_.atOnce() - working_, queued_.size());
    working_ += more;
  }
  gathered_.clear();
  for (; more > 0; --more) asio::post(threads_.pool, [self = shared_from_this()] { self->work(); });
}

void ReadQueue::work() {
  Moment moment(connections_);
  for (int i = 0; i < kTurn; ++i) {
    Job job;
    {
      const std::lock_guard lock(mutex_);
      if (queued_.empty()) {
        --working_;
        return;
      }
      job = std::move(queued_.front());
      queued_.pop_front();
    }
    Done done = job(moment);
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      first = done_.empty();
      done_.push_back(std::move(done));
    }
    if (first) asio::post(loop_, [self = shared_from_this()] { self->deliver(); });
  }
  asio::defer(threads_.pool, [self = shared_from_this()] { self->work(); });
}

void ReadQueue::deliver() {
  std::vector<Done> all;
  {
    const std::lock_guard lock(mutex_);
    all.swap(done_);
  }
  for (auto& done : all) {
    if (--size_ == 0) guard_.reset();
    done();
  }
}

}  // namespace redd::store::sqlite
