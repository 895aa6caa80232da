#include "followers.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace redd::control {
namespace {

std::size_t weight(const store::LogLine& line) { return sizeof(line) + line.text.size() + line.context.size() + line.requestId.size() + line.fields.size(); }

}  // namespace

void Follower::push(const store::LogLine& line) {
  if (state_ != State::live) return;
  if (bytes_ + weight(line) > kBufferBytesMax) {
    state_ = State::slow;
  } else {
    bytes_ += weight(line);
    lines_.push_back(line);
  }
  wake_.cancel();
}

store::LogLine Follower::pop() {
  auto line = std::move(lines_.front());
  lines_.pop_front();
  bytes_ -= weight(line);
  return line;
}

void Follower::end() {
  state_ = State::ended;
  wake_.cancel();
}

Task<Follower::Woken> Follower::wait() {
  if (!lines_.empty() || state_ != State::live) co_return Woken::something;
  wake_.expires_after(std::chrono::seconds(kHeartbeatS));
  const auto [cancelled] = co_await wake_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return cancelled ? Woken::something : Woken::nothing;
}

Result<std::shared_ptr<Follower>> Followers::add(const boost::asio::any_io_executor& executor) {
  if (live_.size() >= kFollowersMax) return Error::make(ErrorCode::tooManyRequests, "Too many people follow logs at this moment.");
  auto follower = std::make_shared<Follower>(executor);
  live_.insert(follower);
  return follower;
}

void Followers::endAll() {
  for (const auto& follower : live_) follower->end();
}

}  // namespace redd::control
