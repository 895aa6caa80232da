#include "connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"

namespace redd::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kLingerBytesMax = 32 << 20;  // read and forgotten after the last answer, for kDrainMs at most
constexpr std::size_t kDrainBytesMax = 256 << 10;  // of a body that the handler left unread, and after a refusal
constexpr std::uint32_t kDrainMs = 2'000;
constexpr std::uint32_t kFreshGraceMs = 500;       // draining: for a connection whose first request is still on its way

}  // namespace

Connection::Connection(Socket socket, std::string peer, std::shared_ptr<ServerCore> core)
    : core_(std::move(core)), socket_(std::move(socket)), peer_(std::move(peer)), reader_(core_->limits()), id_(core_->nextId()) {}

Connection::~Connection() {
  if (watched_) core_->watch().remove(id_);
  unlink();
  core_->leave(peer_);
}

Task<void> Connection::run(std::shared_ptr<Connection> self) {
  while (self->keepAlive_ && co_await self->readHead()) co_await self->serveRequest();
  co_await self->linger();
  self->closeNow();
}

// ---- from outside ----

void Connection::tick(TickMs now) {
  if (readDeadline_ > now && writeDeadline_ > now) return;
  readExpired_ |= readDeadline_ <= now;
  writeExpired_ |= writeDeadline_ <= now;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Connection::startDraining() {
  if (!idle_) return;
  if (served_ == 0) {
    readDeadline_ = std::min(readDeadline_, core_->deadline(kFreshGraceMs));
    return;
  }
  boost::system::error_code ignored;
  socket_.cancel(ignored);  // readHead() looks a last time for a request that is already here
}

void Connection::closeNow() {
  closing_ = broken_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

// ---- receiving ----

Task<Connection::Arrived> Connection::receive() {
  if (closing_) co_return Arrived::cancelled;
  readExpired_ = false;
  const std::span<char> room = in_.room();
  const auto [error, bytes] =
      co_await socket_.async_read_some(asio::buffer(room.data(), room.size()), asio::as_tuple(asio::use_awaitable));
  if (!error) {
    in_.received(bytes);
    co_return Arrived::bytes;
  }
  if (error != asio::error::operation_aborted) co_return Arrived::end;
  co_return readExpired_ ? Arrived::expired : Arrived::cancelled;
}

Task<bool> Connection::readHead() {
  reader_.reset();
  in_.shrink();
  readDeadline_ = core_->deadline(served_ == 0 || !in_.empty() ? core_->limits().headTimeoutMs : core_->limits().keepAliveIdleMs);
  for (;;) {
    if (!in_.empty()) {
      const HeadReader::State state = reader_.feed(in_.view());
      if (state == HeadReader::State::done) {
        in_.consume(reader_.headBytes());
        readDeadline_ = kNever;
        co_return true;
      }
      if (state == HeadReader::State::refused) {
        co_await refuse(reader_.refusal());
        co_return false;
      }
    }
    const bool waitsForFirstByte = in_.empty();
    idle_ = waitsForFirstByte;
    Arrived arrived = Arrived::cancelled;
    if (!idle_ || served_ == 0 || !core_->isDraining()) arrived = co_await receive();
    idle_ = false;
    if (arrived == Arrived::cancelled && waitsForFirstByte && core_->isDraining() && !closing_) {
      boost::system::error_code error;
      const std::span<char> room = in_.room();
      const std::size_t bytes = socket_.read_some(asio::buffer(room.data(), room.size()), error);
      if (!error) {
        in_.received(bytes);
        arrived = Arrived::bytes;
      }
    }
    if (arrived == Arrived::expired) {
      core_->countTimeout();
      if (!waitsForFirstByte) co_await refuse({408, "The request head did not arrive in time"});
    }
    if (arrived != Arrived::bytes) {
      if (arrived == Arrived::end || waitsForFirstByte) broken_ = true;  // nobody waits for an answer: no lingering
      co_return false;
    }
    if (waitsForFirstByte && served_ > 0) readDeadline_ = core_->deadline(core_->limits().headTimeoutMs);
  }
}

// After the last answer: whatever is still on its way is read and forgotten for a while, since closing over unread bytes would
// reset the connection and could take the answer from the client.
Task<void> Connection::linger() {
  if (broken_ || closing_) co_return;
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  readDeadline_ = core_->deadline(kDrainMs);
  std::size_t dropped = in_.view().size();
  in_.consume(dropped);
  while (dropped < kLingerBytesMax && co_await receive() == Arrived::bytes) {
    dropped += in_.view().size();
    in_.consume(in_.view().size());
  }
}

// ---- requests ----

void Connection::startTurn() {
  const RequestHead& request = reader_.head();
  turn_ = Turn{};
  turn_.bodyLimit = core_->limits().streamedBodyBytesMax;
  turn_.bodyLeft = request.contentLength.value_or(0);
  if (request.chunked) turn_.chunks.emplace(core_->limits());
  turn_.continueDue = reader_.expectation() == Expectation::continue100 && request.hasBody();
  keepAlive_ = request.keepAlive;
  readCap_ = kNever;
  ++served_;
  core_->countRequest();
}

Task<void> Connection::serveRequest() {
  startTurn();
  const bool threw = co_await callHandler();
  REDD_CHECK(!turn_.reading);  // the exchange is not the handler's any more
  if (!turn_.headSent) {
    co_await answerForHandler(threw);
  } else if (!turn_.answered) {
    broken_ = true;  // cut short: the missing end tells the client
  }
  keepAlive_ = keepAlive_ && !broken_ && !closing_;
  if (keepAlive_ && !bodyDone()) co_await drainBody();
}

Task<bool> Connection::callHandler() {
  bool threw = false;
  inHandler_ = true;
  try {
    co_await core_->handler()(*this);
  } catch (const std::exception& error) {
    threw = true;
    log::error("http", "the handler threw: {}", error.what());
  } catch (...) {
    threw = true;
    log::error("http", "the handler threw something unknown");
  }
  inHandler_ = false;
  turn_.onGone = nullptr;
  co_return threw;
}

void Connection::onClientGone(std::move_only_function<void()> callback) {
  turn_.onGone = std::move(callback);
  if (!watched_) {
    watched_ = true;
    core_->watch().add(id_, socket_.native_handle(), [this] { clientGone(); });
  } else if (peerClosed_) {
    asio::post(core_->loop(), [self = shared_from_this()] { self->clientGone(); });
  }
}

void Connection::clientGone() {
  peerClosed_ = true;
  if (!inHandler_) return;
  if (auto callback = std::exchange(turn_.onGone, nullptr)) callback();
}

// ---- request bodies ----

bool Connection::bodyDone() const { return turn_.chunks ? turn_.chunks->done() : turn_.bodyLeft == 0; }

// Whether the rest of the body is worth reading in order to keep the connection.
bool Connection::mayDrain() const {
  if (bodyDone()) return true;
  return !turn_.continueDue && !turn_.bodyError && (turn_.chunks || turn_.bodyLeft <= kDrainBytesMax);
}

void Connection::setBodyLimit(std::uint64_t bytes) {
  turn_.bodyLimit = bytes;
  if (turn_.chunks) turn_.chunks->setBodyLimit(bytes);
}

Error Connection::failBody(Error error) {
  turn_.bodyError = error;
  return error;
}

Task<Result<std::string>> Connection::readBody() {
  if (turn_.answered && !bodyDone()) co_return Error::hidden(ErrorCode::cancelled, "the request is already answered");
  const std::uint64_t declared = reader_.head().contentLength.value_or(0);
  if (!turn_.bodyError && declared > turn_.bodyLimit) failBody(Error::make(ErrorCode::payloadTooLarge, "Payload too large"));
  if (turn_.continueDue && !turn_.bodyError) sendContinue();
  co_return co_await readPiece(BodyUse::handler);
}

Task<Result<std::string>> Connection::readPiece(BodyUse use) {
  if (turn_.bodyError) co_return *turn_.bodyError;
  REDD_CHECK(!turn_.reading);
  for (;;) {
    if (bodyDone()) co_return std::string();
    if (!in_.empty()) {
      auto piece = takePiece();
      if (!piece || !piece->empty() || bodyDone()) co_return piece;
    }
    readDeadline_ = std::min(core_->deadline(core_->limits().bodyStallMs), readCap_);
    turn_.reading = true;
    const Arrived arrived = co_await receive();
    turn_.reading = false;
    readDeadline_ = kNever;
    if (arrived == Arrived::bytes) continue;
    if (arrived == Arrived::expired) {
      core_->countTimeout();
      co_return failBody(Error::make(ErrorCode::timeout, "The request body did not arrive in time"));
    }
    if (arrived == Arrived::cancelled && !closing_ && use == BodyUse::handler) {
      co_return Error::hidden(ErrorCode::cancelled, "the request was answered before its body was read");
    }
    broken_ = true;
    co_return failBody(Error::hidden(ErrorCode::cancelled, "the client left before its request body ended"));
  }
}

Result<std::string> Connection::takePiece() {
  if (!turn_.chunks) {
    const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>({turn_.bodyLeft, in_.view().size(), InBuffer::kReadBytesMax}));
    std::string piece(in_.view().substr(0, length));
    in_.consume(length);
    turn_.bodyLeft -= length;
    return piece;
  }
  std::string piece;
  while (!in_.empty() && !turn_.chunks->done() && piece.size() < InBuffer::kReadBytesMax) {
    auto step = turn_.chunks->next(in_.view().substr(0, InBuffer::kReadBytesMax - piece.size()));
    if (!step) return failBody(std::move(step).error());
    piece += step->data;
    in_.consume(step->used);
  }
  return piece;
}

Task<void> Connection::drainBody() {
  readCap_ = core_->deadline(kDrainMs);
  std::size_t dropped = 0;
  while (!bodyDone() && dropped <= kDrainBytesMax) {
    const auto piece = co_await readPiece(BodyUse::drain);
    if (!piece) break;
    dropped += piece->size();
  }
  keepAlive_ = bodyDone();
}

}  // namespace redd::http
