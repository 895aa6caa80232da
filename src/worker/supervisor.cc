#include "worker/supervisor.h"

#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <unordered_map>

#include "base/clock.h"
#include "base/log.h"
#include "context.h"
#include "pool.h"

namespace redd::worker {
namespace {

constexpr std::int64_t kTickMs = 50, kRelaxedTickMs = 1'000;

// The two versions of a split space have a pool each.
std::string poolKey(const space::Space& space) { return space.version == space::Space::Version::active ? space.id : space.id + "/alternative"; }

// What the pool of the alternative hears when there is none (any more).
space::SpacePtr withoutCode(const space::Space& space) {
  auto out = std::make_shared<space::Space>(space);
  out->deployment = nullptr;
  return out;
}

// What the caller of invoke() holds.
class Handle final : public Invocation {
 public:
  explicit Handle(RunPtr run) : run_(std::move(run)) {}
  ~Handle() override { abort("client"); }

  void sendBody(std::string_view bytes) override {
    if (run_->worker) run_->worker->sendBody(*run_, bytes);
  }
  void endBody() override {
    if (run_->worker) return run_->worker->endBody(*run_);
    run_->bodyEnded = true;
  }
  std::size_t bodyWindow() const override { return run_->worker ? run_->sendWindow : 0; }
  void consumed(std::size_t bytes) override {
    if (run_->worker) run_->worker->consumed(*run_, bytes);
  }
  void abort(std::string_view reason) override {
    if (!run_->sink) return;
    if (run_->worker) return run_->worker->abort(run_, reason);
    if (run_->pool) return run_->pool->abandon(run_);
    run_->sink = nullptr;
  }

 private:
  RunPtr run_;
};

// The startup hook's answer is not asked for; the runtime logs what it throws.
class StartupSink final : public AnswerSink {
 public:
  explicit StartupSink(boost::asio::steady_timer& timer) : timer_(timer) {}
  void onHead(int, std::vector<std::pair<std::string, std::string>>) override {}
  void onBody(std::string_view) override {}
  void onBodyConsumed(std::size_t) override {}
  void onEnd() override { end(); }
  void onAnswer(int, std::vector<std::pair<std::string, std::string>>, std::string_view) override { end(); }
  void onNoHook() override { end(); }
  void onFailed(Error error) override {
    if (error.code != ErrorCode::internal) failure_ = std::move(error.detail);  // internal: it settled, as it should
    end();
  }
  bool ended() const { return ended_; }
  const std::string& failure() const { return failure_; }

 private:
  void end() {
    ended_ = true;
    timer_.cancel();
  }
  boost::asio::steady_timer& timer_;
  std::string failure_;
  bool ended_ = false;
};

class SupervisorImpl final : public Supervisor {
 public:
  SupervisorImpl(Loop& loop, WorkerOptions options, const Limits& limits, Metrics& metrics, HostCalls& host, LogSink logSink)
      : context_{loop, std::move(options), limits, metrics, host, std::move(logSink), {}, {}, 0, [this] { tickWithin(kTickMs); }}, ticker_(loop) {}

  std::unique_ptr<Invocation> invoke(const space::SpacePtr& space, std::string invokeJson, BodyFollows body,
                                     std::shared_ptr<AnswerSink> sink) override {
    auto run = std::make_shared<Run>();
    run->requestId = sink->requestId();
    run->trace = sink->trace();
    run->sink = std::move(sink);
    run->invokeJson = std::move(invokeJson);
    run->body = body;
    Pool& pool = poolOf(space);
    if (space->revision > pool.space()->revision) pool.adopt(space);  // published, and spaceChanged() is still on its way
    pool.invoke(run);
    return std::make_unique<Handle>(std::move(run));
  }

  void setGatewayAddress(GatewayAddress address) override { context_.gateway = std::move(address); }

  Task<Result<space::Manifest>> prepare(space::SpacePtr space, space::DeploymentPtr candidate) override {
    auto copy = std::make_shared<space::Space>(*space);
    copy->deployment = std::move(candidate);
    co_return co_await suspend<space::Manifest>(
        [&](Completion<space::Manifest> done) { poolOf(space).prepare(std::move(copy), std::move(done)); });
  }

  Task<void> runStartupHook(space::SpacePtr space, space::DeploymentPtr candidate) override {
    const auto worker = poolOf(space).workerOf(candidate->id);
    if (!worker || !worker->manifest().startup) co_return;
    boost::asio::steady_timer timer(context_.loop, std::chrono::milliseconds(context_.limits.startupHookMs));
    const auto sink = std::make_shared<StartupSink>(timer);
    auto run = std::make_shared<Run>();
    run->sink = sink;
    run->invokeJson = R"({"kind":"startup"})";
    worker->invoke(run);
    Handle handle(run);
    while (!sink->ended() && timer.expiry() > std::chrono::steady_clock::now()) {
      co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    std::string failure = sink->failure();
    if (!sink->ended()) {
      failure = "it took longer than it may";
      handle.abort("timeout");
    }
    if (!failure.empty()) context_.log(space, "error", "startup", {}, "the startup hook failed: " + failure);
  }

  void spaceChanged(const space::SpacePtr& before, const space::SpacePtr& after) override {
    const space::SpacePtr& space = after ? after : before;
    if (const auto found = pools_.find(space->id); found != pools_.end()) found->second->adopt(space);
    const auto other = pools_.find(space->id + "/alternative");
    if (other != pools_.end()) other->second->adopt(space->alternative ? space->alternative : withoutCode(*space));
  }

  std::vector<WorkerInfo> workers() const override {
    static constexpr std::array<const char*, 5> kStates{"starting", "ready", "draining", "ending", "ended"};
    std::vector<WorkerInfo> all;
    for (const auto& [id, pool] : pools_) {
      for (const auto& worker : pool->workers()) {
        all.push_back({worker->id(), worker->pid(), worker->space()->label(), worker->space()->deployment->id,
                       kStates.at(static_cast<std::size_t>(worker->state())), worker->active(),
                       worker->space()->id, worker->memoryBytes()});
      }
    }
    return all;
  }

  Task<void> stop(std::int64_t deadlineMs) override {
    stopping_ = true;
    const std::int64_t killAtNs = monotonicNs() + msToNs(deadlineMs);
    for (const auto& [id, pool] : pools_) pool->stop(killAtNs);
    while (!workers().empty()) co_await sleepMs(5);
  }

 private:
  Pool& poolOf(const space::SpacePtr& space) {
    const auto key = poolKey(*space);
    const auto found = pools_.find(key);
    if (found != pools_.end()) return *found->second;
    Pool& pool = *pools_.emplace(key, std::make_unique<Pool>(context_, space)).first->second;
    if (stopping_) pool.stop(monotonicNs());
    return pool;
  }

  // One clock for all deadlines; it stands still while there is no worker.
  void tickWithin(std::int64_t ms) {
    const auto due = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
    if (ticking_ && due_ <= due) return;
    ticking_ = true;
    due_ = due;
    ticker_.expires_at(due);
    ticker_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code error) {
      if (!error && !alive.expired()) tick();
    });
  }

  void tick() {
    ticking_ = false;
    const std::int64_t now = monotonicNs();
    auto pace = Worker::Pace::relaxed;
    for (const auto& [id, pool] : pools_) {
      if (pool->tick(now) == Worker::Pace::soon) pace = Worker::Pace::soon;
    }
    std::erase_if(pools_, [](const auto& entry) { return entry.second->empty() && !entry.second->space()->deployment; });
    std::size_t count = 0;
    bool waiting = false;
    for (const auto& [id, pool] : pools_) {
      count += pool->workers().size();
      waiting |= !pool->empty();
    }
    const auto before = std::exchange(counted_, static_cast<std::int64_t>(count));
    context_.metrics.counter("redd_workers").add(counted_ - before);  // other supervisors count in it too
    if (waiting) tickWithin(pace == Worker::Pace::soon ? kTickMs : kRelaxedTickMs);
  }

  Context context_;
  boost::asio::steady_timer ticker_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
  std::int64_t counted_ = 0;  // workers, at the last tick
  bool ticking_ = false, stopping_ = false;
  std::chrono::steady_clock::time_point due_;
  std::unordered_map<std::string, std::unique_ptr<Pool>> pools_;
};

}  // namespace

Result<std::unique_ptr<Supervisor>> Supervisor::create(Loop& loop, WorkerOptions options, const Limits& limits, Metrics& metrics,
                                                       HostCalls& host, LogSink logSink) {
  std::error_code error;
  options.node = std::filesystem::absolute(options.node, error);
  options.runtimeDir = std::filesystem::absolute(options.runtimeDir, error);
  if (!options.caFile.empty()) options.caFile = std::filesystem::absolute(options.caFile, error);
  if (::access(options.node.c_str(), X_OK) != 0) {
    return Error::make(ErrorCode::unavailable, "Node is not at " + options.node.string() + "; --node names another");
  }
  if (!std::filesystem::exists(options.runtimeDir / "main.cjs", error) &&
      !std::filesystem::exists(options.runtimeDir / "main.mjs", error)) {
    return Error::make(ErrorCode::unavailable, "the worker runtime (main.cjs) is not in " + options.runtimeDir.string());
  }
  return std::make_unique<SupervisorImpl>(loop, std::move(options), limits, metrics, host, std::move(logSink));
}

}  // namespace redd::worker
