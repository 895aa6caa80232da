#include "relay.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace redd::gateway {

void Relay::wake(Completion<void>& waiter) {
  if (!waiter) return;
  boost::asio::post(loop_, [done = std::exchange(waiter, nullptr)]() mutable { done({}); });
}

void Relay::wake() {
  news_ = true;
  wake(answerWaiter_);
  if (ended_) wake(pumpWaiter_);
}

void Relay::cancel(ErrorCode code, std::string_view reason) {
  if (ended_) return;
  if (invocation_) invocation_->abort(reason);
  onFailed(Error::hidden(code, std::string(reason)));
}

Task<void> Relay::changed() {
  if (!news_) {
    (void)co_await suspend<void>([this](Completion<void> done) { answerWaiter_ = std::move(done); });
  }
  news_ = false;
}

Task<void> Relay::bodyMayGoOn() {
  (void)co_await suspend<void>([this](Completion<void> done) { pumpWaiter_ = std::move(done); });
}

void Relay::pumpEnded() {
  pumping_ = false;
  wake(pumpGoneWaiter_);
}

Task<void> Relay::pumpGone() {
  if (!pumping_) co_return;
  (void)co_await suspend<void>([this](Completion<void> done) { pumpGoneWaiter_ = std::move(done); });
}

void Relay::onHead(int status, AnswerHeaders headers) {
  head_ = Head{status, std::move(headers)};
  wake();
}

void Relay::onBody(std::string_view bytes) {
  body_.append(bytes);
  wake();
}

void Relay::onEnd() {
  ended_ = true;
  wake();
}

void Relay::onAnswer(int status, AnswerHeaders headers, std::string_view body) {
  head_ = Head{status, std::move(headers)};
  body_ = body;
  whole_ = ended_ = true;
  wake();
}

void Relay::onNoHook() {
  noHook_ = ended_ = true;
  wake();
}

void Relay::onBodyConsumed(std::size_t) { wake(pumpWaiter_); }

void Relay::onFailed(Error error) {
  failed_ = std::move(error);
  ended_ = true;
  wake();
}

Task<void> pumpRequestBody(http::Exchange& exchange, std::shared_ptr<Relay> relay) {
  while (!relay->ended()) {
    auto piece = co_await exchange.readBody();
    if (relay->ended()) break;
    if (!piece) {
      relay->cancel(piece.error().code, "the request body failed: " + piece.error().detail);
      break;
    }
    if (piece->empty()) {
      relay->invocation().endBody();
      break;
    }
    std::string_view rest = *piece;
    while (!rest.empty() && !relay->ended()) {
      const std::size_t now = std::min(rest.size(), relay->invocation().bodyWindow());
      if (now == 0) {
        co_await relay->bodyMayGoOn();
        continue;
      }
      relay->invocation().sendBody(rest.substr(0, now));
      rest.remove_prefix(now);
    }
  }
  relay->pumpEnded();
}

}  // namespace redd::gateway
