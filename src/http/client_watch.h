// Tells a running handler that its client left, at the cost of one system call in the life of a connection.
//
// Reading ahead would tell it too, but a reader stops at the bytes of the next (pipelined) request. So each watched socket stands in
// an epoll set of its own, for "peer closed" only (EPOLLRDHUP, edge-triggered), and the loop waits for that set.
// A client that closes only its sending side counts as gone. Belongs to one loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <unordered_map>

#include "base/task.h"

namespace redd::http {

class ClientWatch {
 public:
  explicit ClientWatch(Loop& loop);

  // `gone` is called at most once, on the loop, never inside add(). The id is the caller's and not in use.
  void add(std::uint64_t id, int socket, std::function<void()> gone);
  void remove(std::uint64_t id) { watched_.erase(id); }  // before the socket is closed, or after
  void stop();

 private:
  void wait();
  void collect();

  boost::asio::posix::basic_stream_descriptor<Loop::executor_type> epoll_;
  std::unordered_map<std::uint64_t, std::function<void()>> watched_;
  bool waiting_ = false;
};

}  // namespace redd::http
