#include "http/server.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "base/clock.h"
#include "base/log.h"
#include "base/suspend.h"
#include "connection.h"
#include "server_core.h"

namespace redd::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Acceptor = asio::basic_socket_acceptor<tcp, Loop::executor_type>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Loop::executor_type>;

constexpr TickMs kTickMsMin = 5;
constexpr TickMs kTickMsMax = 500;
constexpr int kBacklog = 1024;
constexpr auto kAcceptPause = std::chrono::milliseconds(100);  // out of descriptors

// A deadline is late by two ticks at most: a quarter of the shortest one is soon enough.
TickMs tickMsFor(const Limits& limits) {
  const auto shortest = std::min({limits.headTimeoutMs, limits.bodyStallMs, limits.keepAliveIdleMs, limits.writeStallMs});
  return std::clamp<TickMs>(shortest / 4, kTickMsMin, kTickMsMax);
}

std::string numeric(asio::ip::address address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address.to_string();
}

std::string listenProblem(const ServerOptions& options, const boost::system::error_code& error) {
  const std::string where = fmt::format("{}:{}", options.host, options.port);
  if (error == asio::error::address_in_use) {
    return fmt::format("Cannot listen on {}: the port is in use by another program. Stop it, or choose another port.", where);
  }
  if (error == asio::error::access_denied) {
    return fmt::format("Cannot listen on {}: not permitted. Ports below 1024 need privileges; choose a higher port.", where);
  }
  if (error.value() == EADDRNOTAVAIL) {
    return fmt::format("Cannot listen on {}: that is not an address of this machine. 127.0.0.1 and 0.0.0.0 always are.", where);
  }
  return fmt::format("Cannot listen on {}: {}.", where, error.message());
}

Result<tcp::endpoint> resolve(Loop& loop, const ServerOptions& options) {
  std::string host = options.host;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto literal = asio::ip::make_address(host, error);
  if (!error) return tcp::endpoint(literal, options.port);
  tcp::resolver resolver(loop);
  const auto found = resolver.resolve(host, std::to_string(options.port), tcp::resolver::numeric_service, error);
  if (error || found.empty()) {
    return invalid(fmt::format("Cannot listen on {}:{}: '{}' is neither an address nor a name that resolves.", options.host, options.port, host));
  }
  return found.begin()->endpoint();
}

}  // namespace

// ---- what connections share ----

ServerCore::ServerCore(Loop& loop, const Limits& limits, Metrics& metrics, Handler handler)
    : loop_(loop), limits_(limits), metrics_(metrics), handler_(std::move(handler)), watch_(loop), tickMs_(tickMsFor(limits)),
      nowMs_(monotonicNs() / 1'000'000), requests_(metrics.counter("redd_http_requests_total")),
      timeouts_(metrics.counter("redd_http_timeouts_total")), open_(metrics.counter("redd_http_connections")) {}

void ServerCore::tick() {
  nowMs_ = monotonicNs() / 1'000'000;
  for (Connection& connection : list_) connection.tick(nowMs_);
}

std::string_view ServerCore::date() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != dateSecond_) {
    dateSecond_ = now.tv_sec;
    date_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now.tv_sec));
  }
  return date_;
}

bool ServerCore::enter(const std::string& address) {
  std::size_t& held = perAddress_[address];
  if (held >= limits_.connectionsPerAddressMax) {
    metrics_.counter("redd_http_connections_refused_total").add();
    return false;
  }
  ++held;
  open_.set(static_cast<std::int64_t>(++connections_));
  return true;
}

void ServerCore::leave(const std::string& address) {
  const auto entry = perAddress_.find(address);
  if (--entry->second == 0) perAddress_.erase(entry);
  open_.set(static_cast<std::int64_t>(--connections_));
  if (onRoom_) onRoom_();
}

void ServerCore::link(Connection& connection) { list_.push_back(connection); }

void ServerCore::startDraining() {
  draining_ = true;
  for (Connection& connection : list_) connection.startDraining();
}

void ServerCore::closeAll() {
  for (Connection& connection : list_) connection.closeNow();
}

void ServerCore::countRefusal(int status) const {
  metrics_.counter("redd_http_refused_total", fmt::format("status=\"{}\"", status)).add();
}

// ---- listening ----

namespace {

// The parts of a server that its own coroutines use; they may outlive the Server by a turn of the loop.
struct Listening {
  Listening(Loop& loop, std::shared_ptr<ServerCore> shared) : core(std::move(shared)), acceptor(loop), room(loop), ticker(loop), empty(loop) {}

  std::shared_ptr<ServerCore> core;
  Acceptor acceptor;
  Timer room;    // cancelled when a connection has ended: the accept loop may go on
  Timer ticker;
  Timer empty;   // cancelled when the last connection has ended: drain() may go on
  bool stopped = false;

  void stopAccepting() {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    room.cancel();
  }
  void stop() {
    stopped = true;
    stopAccepting();
    ticker.cancel();
    empty.cancel();
    core->setRoomListener({});
    core->closeAll();
    core->watch().stop();
  }
  void connectionEnded() {
    room.cancel();
    if (core->connections() == 0) empty.cancel();
  }
  void admit(Socket socket);
};

void Listening::admit(Socket socket) {
  boost::system::error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return;
  std::string address = numeric(peer.address());
  if (!core->enter(address)) return;
  socket.set_option(tcp::no_delay(true), error);
  socket.non_blocking(true, error);
  auto connection = std::make_shared<Connection>(std::move(socket), std::move(address), core);
  core->link(*connection);
  spawn(core->loop(), Connection::run(std::move(connection)));
}

Task<void> pause(Timer& timer, Timer::duration duration) {
  timer.expires_after(duration);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

// What waits in the backlog is taken in one go.
void acceptWaiting(Listening& listening) {
  boost::system::error_code error;
  while (listening.acceptor.is_open() && !listening.core->isFull()) {
    Socket socket(listening.core->loop());
    listening.acceptor.accept(socket, error);
    if (error) return;
    listening.admit(std::move(socket));
  }
}

Task<void> acceptLoop(std::shared_ptr<Listening> listening) {
  while (listening->acceptor.is_open()) {
    if (listening->core->isFull()) {
      co_await pause(listening->room, std::chrono::seconds(1));
      continue;
    }
    Socket socket(listening->core->loop());
    const auto [error] = co_await listening->acceptor.async_accept(socket, asio::as_tuple(asio::use_awaitable));
    if (!error) {
      listening->admit(std::move(socket));
      acceptWaiting(*listening);
    } else if (error != asio::error::operation_aborted && error != asio::error::connection_aborted) {
      log::error("http", "cannot accept connections for now: {}", error.message());
      co_await pause(listening->room, kAcceptPause);
    }
  }
}

Task<void> tickLoop(std::shared_ptr<Listening> listening) {
  while (!listening->stopped) {
    co_await pause(listening->ticker, std::chrono::milliseconds(listening->core->tickMs()));
    listening->core->tick();
  }
}

class ServerImpl final : public Server {
 public:
  explicit ServerImpl(std::shared_ptr<Listening> listening) : listening_(std::move(listening)), endpoint_(listening_->acceptor.local_endpoint()) {
    listening_->core->setRoomListener([listening = listening_.get()] { listening->connectionEnded(); });
  }
  ~ServerImpl() override { listening_->stop(); }

  void start() {
    spawn(listening_->core->loop(), acceptLoop(listening_));
    spawn(listening_->core->loop(), tickLoop(listening_));
  }

  std::uint16_t port() const override { return endpoint_.port(); }
  std::string address() const override {
    const bool bracketed = endpoint_.address().is_v6();
    return fmt::format("{}{}{}:{}", bracketed ? "[" : "", endpoint_.address().to_string(), bracketed ? "]" : "", endpoint_.port());
  }

  Task<void> drain(std::int64_t deadlineMs) override {
    const auto listening = listening_;
    acceptWaiting(*listening);  // their connections were established: closing the port now would reset them
    listening->stopAccepting();
    listening->core->startDraining();
    if (listening->core->connections() > 0) co_await pause(listening->empty, std::chrono::milliseconds(deadlineMs));
    listening->core->closeAll();
  }

 private:
  std::shared_ptr<Listening> listening_;
  tcp::endpoint endpoint_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(Loop& loop, const ServerOptions& options, const Limits& limits, Metrics& metrics,
                                               Handler handler) {
  REDD_TRY(const tcp::endpoint endpoint, resolve(loop, options));
  auto listening = std::make_shared<Listening>(loop, std::make_shared<ServerCore>(loop, limits, metrics, std::move(handler)));
  Acceptor& acceptor = listening->acceptor;
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (!error) acceptor.non_blocking(true, error);
  if (error) return Error::make(ErrorCode::unavailable, listenProblem(options, error));
  auto server = std::make_unique<ServerImpl>(std::move(listening));
  server->start();
  return server;
}

}  // namespace redd::http
