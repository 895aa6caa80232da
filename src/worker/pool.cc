#include "pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "base/clock.h"
#include "base/log.h"

namespace redd::worker {
namespace {

constexpr std::int64_t kLeaveNs = msToNs(60'000);     // a leaving worker is killed after that
constexpr std::int64_t kPreparedNs = msToNs(60'000);  // how long a prepared worker waits for its deployment
constexpr std::size_t kPreparedMax = 4;
constexpr std::int64_t kHealthyNs = msToNs(10'000);  // who lived so long did not fail at once
constexpr std::int64_t kBackOffFirstMs = 100;
constexpr std::int64_t kBackOffMaxMs = 30'000;
constexpr std::size_t kForgottenMax = 1'000;  // a worker with more never-settled invocations is worn out

std::string spaceLabel(const space::Space& space) { return fmt::format("space=\"{}\"", labelValue(space.label())); }

bool sameCode(const space::Space& a, const space::Space& b) {
  if (a.settings.limits.workerHeapMiB != b.settings.limits.workerHeapMiB) return false;
  if (!a.deployment || !b.deployment || a.deployment->id != b.deployment->id) return false;
  return std::ranges::equal(a.settings.env, b.settings.env,
                            [](const auto& x, const auto& y) { return x.first == y.first && x.second.value == y.second.value; });
}

}  // namespace

Pool::Pool(Context& context, space::SpacePtr space)
    : context_(context),
      space_(std::move(space)),
      invocations_(context.metrics.counter("redd_worker_invocations_total", spaceLabel(*space_))) {}

Pool::~Pool() {
  for (const RunPtr& run : waiting_) run->pool = nullptr;
  for (const auto& worker : workers_) worker->shutDown();
}

// ---- invocations ----

void Pool::invoke(const RunPtr& run) {
  if (stopping_) return fail(run, Error::hidden(ErrorCode::unavailable, "the server stops"));
  if (!space_->deployment) return fail(run, notFound("No code deployed"));
  if (waiting_.empty() && canTake()) return dispatch(run);
  if (waiting_.size() >= context_.limits.requestsQueuedPerSpaceMax) {
    return fail(run, Error::hidden(ErrorCode::unavailable, "too many requests of this space wait"));
  }
  run->pool = this;
  run->sinceNs = monotonicNs();
  waiting_.push_back(run);
  ensureWorker();
  context_.tickSoon();
}

void Pool::abandon(const RunPtr& run) {
  run->pool = nullptr;
  run->sink = nullptr;
  std::erase(waiting_, run);
}

bool Pool::canTake() const {
  const auto most = space::boundedBy(space_->settings.limits.requestsMax, context_.limits.requestsPerSpaceMax);
  return current_ && current_->takesInvocations() && current_->active() < most;
}

void Pool::dispatch(const RunPtr& run) {
  invocations_.add();
  current_->invoke(run);
}

void Pool::pump() {
  while (!waiting_.empty() && canTake()) {
    const RunPtr run = std::move(waiting_.front());
    waiting_.pop_front();
    dispatch(run);
    if (run->body == BodyFollows::yes && !run->bodyEnded && run->sink) run->sink->onBodyConsumed(0);  // the window is open now
  }
}

// Never on top of the caller's stack.
void Pool::fail(const RunPtr& run, Error error) const {
  run->pool = nullptr;
  boost::asio::post(context_.loop, [run, error = std::move(error)]() mutable {
    if (const auto sink = run->takeSink()) sink->onFailed(std::move(error));
  });
}

void Pool::failWaiting(const Error& error) {
  for (const RunPtr& run : std::exchange(waiting_, {})) fail(run, error);
}

// ---- starting ----

std::shared_ptr<Worker> Pool::start(const space::SpacePtr& space) {
  auto started = Worker::start(context_, space, *this);
  if (started) return workers_.emplace_back(*std::move(started));
  log::error("worker", "{}: {}", space->label(), started.error().detail);
  context_.log(space, "error", "worker", {}, started.error().detail);
  backOff();
  return nullptr;
}

void Pool::ensureWorker() {
  if (current_ || stopping_ || !space_->deployment || monotonicNs() < startAllowedNs_) return;
  current_ = start(space_);
}

void Pool::startNext() {
  if (!replace_ || next_ || stopping_ || monotonicNs() < startAllowedNs_) return;
  next_ = start(space_);
}

// The first death is followed by a start at once, the second waits 0.1 s, then twice as long each, up to 30 s.
void Pool::backOff() {
  if (++failures_ < 2) return;
  startAllowedNs_ = monotonicNs() + msToNs(std::min(kBackOffMaxMs, kBackOffFirstMs << std::min(failures_ - 2, 16)));
}

void Pool::retire(std::shared_ptr<Worker> worker) const {
  if (worker) worker->retire(monotonicNs() + kLeaveNs);
}

void Pool::takeOver(std::shared_ptr<Worker> worker) {
  replace_ = false;
  if (next_ == worker) next_ = nullptr;
  retire(std::exchange(next_, nullptr));
  retire(std::exchange(current_, std::move(worker)));
  current_->setSpace(space_);
  pump();
}

// ---- what the workers report ----

std::vector<Pool::Prepared>::iterator Pool::preparedOf(const Worker& worker) {
  return std::ranges::find_if(prepared_, [&worker](const Prepared& entry) { return entry.worker.get() == &worker; });
}

void Pool::workerReady(Worker& worker) {
  if (const auto entry = preparedOf(worker); entry != prepared_.end()) {
    entry->dueNs = monotonicNs() + kPreparedNs;
    if (auto done = std::exchange(entry->done, nullptr)) done(worker.manifest());
    return;
  }
  const std::int64_t now = monotonicNs();
  for (const RunPtr& run : waiting_) run->sinceNs = now;  // the start of a worker does not count
  if (next_.get() == &worker) return takeOver(next_);
  pump();
}

void Pool::workerRefused(Worker& worker, const Error& error) {
  if (const auto entry = preparedOf(worker); entry != prepared_.end()) {
    auto done = std::exchange(entry->done, nullptr);
    prepared_.erase(entry);
    if (done) done(error);
    return;
  }
  context_.log(worker.space(), "error", "worker", {}, "the script did not load: " + error.detail);
  if (current_.get() == &worker) failWaiting(Error::hidden(ErrorCode::workerFailed, "the script did not load: " + error.detail));
}

void Pool::workerFree(Worker& worker) {
  if (&worker == current_.get()) pump();
}

void Pool::workerLost(Worker& worker) {
  if (const auto entry = preparedOf(worker); entry != prepared_.end()) {
    auto done = std::exchange(entry->done, nullptr);
    prepared_.erase(entry);
    if (done) {
      const std::int64_t ageMs = (monotonicNs() - worker.startedNs()) / 1'000'000;
      const bool late = ageMs >= context_.limits.workerReadyMs;
      done(late ? Error::make(ErrorCode::timeout, fmt::format("the script was not loaded within {} ms", context_.limits.workerReadyMs))
                : Error::make(ErrorCode::workerFailed, "the process ended while the script was loading"));
    }
    return;
  }
  const bool wasNext = next_.get() == &worker;
  const bool wasCurrent = current_.get() == &worker;
  if (!wasNext && !wasCurrent) return;
  if (worker.readyNs() != 0 && monotonicNs() - worker.readyNs() >= kHealthyNs) failures_ = 0;
  backOff();
  if (wasNext) {
    next_ = nullptr;
    return;
  }
  current_ = std::exchange(next_, nullptr);
  replace_ = false;
  if (worker.readyNs() == 0) failWaiting(Error::hidden(ErrorCode::workerFailed, "the worker ended while it was starting"));
  const std::int64_t now = monotonicNs();
  for (const RunPtr& run : waiting_) run->sinceNs = now;  // they waited for a worker that was no good
  if (!waiting_.empty()) ensureWorker();
}

void Pool::workerReaped(Worker& worker) {
  std::erase_if(workers_, [&worker](const auto& one) { return one.get() == &worker; });
}

// ---- changes ----

void Pool::prepare(space::SpacePtr candidate, Completion<space::Manifest> done) {
  if (stopping_) return done(Error::make(ErrorCode::unavailable, "the server stops"));
  if (prepared_.size() >= kPreparedMax)
    return done(Error::make(ErrorCode::unavailable, "too many deployments of this space are under way"));
  auto worker = start(candidate);
  if (!worker) return done(Error::make(ErrorCode::unavailable, "no worker could be started; the server's log says why"));
  prepared_.push_back({std::move(worker), std::move(done), INT64_MAX});
}

std::shared_ptr<Worker> Pool::workerOf(std::string_view deploymentId) const {
  const auto fits = [deploymentId](const std::shared_ptr<Worker>& worker) {
    return worker->takesInvocations() && worker->space()->deployment->id == deploymentId;
  };
  const auto found = std::ranges::find_if(workers_, fits);
  return found == workers_.end() ? nullptr : *found;
}

void Pool::adopt(space::SpacePtr space) {
  const bool isGone = space->revision == 0;
  if (!isGone && space->revision <= space_->revision) return;
  const bool unchanged = sameCode(*space_, *space);
  space_ = std::move(space);
  if (!space_->deployment) {
    failWaiting(notFound(isGone ? "the space was removed" : "No code deployed"));
    retire(std::exchange(next_, nullptr));
    retire(std::exchange(current_, nullptr));
    replace_ = false;
    return;
  }
  if (unchanged) {
    if (current_ && sameCode(*current_->space(), *space_)) current_->setSpace(space_);
    return;
  }
  failures_ = 0;
  startAllowedNs_ = 0;
  const auto ready = std::ranges::find_if(prepared_, [this](const Prepared& entry) {
    return !entry.done && entry.worker->takesInvocations() && sameCode(*entry.worker->space(), *space_);
  });
  if (ready != prepared_.end()) {
    auto worker = std::move(ready->worker);
    prepared_.erase(ready);
    return takeOver(std::move(worker));
  }
  retire(std::exchange(next_, nullptr));
  if (current_ && current_->state() == Worker::State::ready) {
    replace_ = true;
    startNext();
  } else {
    retire(std::exchange(current_, nullptr));  // it was starting what is out of date
    if (!waiting_.empty()) ensureWorker();
  }
  context_.tickSoon();
}

void Pool::stop(std::int64_t killAtNs) {
  stopping_ = true;
  failWaiting(Error::hidden(ErrorCode::unavailable, "the server stops"));
  current_ = next_ = nullptr;
  for (Prepared& entry : std::exchange(prepared_, {})) {
    if (entry.done) entry.done(Error::make(ErrorCode::unavailable, "the server stops"));
  }
  const auto all = workers_;
  for (const auto& worker : all) worker->retire(killAtNs);
}

// ---- deadlines ----

void Pool::expireWaiting(std::int64_t nowNs) {
  if (current_ && (current_->state() == Worker::State::starting || current_->doubted())) return;
  const std::int64_t oldest = nowNs - msToNs(context_.limits.requestQueueWaitMs);
  while (!waiting_.empty() && waiting_.front()->sinceNs < oldest) {
    const RunPtr run = std::move(waiting_.front());
    waiting_.pop_front();
    fail(run, Error::hidden(ErrorCode::unavailable, fmt::format("waited {} ms for a free place", context_.limits.requestQueueWaitMs)));
  }
}

void Pool::expirePrepared(std::int64_t nowNs) {
  std::vector<std::shared_ptr<Worker>> late;
  std::erase_if(prepared_, [&late, nowNs](Prepared& entry) {
    if (nowNs < entry.dueNs) return false;
    late.push_back(std::move(entry.worker));
    return true;
  });
  for (auto& worker : late) retire(std::move(worker));
}

Worker::Pace Pool::tick(std::int64_t nowNs) {
  auto pace = Worker::Pace::relaxed;
  const auto all = workers_;
  for (const auto& worker : all) {
    if (worker->tick(nowNs) == Worker::Pace::soon) pace = Worker::Pace::soon;
  }
  expirePrepared(nowNs);
  if (!waiting_.empty()) ensureWorker();
  expireWaiting(nowNs);
  startNext();
  if (current_ && current_->forgotten() > kForgottenMax) replace_ = true;
  const bool idle = current_ && current_->state() == Worker::State::ready && current_->active() == 0 && waiting_.empty() && !replace_;
  if (idle && nowNs - current_->idleSinceNs() >= msToNs(context_.limits.workerIdleMs)) retire(std::exchange(current_, nullptr));
  return waiting_.empty() && !replace_ ? pace : Worker::Pace::soon;
}

}  // namespace redd::worker
