#include "worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "base/clock.h"
#include "base/log.h"

namespace redd::worker {
namespace {

constexpr std::int64_t kPingEveryNs = msToNs(5'000);
constexpr std::int64_t kProbeNs = msToNs(300);        // after a timeout: is its loop blocked? (REL-06: replaced within 500 ms)
constexpr std::int64_t kHangUpGraceNs = msToNs(500);  // between the end of its channel and the end of its process
constexpr std::int64_t kScanEveryNs = msToNs(1'000);
constexpr std::size_t kResidentBytesMax = 512 << 20;  // spec 95 "Default limits": RSS watchdog
constexpr std::size_t kBundlePieceBytes = 1 << 20;

}  // namespace

Result<std::shared_ptr<Worker>> Worker::start(Context& context, space::SpacePtr space, Owner& owner) {
  REDD_TRY(Process process, startProcess(context.options, space::boundedBy(space->settings.limits.workerHeapMiB, context.limits.workerHeapMiB)));
  const std::shared_ptr<Worker> worker(new Worker(context, std::move(space), owner, std::move(process)));
  worker->begin();
  return worker;
}

Worker::Worker(Context& context, space::SpacePtr space, Owner& owner, Process process)
    : context_(context),
      owner_(&owner),
      space_(std::move(space)),
      id_(++context.lastWorkerId),
      process_(std::move(process)),
      pidfd_(context.loop, process_.pidfd.release()),
      output_(context.loop, process_.output.release()),
      bundle_(space_->deployment->bundle),
      invocationUs_(context.metrics.counter("redd_worker_invocation_us_total", fmt::format("space=\"{}\"", labelValue(space_->label())))) {}

void Worker::begin() {
  startedNs_ = idleSinceNs_ = monotonicNs();
  readyDueNs_ = startedNs_ + msToNs(context_.limits.workerReadyMs);
  context_.count("redd_worker_starts_total");
  channel_ = std::make_shared<Channel>(context_.loop, process_.channel.release(), context_.limits.frameBytesMax, *this);
  wire::appendHello(out(), helloJson(*space_, context_.gateway, context_.limits));
  sendBundle();
  channel_->start();
  readOutput();
  watchEnd();
  context_.tickSoon();
}

// ---- to the worker ----

std::string& Worker::out() {
  channel_->send();
  return channel_->out();
}

// One piece at a time, the next when it has left.
void Worker::sendBundle() {
  if (!bundle_) return;
  const std::string_view piece = std::string_view(*bundle_).substr(bundleSent_, std::min(kBundlePieceBytes, context_.limits.frameBytesMax));
  bundleSent_ += piece.size();
  const bool last = bundleSent_ == bundle_->size();
  wire::appendBundle(out(), piece, last ? wire::Piece::last : wire::Piece::more);
  if (last) bundle_ = nullptr;
}

void Worker::onSent() { sendBundle(); }

void Worker::invoke(const RunPtr& run) {
  REDD_CHECK(takesInvocations());
  do {
    if (++lastId_ == 0) ++lastId_;
  } while (find(lastId_));
  run->id = lastId_;
  run->worker = this;
  run->pool = nullptr;
  run->sinceNs = monotonicNs();
  if (run->trace) run->trace->sentNs = run->sinceNs;
  run->sendWindow = run->receiveWindow = context_.limits.bodyWindowBytes;
  ids_.push_back(run->id);
  runs_.push_back(run);
  ++active_;
  const bool bodyComes = run->body == BodyFollows::yes && !run->bodyEnded;
  wire::appendInvoke(out(), run->id, std::exchange(run->invokeJson, {}), bodyComes ? wire::Piece::more : wire::Piece::last);
}

void Worker::sendBody(Run& run, std::string_view bytes) {
  REDD_CHECK(bytes.size() <= run.sendWindow && !run.bodyEnded);
  run.sendWindow -= bytes.size();
  if (!bytes.empty()) wire::appendBody(out(), run.id, bytes, wire::Piece::more);
}

void Worker::endBody(Run& run) {
  if (run.body == BodyFollows::no || std::exchange(run.bodyEnded, true)) return;
  wire::appendBody(out(), run.id, {}, wire::Piece::last);
}

void Worker::consumed(Run& run, std::size_t bytes) {
  run.consumed += bytes;
  if (run.answered || run.consumed < context_.limits.bodyWindowBytes / 4) return;
  run.receiveWindow += run.consumed;
  wire::appendCredit(out(), run.id, static_cast<std::uint32_t>(std::exchange(run.consumed, 0)));
}

void Worker::abort(const RunPtr& run, std::string_view reason) {
  const bool late = reason == "timeout";
  wire::appendAbort(out(), run->id, late ? "timeout" : "client");
  if (late) {
    doubted_ = true;
    ping(monotonicNs() + kProbeNs);
  }
  if (finish(*run)) owner_->workerFree(*this);
}

void Worker::ping(std::int64_t dueNs) {
  if (pongDueNs_ == 0) {
    pingedNs_ = monotonicNs();
    wire::appendPing(out(), ++pingId_);
  }
  pongDueNs_ = pongDueNs_ == 0 ? dueNs : std::min(pongDueNs_, dueNs);
  context_.tickSoon();
}

// ---- its table ----

RunPtr Worker::find(std::uint32_t id) const {
  const auto found = std::ranges::find(ids_, id);
  return found == ids_.end() ? nullptr : runs_[static_cast<std::size_t>(found - ids_.begin())];
}

std::shared_ptr<AnswerSink> Worker::finish(Run& run) {
  auto sink = run.takeSink();
  const auto nowNs = monotonicNs();
  if (sink) {
    --active_;
    invocationUs_.add((nowNs - run.sinceNs) / 1'000);
    if (run.trace) run.trace->endNs = nowNs;
  }
  if (active_ == 0) idleSinceNs_ = nowNs;
  return sink;
}

void Worker::remove(Run& run) {
  const auto found = std::ranges::find(ids_, run.id);
  if (found == ids_.end()) return;
  const auto index = found - ids_.begin();
  const RunPtr keep = runs_[static_cast<std::size_t>(index)];
  *found = ids_.back();
  ids_.pop_back();
  runs_[static_cast<std::size_t>(index)] = std::move(runs_.back());
  runs_.pop_back();
  run.worker = nullptr;
  if (run.called) context_.host.invocationEnded(id_, run.id);
  drainWhenEmpty();
}

void Worker::retire(std::int64_t killAtNs) {
  if (state_ == State::starting) return kill("retired", "it was not needed any more");
  if (state_ != State::ready && state_ != State::draining) return;
  killDueNs_ = state_ == State::draining ? std::min(killDueNs_, killAtNs) : killAtNs;
  state_ = State::draining;
  drainWhenEmpty();
  context_.tickSoon();
}

void Worker::drainWhenEmpty() {
  if (state_ != State::draining || !runs_.empty() || std::exchange(drainSent_, true)) return;
  wire::appendDrain(out());
}

// ---- deadlines ----

Worker::Pace Worker::tick(std::int64_t nowNs) {
  const auto due = [nowNs](std::int64_t& deadline) { return deadline != 0 && nowNs >= deadline ? (deadline = 0, true) : false; };
  if (state_ == State::reaped) return Pace::relaxed;
  if (due(killDueNs_)) kill(state_ == State::lost ? "hang_up" : "overdue", "it did not end in time");
  if (state_ == State::lost) return Pace::soon;
  if (due(readyDueNs_)) kill("not_ready", fmt::format("it did not report ready within {} ms", context_.limits.workerReadyMs));
  if (pongDueNs_ != 0 && channel_->paused()) pongDueNs_ = nowNs + msToNs(context_.limits.requestDeadlineMs);
  if (due(pongDueNs_)) kill("blocked", "its event loop is blocked");
  if (residentBytes(process_.pid) > kResidentBytesMax) kill("memory", "it used more memory than a worker may");
  if (state_ == State::lost) return Pace::soon;
  if (state_ != State::starting && pongDueNs_ == 0 && nowNs - std::max(pingedNs_, readyNs_) >= kPingEveryNs) {
    ping(nowNs + msToNs(context_.limits.requestDeadlineMs));
  }
  if (nowNs - scannedNs_ >= kScanEveryNs) {
    scannedNs_ = nowNs;
    const std::int64_t oldest = nowNs - 2 * msToNs(context_.limits.requestDeadlineMs);
    std::vector<RunPtr> old;
    std::ranges::copy_if(runs_, std::back_inserter(old), [oldest](const RunPtr& run) { return !run->sink && run->sinceNs < oldest; });
    for (const RunPtr& run : old) remove(*run);
    forgotten_ += old.size();
  }
  return state_ == State::ready && pongDueNs_ == 0 && active_ == 0 ? Pace::relaxed : Pace::soon;
}

// ---- its end ----

void Worker::kill(std::string_view reason, std::string_view detail) {
  if (state_ == State::reaped) return;
  if (killedFor_.empty()) killedFor_ = reason;
  killGroup(process_.pid);
  lose(detail);
}

void Worker::onHangUp() {
  if (state_ == State::lost || state_ == State::reaped) return;
  killDueNs_ = monotonicNs() + kHangUpGraceNs;
  lose("the worker ended");
}

void Worker::lose(std::string_view detail) {
  if (state_ == State::lost || state_ == State::reaped) return;
  state_ = State::lost;
  const auto keep = shared_from_this();
  channel_->close();
  bundle_ = nullptr;
  context_.tickSoon();
  ids_.clear();
  const auto runs = std::exchange(runs_, {});
  for (const RunPtr& run : runs) run->worker = nullptr;
  for (const RunPtr& run : runs) {
    if (const auto sink = finish(*run)) sink->onFailed(Error::hidden(ErrorCode::workerFailed, std::string(detail)));
  }
  context_.host.workerEnded(id_);
  if (owner_) owner_->workerLost(*this);
}

void Worker::watchEnd() {
  pidfd_.async_wait(pidfd_.wait_read, [self = shared_from_this()](boost::system::error_code error) {
    if (!error && self->state_ != State::reaped) self->ended();
  });
}

// The group dies before its leader is reaped, while the number still means it. What the worker sent before its end is still in the
// channel: the invocations fail at its hang-up, not before.
void Worker::ended() {
  killGroup(process_.pid);
  if (state_ == State::starting && !refused_ && ++endTurns_ < kEndTurnsMax) {  // its last word, loadFailed, is still to be read
    boost::asio::post(context_.loop, [self = shared_from_this()] {
      if (self->state_ != State::reaped) self->ended();
    });
    return;
  }
  const Exit exit = reap(process_.pid, Wait::no);
  if (exit.how == Exit::How::running) return watchEnd();
  boost::system::error_code error;
  while (!error) {
    const std::size_t bytes = output_.read_some(boost::asio::buffer(outputBuffer_), error);
    outputText_.append(outputBuffer_.data(), bytes);
    printOutput(false);
  }
  printOutput(true);
  const std::string_view reason = deathReason(exit);
  context_.count("redd_worker_deaths_total", fmt::format("reason=\"{}\"", reason));
  if (reason != "retired" && reason != "load_failed") {
    const std::string text =
        fmt::format("worker ended: {} ({} {})", reason, exit.how == Exit::How::exited ? "exit status" : "signal", exit.number);
    log::warn("worker", "{}: {}", space_->label(), text);
    context_.log(space_, "error", "worker", {}, text);
  }
  if (state_ != State::lost) {
    if (channel_->paused()) channel_->resume();
    lose("the worker ended");
  }
  state_ = State::reaped;
  output_.close(error);
  if (owner_) owner_->workerReaped(*this);
}

std::string_view Worker::deathReason(const Exit& exit) const {
  if (outOfMemory_) return "memory";
  if (!killedFor_.empty()) return killedFor_;
  if (refused_) return "load_failed";
  if (drainSent_ && exit.how == Exit::How::exited && exit.number == 0) return "retired";
  return exit.how == Exit::How::exited ? "exit" : "signal";
}

void Worker::shutDown() {
  if (state_ == State::reaped) return;
  owner_ = nullptr;
  lose("the server stops");
  killGroup(process_.pid);
  reap(process_.pid, Wait::yes);
  state_ = State::reaped;
  boost::system::error_code ignored;
  pidfd_.close(ignored);
  output_.close(ignored);
}

// ---- what it prints beside the protocol: Node's own messages ----

void Worker::readOutput() {
  output_.async_read_some(boost::asio::buffer(outputBuffer_),
                          [self = shared_from_this()](boost::system::error_code error, std::size_t bytes) {
                            if (error || self->state_ == State::reaped) return;
                            self->outputText_.append(self->outputBuffer_.data(), bytes);
                            self->printOutput(false);
                            self->readOutput();
                          });
}

void Worker::printOutput(bool all) {
  const std::size_t lineBytesMax = context_.limits.logLineBytesMax;
  std::size_t at = 0;
  while (at < outputText_.size()) {
    std::size_t end = outputText_.find('\n', at);
    if (end == std::string::npos && !all && outputText_.size() - at < lineBytesMax) break;
    end = std::min({end, outputText_.size(), at + lineBytesMax});
    const std::string_view line = std::string_view(outputText_).substr(at, end - at);
    outOfMemory_ |= line.find("JavaScript heap out of memory") != std::string_view::npos;
    if (!line.empty() && owner_) context_.log(space_, "warn", "worker", {}, line);
    at = end < outputText_.size() && outputText_[end] == '\n' ? end + 1 : end;
  }
  outputText_.erase(0, at);
}

}  // namespace redd::worker
