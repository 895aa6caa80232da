// The people who follow a space's log: what is on its way to each of them, bounded. One who reads too slowly is cut off, with a
// last event that says so; the log goes on without waiting. Belongs to one loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <set>
#include <string>

#include "base/result.h"
#include "base/task.h"
#include "store/log_book.h"

namespace redd::control {

class Follower {
 public:
  static constexpr std::size_t kBufferBytesMax = 1 << 20;
  static constexpr int kHeartbeatS = 15;
  enum class State { live, slow, ended };
  enum class Woken { something, nothing };

  explicit Follower(const boost::asio::any_io_executor& executor) : wake_(executor) {}

  void push(const store::LogLine& line);
  bool empty() const { return lines_.empty(); }
  store::LogLine pop();
  State state() const { return state_; }
  void end();
  // Until there is a line or an end; Woken::nothing after kHeartbeatS without either.
  Task<Woken> wait();

 private:
  std::deque<store::LogLine> lines_;
  std::size_t bytes_ = 0;
  State state_ = State::live;
  boost::asio::steady_timer wake_;
};

// All of them, so that a stop can end them.
class Followers {
 public:
  static constexpr std::size_t kFollowersMax = 100;
  Result<std::shared_ptr<Follower>> add(const boost::asio::any_io_executor& executor);  // tooManyRequests over kFollowersMax
  void remove(const std::shared_ptr<Follower>& follower) { live_.erase(follower); }
  void endAll();

 private:
  std::set<std::shared_ptr<Follower>> live_;
};

}  // namespace redd::control
