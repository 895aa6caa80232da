// For tests: a real Server on a free loopback port and a raw client, both on the test's own thread. settle() runs the loop until it
// has nothing to do, so a test decides which bytes arrive together.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/suspend.h"
#include "http/server.h"

namespace redd::http {

class TestServer {
 public:
  explicit TestServer(Handler handler, const Limits& limits = {}) {
    log::setLevel(log::Level::off);
    auto made = Server::listen(loop, {}, limits, metrics, std::move(handler));
    EXPECT_TRUE(made) << made.error().detail;
    server = std::move(*made);
  }
  ~TestServer() {
    server.reset();
    settle();
  }

  void settle() {
    loop.restart();
    while (loop.poll() > 0) {
    }
  }
  // Runs the loop until the condition holds; false after 5 s.
  bool runUntil(const std::function<bool()>& condition) {
    const std::int64_t end = monotonicNs() + 5'000'000'000;
    while (!condition()) {
      if (monotonicNs() > end) return false;
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds(5));
    }
    return true;
  }

  Loop loop;
  Metrics metrics;
  std::unique_ptr<Server> server;
};

class TestClient {
 public:
  explicit TestClient(TestServer& server, int receiveBufferBytes = 0) : server_(server), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receiveBufferBytes > 0) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receiveBufferBytes, sizeof receiveBufferBytes);
    const int yes = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.server->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  ~TestClient() { close(); }

  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  void shutdownSending() { ::shutdown(socket_, SHUT_WR); }

  // False: the server does not take it any more.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
        continue;
      }
      if (errno != EAGAIN) return false;
      server_.loop.restart();
      server_.loop.run_one_for(std::chrono::milliseconds(1));
    }
    return true;
  }
  void sendAndSettle(std::string_view bytes) {
    send(bytes);
    server_.settle();
    take();
  }

  // What has come so far. After the server closed, `closed` is true.
  const std::string& take() {
    std::array<char, 65536> buffer;
    while (!closed) {
      const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got > 0) {
        received.append(buffer.data(), static_cast<std::size_t>(got));
      } else if (got == 0 || errno != EAGAIN) {
        closed = true;
      } else {
        break;
      }
    }
    return received;
  }
  bool waitFor(std::string_view text) {
    return server_.runUntil([&] { return take().find(text) != std::string::npos; });
  }
  bool waitForClose() {
    return server_.runUntil([&] {
      take();
      return closed;
    });
  }
  // The answer so far, and forgets it.
  std::string answer() { return std::exchange(received, {}); }

  std::string received;
  bool closed = false;

 private:
  TestServer& server_;
  int socket_;
};

inline std::size_t countOf(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

}  // namespace redd::http
