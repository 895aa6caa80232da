#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/json.h"
#include "base/log.h"
#include "connection.h"

namespace redd::http {
namespace {

namespace asio = boost::asio;

Error clientLeft() { return Error::hidden(ErrorCode::cancelled, "the client left or reads too slowly"); }

ResponseHead ownHead(int status) {
  ResponseHead head{status, {}};
  head.headers.add("content-type", "application/json; charset=utf-8");
  head.headers.add("x-content-type-options", "nosniff");
  return head;
}

std::string ownBody(std::string_view text) { return R"({"error":)" + json::quoted(text) + "}"; }

int statusFor(const Error& bodyError) { return bodyError.code == ErrorCode::timeout ? 408 : httpStatus(bodyError.code); }

}  // namespace

// ---- answers of our own ----

// The request was not understood, so nothing about it is known but that it is refused; nothing more is read (SEC-14).
Task<void> Connection::refuse(Refusal refusal) {
  turn_ = Turn{};
  keepAlive_ = false;
  core_->countRefusal(refusal.status);
  ResponseHead head = ownHead(refusal.status);
  const std::string body = ownBody(refusal.text);
  turn_.headSent = true;
  out_.clear();
  appendHead(out_, head, {Framing::fixed, body.size(), After::close}, core_->date());
  (void)co_await send({asio::buffer(out_), asio::buffer(body)});
}

// The handler returned without an answer.
Task<void> Connection::answerForHandler(bool threw) {
  if (broken_ || closing_) co_return;
  if (threw) keepAlive_ = false;
  const bool blameBody = !threw && turn_.bodyError;
  const int status = blameBody ? statusFor(*turn_.bodyError) : 500;
  const std::string_view text = blameBody ? turn_.bodyError->text() : "Internal server error";
  if (!blameBody && !threw) log::error("http", "the handler returned without an answer");
  (void)co_await respond(ownHead(status), ownBody(text));
}

// ---- heads ----

Framing Connection::framingFor(const ResponseHead& head, std::optional<std::uint64_t> length) const {
  if (head.status == 204) return Framing::none;
  if (length) return Framing::fixed;
  if (isBodiless(reader_.head().method, head.status)) return Framing::none;
  return reader_.version() == Version::http11 ? Framing::chunked : Framing::untilClose;
}

void Connection::writeHead(ResponseHead& head, std::optional<std::uint64_t> length) {
  turn_.headSent = true;
  turn_.framing = framingFor(head, length);
  keepAlive_ = keepAlive_ && !core_->isDraining() && mayDrain() && turn_.framing != Framing::untilClose;
  const bool isOld = reader_.version() == Version::http10;
  const After after = !keepAlive_ ? After::close : isOld ? After::keepOpenSaidAloud : After::keepOpen;
  out_.clear();
  appendHead(out_, head, {turn_.framing, length.value_or(0), after}, core_->date());
}

Task<Result<void>> Connection::respond(ResponseHead head, std::string body) {
  REDD_CHECK(!turn_.headSent);
  if (!isSendable(head)) {
    log::error("http", "a handler's answer held a header that cannot be sent (status {})", head.status);
    head = ownHead(500);
    body = ownBody("The answer held a header that cannot be sent");
  }
  const bool bodiless = isBodiless(reader_.head().method, head.status);
  std::optional<std::uint64_t> length = body.size();
  if (bodiless && body.empty()) length = declaredLength(head);
  writeHead(head, length);
  Buffers buffers{asio::buffer(out_)};
  if (!bodiless) buffers[1] = asio::buffer(body);
  if (!sendAtOnce(buffers)) REDD_CO_TRY_VOID(co_await send(buffers));
  answerEnded();
  co_return Result<void>{};
}

Task<Result<void>> Connection::sendHead(ResponseHead head) {
  REDD_CHECK(!turn_.headSent);
  if (!isSendable(head)) {
    log::error("http", "a handler's answer held a header that cannot be sent (status {})", head.status);
    (void)co_await respond(ownHead(500), ownBody("The answer held a header that cannot be sent"));
    co_return Error::hidden(ErrorCode::internal, "the answer held a header that cannot be sent");
  }
  const auto length = declaredLength(head);
  writeHead(head, length);
  if (isBodiless(reader_.head().method, head.status)) turn_.framing = Framing::none;
  turn_.declaredLeft = length.value_or(0);
  co_return co_await send({asio::buffer(out_)});
}

Task<Result<void>> Connection::sendBody(std::string_view bytes) {
  REDD_CHECK(turn_.headSent);
  if (broken_ || turn_.answered) co_return clientLeft();
  if (bytes.empty() || turn_.framing == Framing::none) co_return Result<void>{};
  if (turn_.framing == Framing::fixed) {
    if (bytes.size() > turn_.declaredLeft) {
      broken_ = true;
      co_return Error::hidden(ErrorCode::internal, "the answer is longer than its content-length");
    }
    turn_.declaredLeft -= bytes.size();
  }
  if (turn_.framing != Framing::chunked) co_return co_await send({asio::buffer(bytes)});
  out_.clear();
  fmt::format_to(std::back_inserter(out_), "{:x}\r\n", bytes.size());
  Buffers buffers{asio::buffer(out_), asio::buffer(bytes), asio::buffer("\r\n", 2)};
  if (sendAtOnce(buffers)) co_return Result<void>{};
  co_return co_await send(buffers);
}

Task<Result<void>> Connection::finish() {
  REDD_CHECK(turn_.headSent);
  if (turn_.answered) co_return Result<void>{};
  if (turn_.framing == Framing::fixed && turn_.declaredLeft > 0) {
    broken_ = true;
    co_return Error::hidden(ErrorCode::internal, "the answer is shorter than its content-length");
  }
  if (turn_.framing == Framing::chunked) REDD_CO_TRY_VOID(co_await send({asio::buffer("0\r\n\r\n", 5)}));
  answerEnded();
  co_return Result<void>{};
}

// Who still waits for the request's body is told that nobody needs it.
void Connection::answerEnded() {
  turn_.answered = true;
  if (!turn_.reading) return;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

// ---- bytes ----

void Connection::sendContinue() {
  turn_.continueDue = false;
  if (turn_.headSent || broken_) return;
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  boost::system::error_code error;
  const std::size_t sent = socket_.write_some(asio::buffer(kContinue), error);
  if (error || sent != kContinue.size()) broken_ = true;  // a client that does not even take these
}

// True: all of it is with the kernel. Otherwise `buffers` holds what is left, or the connection is broken.
bool Connection::sendAtOnce(Buffers& buffers) {
  if (broken_) return false;
  boost::system::error_code error;
  std::size_t sent = socket_.write_some(buffers, error);
  if (error) {
    broken_ = error != asio::error::would_block && error != asio::error::try_again;
    return false;
  }
  std::size_t left = 0;
  for (auto& buffer : buffers) {
    const std::size_t taken = std::min(sent, buffer.size());
    buffer += taken;
    sent -= taken;
    left += buffer.size();
  }
  return left == 0;
}

Task<Result<void>> Connection::send(Buffers buffers) {
  while (!sendAtOnce(buffers)) {
    if (broken_ || closing_) co_return clientLeft();
    writeExpired_ = false;
    writeDeadline_ = core_->deadline(core_->limits().writeStallMs);
    const auto [error] = co_await socket_.async_wait(Socket::wait_write, asio::as_tuple(asio::use_awaitable));
    writeDeadline_ = kNever;
    if (writeExpired_) core_->countTimeout();
    const bool meant = error != asio::error::operation_aborted || writeExpired_ || closing_;
    if (error && meant) {
      broken_ = true;
      co_return clientLeft();
    }
  }
  co_return Result<void>{};
}

}  // namespace redd::http
