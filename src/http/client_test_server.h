// A server of raw bytes for tests of the client: each connection runs a script on a thread of its own.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace redd::http {

class ScriptConnection {
 public:
  explicit ScriptConnection(int fd) : fd_(fd) {}
  int fd() const { return fd_; }
  // Until the blank line; empty when the client left.
  std::string readHead() {
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n") && ::recv(fd_, &byte, 1, 0) == 1) head.push_back(byte);
    return head;
  }
  // False once the client has gone away.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void waitUntilClosed() {
    char byte = 0;
    while (::recv(fd_, &byte, 1, 0) > 0) {
    }
  }

 private:
  int fd_;
};

class ScriptServer {
 public:
  using Script = std::function<void(ScriptConnection&)>;

  explicit ScriptServer(Script script, const char* address = "127.0.0.1") : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    inet_pton(AF_INET, address, &name.sin_addr);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    socklen_t size = sizeof name;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &size);
    port_ = ntohs(name.sin_port);
    acceptor_ = std::jthread([this] { acceptAll(); });
  }
  ~ScriptServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    threads_.clear();
    for (const int fd : open_) ::close(fd);
    ::close(listener_);
  }
  ScriptServer(const ScriptServer&) = delete;

  std::string port() const { return std::to_string(port_); }
  int connections() const { return connections_; }

 private:
  void acceptAll() {
    for (int fd = 0; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      ++connections_;
      const std::lock_guard lock(mutex_);
      open_.push_back(fd);
      threads_.emplace_back([this, fd] {
        ScriptConnection connection(fd);
        script_(connection);
        ::shutdown(fd, SHUT_RDWR);
      });
    }
  }

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::jthread> threads_;
  std::jthread acceptor_;
};

inline ScriptServer::Script answering(std::string bytes) {
  return [bytes = std::move(bytes)](ScriptConnection& connection) {
    if (!connection.readHead().empty()) connection.send(bytes);
  };
}

}  // namespace redd::http
