// For the tests of this room: a supervisor on a loop of its own, with real Node processes that do what their bundle says
// (testdata/main.cjs). Waiting is for events, with a deadline.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <optional>

#include "worker/supervisor.h"

namespace redd::worker {

struct Sink final : AnswerSink {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool noHook = false, ended = false;
  std::size_t bodyConsumed = 0;
  int windows = 0;
  std::optional<Error> error;
  TracePtr traced;
  std::function<void()> then;  // after the end
  std::function<void(std::size_t)> onPiece;

  void end() {
    EXPECT_FALSE(ended) << "two ends";
    ended = true;
    if (then) then();
  }
  void onHead(int code, std::vector<std::pair<std::string, std::string>> fields) override {
    EXPECT_FALSE(ended);
    status = code;
    headers = std::move(fields);
  }
  void onBody(std::string_view bytes) override {
    EXPECT_FALSE(ended);
    body += bytes;
    if (onPiece) onPiece(bytes.size());
  }
  void onEnd() override { end(); }
  void onAnswer(int code, std::vector<std::pair<std::string, std::string>> fields, std::string_view bytes) override {
    onHead(code, std::move(fields));
    body = bytes;
    end();
  }
  void onNoHook() override {
    noHook = true;
    end();
  }
  TracePtr trace() const override { return traced; }
  void onBodyConsumed(std::size_t bytes) override {
    bodyConsumed += bytes;
    ++windows;
  }
  void onFailed(Error why) override {
    error = std::move(why);
    end();
  }
};

struct Host final : HostCalls {
  struct Seen {
    std::uint64_t worker;
    std::uint32_t invocation;
    std::string space, payload;
  };
  std::vector<Seen> calls;
  std::vector<std::move_only_function<void(CallReply)>> held;  // when hold is set
  bool hold = false;
  std::vector<std::uint32_t> endedInvocations;
  std::vector<std::uint64_t> endedWorkers;
  void call(HostCall call) override {
    calls.push_back({call.workerId, call.invocation, call.space->id, std::string(call.payload)});
    call.traced.name("named", std::to_string(calls.size()));
    if (hold) {
      held.push_back(std::move(call.reply));
    } else {
      call.reply({CallReply::Kind::value, "\"echo\""});
    }
  }
  void invocationEnded(std::uint64_t, std::uint32_t invocation) override { endedInvocations.push_back(invocation); }
  void workerEnded(std::uint64_t worker) override { endedWorkers.push_back(worker); }
};

class SupervisorTest : public ::testing::Test {
 protected:
  struct Call {
    std::shared_ptr<Sink> sink;
    std::unique_ptr<Invocation> invocation;
    const std::string& body() const { return sink->body; }
  };

  Supervisor& supervisor() {
    if (!supervisor_) {
      auto made = Supervisor::create(
          loop, {REDD_TEST_NODE, REDD_TEST_RUNTIME, {}}, limits, metrics, host,
          [this](const space::SpacePtr& space, std::string_view level, std::string_view context, std::string_view, std::string_view text) {
            log += std::string(space->name) + " " + std::string(level) + " " + std::string(context) + " " + std::string(text) + "\n";
          });
      REDD_CHECK(made.has_value());
      supervisor_ = *std::move(made);
    }
    return *supervisor_;
  }

  static space::DeploymentPtr deployment(std::string id, std::string bundle) {
    auto made = std::make_shared<space::Deployment>();
    made->id = std::move(id);
    made->bundle = std::make_shared<const std::string>(std::move(bundle));
    return made;
  }
  static space::SpacePtr makeSpace(std::string bundle, std::string name = "dev", std::string id = "d1") {
    auto made = std::make_shared<space::Space>();
    made->id = "id-" + name;
    made->project = "p-1";
    made->name = std::move(name);
    made->revision = made->envRevision = 1;
    made->deployment = deployment(std::move(id), std::move(bundle));
    return made;
  }
  template <class Edit>
  static space::SpacePtr changed(const space::SpacePtr& before, Edit edit) {
    auto made = std::make_shared<space::Space>(*before);
    ++made->revision;
    edit(*made);
    return made;
  }
  static space::SpacePtr deployed(const space::SpacePtr& before, space::DeploymentPtr next) {
    return changed(before, [&](space::Space& space) {
      space.deployment = next;
      ++space.envRevision;
    });
  }

  Call invoke(const space::SpacePtr& space, std::string json = R"({"kind":"request"})", BodyFollows body = BodyFollows::no) {
    Call call{std::make_shared<Sink>(), nullptr};
    call.invocation = supervisor().invoke(space, std::move(json), body, call.sink);
    return call;
  }
  void runUntil(const std::function<bool()>& done, int seconds = 20) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (!done() && std::chrono::steady_clock::now() < deadline) {
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds(100));
    }
    ASSERT_TRUE(done()) << "it did not happen within " << seconds << " s\n" << log;
  }
  Call answered(const space::SpacePtr& space, std::string json = R"({"kind":"request"})") {
    Call call = invoke(space, std::move(json));
    runUntil([&] { return call.sink->ended; });
    return call;
  }
  Result<space::Manifest> prepare(const space::SpacePtr& space, const space::DeploymentPtr& candidate) {
    std::optional<Result<space::Manifest>> result;
    spawn(loop, prepareInto(supervisor(), space, candidate, result));
    runUntil([&] { return result.has_value(); });
    return result ? *std::move(result) : Error{};
  }
  static Task<void> prepareInto(Supervisor& supervisor, space::SpacePtr space, space::DeploymentPtr candidate,
                                std::optional<Result<space::Manifest>>& result) {
    result = co_await supervisor.prepare(space, candidate);
  }
  static Task<void> startupInto(Supervisor& supervisor, space::SpacePtr space, space::DeploymentPtr candidate, bool& done) {
    co_await supervisor.runStartupHook(space, candidate);
    done = true;
  }
  static Task<void> stopInto(Supervisor& supervisor, std::int64_t deadlineMs, bool& done) {
    co_await supervisor.stop(deadlineMs);
    done = true;
  }
  std::int64_t metric(std::string_view name, std::string_view labels = {}) { return metrics.counter(name, labels).value(); }
  int pid() { return supervisor().workers().empty() ? 0 : supervisor().workers().front().pid; }

  Loop loop;
  Limits limits;
  Metrics metrics;
  Host host;
  std::string log;
  std::unique_ptr<Supervisor> supervisor_;
};

}  // namespace redd::worker
