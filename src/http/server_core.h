// What the connections of one server share. Lives until the last of them is gone, longer than the Server if it must; belongs to one loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/metrics.h"
#include "client_watch.h"
#include "http/server.h"

namespace redd::http {

class Connection;

using ConnectionHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

// Time as deadlines see it: milliseconds, as old as the last tick. Setting a deadline is an addition.
using TickMs = std::int64_t;
inline constexpr TickMs kNever = std::numeric_limits<TickMs>::max();

class ServerCore {
 public:
  ServerCore(Loop& loop, const Limits& limits, Metrics& metrics, Handler handler);

  Loop& loop() const { return loop_; }
  const Limits& limits() const { return limits_; }
  const Handler& handler() const { return handler_; }
  ClientWatch& watch() { return watch_; }
  bool isDraining() const { return draining_; }

  TickMs deadline(std::uint32_t timeoutMs) const { return nowMs_ + timeoutMs + tickMs_; }
  TickMs tickMs() const { return tickMs_; }
  void tick();  // cuts what is over its deadline

  std::string_view date();  // for the Date header; made once a second

  // False: refused, one address holds too many (the socket is to be closed at once).
  bool enter(const std::string& address);
  void leave(const std::string& address);
  bool isFull() const { return connections_ >= limits_.connectionsMax; }
  std::size_t connections() const { return connections_; }
  void link(Connection& connection);
  std::uint64_t nextId() { return ++lastId_; }

  void startDraining();
  void closeAll();
  void setRoomListener(std::function<void()> listener) { onRoom_ = std::move(listener); }  // a connection has ended

  void countRequest() const { requests_.add(); }
  void countRefusal(int status) const;
  void countTimeout() const { timeouts_.add(); }

 private:
  Loop& loop_;
  const Limits limits_;
  Metrics& metrics_;
  const Handler handler_;
  ClientWatch watch_;
  boost::intrusive::list<Connection, boost::intrusive::base_hook<ConnectionHook>, boost::intrusive::constant_time_size<false>> list_;
  std::map<std::string, std::size_t, std::less<>> perAddress_;
  std::size_t connections_ = 0;
  std::uint64_t lastId_ = 0;
  std::function<void()> onRoom_;
  TickMs tickMs_;
  TickMs nowMs_;
  std::int64_t dateSecond_ = -1;
  std::string date_;
  bool draining_ = false;
  Counter requests_;
  Counter timeouts_;
  Counter open_;
};

}  // namespace redd::http
