#include "client_watch.h"

#include <sys/epoll.h>

#include <array>

#include "base/result.h"

namespace redd::http {

ClientWatch::ClientWatch(Loop& loop) : epoll_(loop) {
  const int descriptor = epoll_create1(EPOLL_CLOEXEC);
  REDD_CHECK(descriptor >= 0);
  epoll_.assign(descriptor);
}

void ClientWatch::add(std::uint64_t id, int socket, std::function<void()> gone) {
  epoll_event event{};
  event.events = EPOLLRDHUP | EPOLLET;
  event.data.u64 = id;
  if (!epoll_.is_open() || epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket, &event) != 0) return;
  watched_[id] = std::move(gone);
  wait();
}

void ClientWatch::stop() {
  boost::system::error_code ignored;
  epoll_.close(ignored);
  watched_.clear();
}

void ClientWatch::wait() {
  if (std::exchange(waiting_, true)) return;
  epoll_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](boost::system::error_code error) {
    if (error) return;  // stopped; `this` may be gone
    waiting_ = false;
    collect();
    if (epoll_.is_open() && !watched_.empty()) wait();
  });
}

void ClientWatch::collect() {
  std::array<epoll_event, 64> events;
  for (;;) {
    const int count = epoll_wait(epoll_.native_handle(), events.data(), events.size(), 0);
    for (int i = 0; i < count; ++i) {
      const std::uint64_t id = events[static_cast<std::size_t>(i)].data.u64;  // epoll_event is packed: a copy, no reference
      const auto entry = watched_.extract(id);
      if (entry) entry.mapped()();
    }
    if (count < static_cast<int>(events.size()) || !epoll_.is_open()) return;
  }
}

}  // namespace redd::http
