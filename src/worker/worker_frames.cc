// The part of Worker that reads frames.
#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"
#include "worker.h"

namespace redd::worker {
namespace {

constexpr std::size_t kUnsentBytesMax = 64 << 20;  // results beyond are refused

Error breach(std::string text) { return Error::hidden(ErrorCode::workerFailed, std::move(text)); }

}  // namespace

void Worker::onFrame(const wire::Frame& frame) {
  const auto keep = shared_from_this();
  if (const Outcome outcome = handle(frame); !outcome) onBadFrame(outcome.error().detail);
}

void Worker::onBadFrame(std::string_view why) {
  context_.count("redd_worker_protocol_errors_total");
  log::warn("worker", "{}: the worker broke the protocol: {}", space_->label(), why);
  context_.log(space_, "error", "worker", {}, fmt::format("worker replaced, it broke the protocol: {}", why));
  kill("protocol", fmt::format("it broke the protocol: {}", why));
}

Worker::Outcome Worker::handle(const wire::Frame& frame) {
  using enum wire::FromWorker;
  switch (frame.type) {
    case ready: return handleReady(frame);
    case loadFailed: return handleLoadFailed(frame);
    case call: return handleCall(frame, {frame.payload, {}});
    case callBytes: {
      REDD_TRY(const wire::JsonAndBytes parts, wire::splitJson(frame));
      return handleCall(frame, parts);
    }
    case log: return handleLog(frame);
    case pong: handlePong(frame.id); return {};
    case head:
    case body:
    case answer:
    case credit:
    case settled:
    case noHook: return handleForRun(frame);
  }
  return breach("an unknown type");
}

Worker::Outcome Worker::handleReady(const wire::Frame& frame) {
  if (state_ != State::starting || bundle_ || refused_) return breach("ready out of turn");
  REDD_TRY(manifest_, context_.json.ready(frame.payload));
  state_ = State::ready;
  readyDueNs_ = 0;
  readyNs_ = idleSinceNs_ = monotonicNs();
  owner_->workerReady(*this);
  return {};
}

Worker::Outcome Worker::handleLoadFailed(const wire::Frame& frame) {
  if (state_ != State::starting || std::exchange(refused_, true)) return breach("loadFailed out of turn");
  owner_->workerRefused(*this, context_.json.loadFailed(frame.payload));
  return {};
}

// An invocation that is over for the server may go on for a while in the worker: what it says about that is dropped.
Worker::Outcome Worker::handleForRun(const wire::Frame& frame) {
  const RunPtr run = find(frame.id);
  if (!run) return frame.id <= lastId_ ? Outcome() : breach(fmt::format("it names the invocation {}, which never was", frame.id));
  using enum wire::FromWorker;
  switch (frame.type) {
    case head: return handleHead(run, frame);
    case body: return handleBody(run, frame);
    case answer: return handleAnswer(run, frame);
    case noHook: return handleNoHook(run);
    case credit: return handleCredit(*run, frame);
    default: return handleSettled(run);
  }
}

Worker::Outcome Worker::handleHead(const RunPtr& run, const wire::Frame& frame) {
  if (run->headSeen || run->answered) return breach("a second head");
  REDD_TRY(AnswerHead head, context_.json.head(frame.payload));
  run->headSeen = true;
  if (run->sink) run->sink->onHead(head.status, std::move(head.headers));
  return {};
}

Worker::Outcome Worker::handleBody(const RunPtr& run, const wire::Frame& frame) {
  if (!run->headSeen || run->answered) return breach("a body without a head, or after its end");
  if (frame.payload.size() > run->receiveWindow) return breach("more body than the window allows");
  run->receiveWindow -= frame.payload.size();
  if (run->sink && !frame.payload.empty()) run->sink->onBody(frame.payload);
  if (!frame.end()) return {};
  run->answered = true;
  const auto sink = finish(*run);
  if (sink) sink->onEnd();
  if (sink) owner_->workerFree(*this);
  return {};
}

Worker::Outcome Worker::handleAnswer(const RunPtr& run, const wire::Frame& frame) {
  if (run->headSeen || run->answered) return breach("a second answer");
  REDD_TRY(const wire::JsonAndBytes parts, wire::splitJson(frame));
  if (parts.json.size() + parts.bytes.size() > context_.limits.bodyWindowBytes) return breach("an answer larger than the window");
  REDD_TRY(AnswerHead head, context_.json.head(parts.json));
  run->answered = true;
  const auto sink = finish(*run);
  if (!sink) return {};
  sink->onAnswer(head.status, std::move(head.headers), parts.bytes);
  owner_->workerFree(*this);
  return {};
}

Worker::Outcome Worker::handleNoHook(const RunPtr& run) {
  if (run->headSeen || run->answered) return breach("noHook after an answer");
  run->answered = true;
  const auto sink = finish(*run);
  if (!sink) return {};
  sink->onNoHook();
  owner_->workerFree(*this);
  return {};
}

Worker::Outcome Worker::handleCredit(Run& run, const wire::Frame& frame) {
  const std::size_t bytes = wire::readU32(frame.payload);
  if (bytes > context_.limits.bodyWindowBytes - run.sendWindow) return breach("more credit than it was sent");
  run.sendWindow += bytes;
  if (run.sink) run.sink->onBodyConsumed(bytes);
  return {};
}

// Without a complete answer the server answers for it; once the head is out, it can only break off.
Worker::Outcome Worker::handleSettled(const RunPtr& run) {
  const auto sink = finish(*run);
  remove(*run);
  if (!sink) return {};
  sink->onFailed(Error::hidden(ErrorCode::internal,
                               run->headSeen ? "the script did not complete its answer" : "the script settled without an answer"));
  owner_->workerFree(*this);
  return {};
}

Worker::Outcome Worker::handleCall(const wire::Frame& frame, const wire::JsonAndBytes& parts) {
  const auto named = callInvocation(parts.json);
  if (!named) return breach("a call that is not [invocation, …]");
  if (*named > lastId_) return breach("a call of an invocation that never was");
  std::uint32_t invocation = 0;  // one that is over makes it detached work
  TracedCall traced;             // until the answer is whole: nobody waits for what comes later
  if (const auto found = std::ranges::find(ids_, *named); *named != 0 && found != ids_.end()) {
    Run& run = *runs_[static_cast<std::size_t>(found - ids_.begin())];
    run.called = true;
    invocation = *named;
    if (run.sink && run.trace) traced = {run.trace, run.trace->begin(monotonicNs())};
  }
  if (++callsInFlight_ >= context_.limits.hostCallsInFlightMax) channel_->pause();
  context_.host.call({space_, id_, invocation, parts.json, [self = weak_from_this(), call = frame.id, traced](CallReply answer) {
                        if (traced.isKept()) traced.end(monotonicNs());
                        if (const auto worker = self.lock()) worker->reply(call, std::move(answer));
                      }, parts.bytes, traced});
  return {};
}

void Worker::reply(std::uint32_t call, CallReply reply) {
  --callsInFlight_;
  if (state_ == State::lost || state_ == State::reaped) return;
  if (channel_->unsentBytes() + reply.json.size() > kUnsentBytesMax || reply.json.size() > context_.limits.frameBytesMax) {
    reply = {CallReply::Kind::error, R"({"message":"8 RESOURCE_EXHAUSTED: too many bytes under way at once","code":8,"status":503})"};
  }
  if (reply.kind == CallReply::Kind::bytes) {
    wire::appendBytes(out(), call, reply.json);
  } else {
    wire::appendResult(out(), call, reply.json, reply.kind == CallReply::Kind::error ? wire::ResultKind::error : wire::ResultKind::value);
  }
  if (channel_->paused() && callsInFlight_ < context_.limits.hostCallsInFlightMax) channel_->resume();
}

Worker::Outcome Worker::handleLog(const wire::Frame& frame) {
  REDD_TRY(LogLine line, context_.json.log(frame.payload));
  if (line.text.size() > context_.limits.logLineBytesMax) line.text.resize(context_.limits.logLineBytesMax);
  const RunPtr run = frame.id == 0 ? nullptr : find(frame.id);
  context_.log(space_, line.level, line.context, run ? std::string_view(run->requestId) : std::string_view(), line.text);
  return {};
}

void Worker::handlePong(std::uint32_t id) {
  if (id != pingId_) return;
  pongDueNs_ = 0;
  if (std::exchange(doubted_, false)) owner_->workerFree(*this);
}

}  // namespace redd::worker
