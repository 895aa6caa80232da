// One request inside a worker: the worker's answer comes in as events, the request's coroutine takes them one by one. It is the
// only thing that knows both the exchange and the invocation, and it dies with the request.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/suspend.h"
#include "http/server.h"
#include "worker/supervisor.h"

namespace redd::gateway {

using AnswerHeaders = std::vector<std::pair<std::string, std::string>>;

// Events arrive at any time and only set state; the coroutine is woken through the loop, never on top of the supervisor's stack.
class Relay final : public worker::AnswerSink {
 public:
  Relay(Loop& loop, std::string requestId) : loop_(loop), requestId_(std::move(requestId)) {}

  // Set once, right after supervisor.invoke().
  void attach(std::unique_ptr<worker::Invocation> invocation) { invocation_ = std::move(invocation); }
  worker::Invocation& invocation() { return *invocation_; }

  // From the gateway's clock and from the connection. The invocation is aborted, the coroutine hears failed().
  void cancel(ErrorCode code, std::string_view reason);

  // What has come in so far.
  struct Head {
    int status;
    AnswerHeaders headers;
  };
  std::optional<Head> takeHead() { return std::exchange(head_, std::nullopt); }
  std::string takeBody() { return std::exchange(body_, {}); }
  bool whole() const { return whole_; }      // head and body are all there is
  bool ended() const { return ended_; }      // no more events
  bool noHook() const { return noHook_; }
  const std::optional<Error>& failed() const { return failed_; }
  Task<void> changed();                      // until an event came since the last call

  // The request body goes the other way in a coroutine of its own.
  Task<void> bodyMayGoOn();                  // until the window opened or the answer ended
  void pumpStarted() { pumping_ = true; }
  void pumpEnded();
  Task<void> pumpGone();                     // until pumpEnded(), if it was started

  void onHead(int status, AnswerHeaders headers) override;
  void onBody(std::string_view bytes) override;
  void onEnd() override;
  void onAnswer(int status, AnswerHeaders headers, std::string_view body) override;
  void onNoHook() override;
  void onBodyConsumed(std::size_t bytes) override;
  std::string_view requestId() const override { return requestId_; }
  worker::TracePtr trace() const override { return trace_; }
  void onFailed(Error error) override;

 private:
  void wake();
  void wake(Completion<void>& waiter);

  Loop& loop_;
  std::string requestId_;
  worker::TracePtr trace_ = std::make_shared<worker::Trace>();
  std::unique_ptr<worker::Invocation> invocation_;
  std::optional<Head> head_;
  std::string body_;
  std::optional<Error> failed_;
  bool whole_ = false, ended_ = false, noHook_ = false, news_ = false, pumping_ = false;
  Completion<void> answerWaiter_, pumpWaiter_, pumpGoneWaiter_;
};

// Sends the request body into the worker under its window. Ends when the body ends, fails, or the answer is complete.
Task<void> pumpRequestBody(http::Exchange& exchange, std::shared_ptr<Relay> relay);

}  // namespace redd::gateway
