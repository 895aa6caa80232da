#include <signal.h>

#include "base/clock.h"
#include "test_support.h"

namespace redd::worker {
namespace {

TEST_F(SupervisorTest, AColdSpaceAnswers) {
  const auto space = makeSpace("");
  EXPECT_TRUE(supervisor().workers().empty());
  const Call call = answered(space, R"({"kind":"request","path":"/dev/hello"})");
  EXPECT_EQ(call.sink->status, 200);
  EXPECT_EQ(call.body(), R"(deployment d1 {"kind":"request","path":"/dev/hello"})");
  EXPECT_EQ(call.sink->headers, (std::vector<std::pair<std::string, std::string>>{{"content-type", "text/plain"}}));
  EXPECT_EQ(metric("redd_worker_invocations_total", R"(space="p-1/dev")"), 1);
  EXPECT_GT(metric("redd_worker_invocation_us_total", R"(space="p-1/dev")"), 0);
  ASSERT_EQ(supervisor().workers().size(), 1u);
  EXPECT_EQ(supervisor().workers()[0].state, "ready");
  EXPECT_EQ(supervisor().workers()[0].deployment, "d1");
}

TEST_F(SupervisorTest, TheMemoryOfAWorkerIsToldAsLongAsItsProcessLives) {
  (void)answered(makeSpace("globalThis.kept = Buffer.alloc(96 << 20, 1)"));
  ASSERT_EQ(supervisor().workers().size(), 1u);
  EXPECT_GT(supervisor().workers()[0].memoryBytes, std::size_t{96} << 20);
  EXPECT_LT(supervisor().workers()[0].memoryBytes, std::size_t{512} << 20) << "bytes, not pages and not KiB";
  ::kill(supervisor().workers()[0].pid, SIGKILL);
  runUntil([&] { return supervisor().workers().empty() || supervisor().workers()[0].memoryBytes == 0; });
}

TEST_F(SupervisorTest, TwoSpacesNeverShareAProcess) {
  const auto a = answered(makeSpace("", "a"));
  const auto b = answered(makeSpace("", "b"));
  ASSERT_EQ(supervisor().workers().size(), 2u);
  EXPECT_NE(supervisor().workers()[0].pid, supervisor().workers()[1].pid);
}

// SEC-25.
TEST_F(SupervisorTest, AWorkerInheritsNothing) {
  ::setenv("REDD_TEST_SECRET", "hidden", 1);
  auto space = changed(makeSpace(R"(
    const fs = require('fs');
    w.onInvoke = (id) => {
      const fds = {};
      for (const fd of fs.readdirSync('/proc/self/fd')) try { fds[fd] = fs.readlinkSync('/proc/self/fd/' + fd) } catch {}
      const inherited = Object.entries(fds).filter(([n, to]) => !/anon_inode|^pipe|socket/.test(to) && (n === '0' || to !== '/dev/null')).map(([n, to]) => n + '=' + to);
      const status = fs.readFileSync('/proc/self/status', 'utf8');
      const limits = fs.readFileSync('/proc/self/limits', 'utf8');
      w.answer(id, [fs.readFileSync('/proc/self/environ', 'utf8').replaceAll('\0', ' '), fs.readFileSync('/proc/self/cmdline', 'utf8').includes('hidden'),
        inherited, /NoNewPrivs:\s*(\d)/.exec(status)[1], /Max core file size\s+(\d+)/.exec(limits)[1], process.cwd(), w.hello.env.KEY].join('|'));
      w.settled(id);
    })"),
                       [](space::Space& s) { s.settings.env["KEY"] = {"hidden in \"hello\"", space::Secrecy::encrypted}; });
  EXPECT_EQ(answered(space).body(), "TZ=UTC |false|0=/dev/null|1|0|/|hidden in \"hello\"");
}

TEST_F(SupervisorTest, WhatNodePrintsGoesToTheSpacesLog) {
  (void)answered(makeSpace("process.stderr.write('one\\ntwo'); process.stdout.write('!\\n')"));
  runUntil([&] { return log.find("two!") != std::string::npos; });
  EXPECT_EQ(log, "dev warn worker one\ndev warn worker two!\n");
}

TEST_F(SupervisorTest, LogFramesCarryLevelAndContext) {
  (void)answered(makeSpace(R"(w.onInvoke = (id) => {
    w.send(74, 0, id, JSON.stringify({ level: 'warn', context: 'routehooks', text: ' a\nb' }));
    w.send(74, 0, 0, JSON.stringify({ level: 'log', context: 'worker', text: 'lone \ud800' }));
    w.answer(id, ''); w.settled(id); })"));
  EXPECT_EQ(log, "dev warn routehooks  a\nb\ndev log worker \"lone \\ud800\"\n");
}

TEST_F(SupervisorTest, NoHookAndNoAnswer) {
  EXPECT_TRUE(answered(makeSpace("w.onInvoke = (id) => { w.send(73, 0, id); w.settled(id) }")).sink->noHook);
  const Call none = answered(makeSpace("w.onInvoke = (id) => w.settled(id)", "other"));
  ASSERT_TRUE(none.sink->error);
  EXPECT_EQ(none.sink->error->code, ErrorCode::internal);
  const Call half = answered(makeSpace(R"(w.onInvoke = (id) => {
    w.send(67, 0, id, '{"status":200,"headers":[]}'); w.send(68, 0, id, 'half'); w.settled(id) })",
                                       "half"));
  EXPECT_EQ(half.body(), "half");
  ASSERT_TRUE(half.sink->error) << "an answer that breaks off is no answer";
}

TEST_F(SupervisorTest, CallsReachTheHostAndTheirAnswersComeBack) {
  const auto space = makeSpace(R"(w.onInvoke = async (id) => {
    const got = await w.call(id, 'kv.get', 'counter');
    w.settled(id);
    await w.call(id, 'kv.set', 'later', '1');
    w.answer(id, 'dropped');
    w.answer(id, 'dropped too'); };
    w.onBody = () => {})");
  const Call call = answered(space);
  EXPECT_TRUE(call.sink->error);
  runUntil([&] { return host.calls.size() == 2; });
  EXPECT_EQ(host.calls[0].payload, R"([1,"kv.get","counter"])");
  EXPECT_EQ(host.calls[0].space, "id-dev");
  EXPECT_EQ(host.calls[0].invocation, 1u);
  EXPECT_EQ(host.calls[1].invocation, 0u) << "an invocation that is over has become detached work";
  EXPECT_EQ(host.endedInvocations, std::vector<std::uint32_t>{1});
  EXPECT_TRUE(answered(space).sink->error) << "it still serves";
  EXPECT_EQ(metric("redd_worker_protocol_errors_total"), 0);
}

TEST_F(SupervisorTest, ATraceTellsWhenAnInvocationDidWhat) {
  const auto space = makeSpace(R"(w.onInvoke = async (id) => {
    await w.call(id, 'kv.get', 'a'); await w.call(id, 'kv.get', 'b');
    w.answer(id, ''); await w.call(id, 'kv.get', 'after the answer'); w.settled(id); })");
  (void)answered(space);  // without one
  Call call{std::make_shared<Sink>(), nullptr};
  const auto trace = call.sink->traced = std::make_shared<Trace>();
  const auto beforeNs = monotonicNs();
  call.invocation = supervisor().invoke(space, "{}", BodyFollows::no, call.sink);
  runUntil([&] { return host.calls.size() == 6; });
  ASSERT_EQ(trace->calls().size(), 2U) << "nobody waits for what comes after the answer";
  EXPECT_EQ(trace->callsTotal(), 2U);
  const auto& first = trace->calls()[0];
  const auto& second = trace->calls()[1];
  EXPECT_LE(beforeNs, trace->sentNs);
  EXPECT_LT(trace->sentNs, first.beginNs);
  EXPECT_LE(first.beginNs, first.endNs);
  EXPECT_LT(first.endNs, second.beginNs);
  EXPECT_LE(second.beginNs, second.endNs);
  EXPECT_LT(second.endNs, trace->endNs);
  EXPECT_EQ(first.name, "named");
  EXPECT_EQ(first.detail, "4") << "the host named the call that was asked for";
  EXPECT_EQ(second.detail, "5");
}

TEST_F(SupervisorTest, ATraceOfALostWorkerEndsWithIt) {
  host.hold = true;
  Call call{std::make_shared<Sink>(), nullptr};
  const auto trace = call.sink->traced = std::make_shared<Trace>();
  call.invocation = supervisor().invoke(makeSpace("w.onInvoke = (id) => w.call(id, 'kv.get', 'a')"), "{}", BodyFollows::no, call.sink);
  EXPECT_EQ(trace->sentNs, 0) << "it waits for its worker";
  runUntil([&] { return host.held.size() == 1; });
  ::kill(supervisor().workers()[0].pid, SIGKILL);
  runUntil([&] { return call.sink->ended; });
  EXPECT_TRUE(call.sink->error);
  EXPECT_GT(trace->endNs, trace->sentNs);
  ASSERT_EQ(trace->calls().size(), 1U);
  EXPECT_EQ(trace->calls()[0].endNs, 0);
  host.held.front()({CallReply::Kind::value, "1"});
  EXPECT_GE(trace->calls()[0].endNs, trace->endNs) << "an answer that comes too late finds the trace";
}

TEST_F(SupervisorTest, MoreCallsThanMayBeInFlightWait) {
  limits.hostCallsInFlightMax = 10;
  host.hold = true;
  const Call call = invoke(makeSpace(R"(w.onInvoke = async (id) => {
    const all = await Promise.all(Array.from({ length: 500 }, (_, i) => w.call(id, 'kv.get', String(i))));
    w.answer(id, String(all.filter((one) => one.text === '1').length)); w.settled(id); })"));
  std::size_t mostHeld = 0;
  runUntil([&] {
    mostHeld = std::max(mostHeld, host.held.size());
    if (host.held.size() == 10 || host.calls.size() == 500) {
      for (auto& reply : std::exchange(host.held, {})) reply({CallReply::Kind::value, "1"});
    }
    return call.sink->ended;
  });
  EXPECT_EQ(call.body(), "500");
  EXPECT_EQ(mostHeld, 10u);
}

TEST_F(SupervisorTest, RequestBodyFlowsUnderItsWindow) {
  limits.bodyWindowBytes = 1'000;
  const Call call = invoke(makeSpace(R"(let got = 0;
    w.onInvoke = () => {};
    w.onBody = (id, bytes, end) => { got += bytes.length; if (bytes.length) w.credit(id, bytes.length);
      if (end) { w.answer(id, String(got)); w.settled(id) } })"),
                           "{}", BodyFollows::yes);
  EXPECT_EQ(call.invocation->bodyWindow(), 0u) << "no worker yet";
  std::size_t left = 10'000;
  runUntil([&] {
    const std::size_t now = std::min(left, call.invocation->bodyWindow());
    EXPECT_LE(now, 1'000u);
    if (now > 0) call.invocation->sendBody(std::string(now, 'x'));
    left -= now;
    return left == 0;
  });
  EXPECT_GT(call.sink->windows, 0);
  call.invocation->endBody();
  call.invocation->endBody();
  runUntil([&] { return call.sink->ended; });
  EXPECT_EQ(call.body(), "10000");
  EXPECT_EQ(call.sink->bodyConsumed, 10'000u);
}

TEST_F(SupervisorTest, ResponseBodyFlowsUnderItsWindow) {
  limits.bodyWindowBytes = 1'000;
  const Call call = invoke(makeSpace(R"(let left = 10000, window = 1000;
    const pump = (id) => { while (left > 0 && window > 0) { const n = Math.min(100, left, window); left -= n; window -= n;
      w.send(68, left === 0 ? 1 : 0, id, 'x'.repeat(n)) } };
    w.onCredit = (id, n) => { window += n; pump(id) };
    w.onInvoke = (id) => { w.send(67, 0, id, '{"status":201,"headers":[]}'); pump(id) })"));
  std::size_t unread = 0;
  call.sink->onPiece = [&](std::size_t bytes) { unread += bytes; };
  runUntil([&] { return unread == 1'000; });
  EXPECT_EQ(call.body().size(), 1'000u) << "the worker waits for credit";
  call.sink->onPiece = [&](std::size_t bytes) { call.invocation->consumed(bytes); };
  call.invocation->consumed(unread);
  runUntil([&] { return call.sink->ended; });
  EXPECT_EQ(call.sink->status, 201);
  EXPECT_EQ(call.body().size(), 10'000u);
}

TEST_F(SupervisorTest, OverTheCapRequestsWaitAndThenHearUnavailable) {
  limits.requestsPerSpaceMax = 2;
  limits.requestsQueuedPerSpaceMax = 1;
  limits.requestQueueWaitMs = 100;
  const auto space = makeSpace("const held = []; w.onInvoke = (id) => { held.push(id); if (held.length === 3) w.answer(id, 'third') }");
  auto first = invoke(space);  // it starts the worker; its wait does not count
  const auto overflow = invoke(space);
  runUntil([&] { return overflow.sink->ended; });
  EXPECT_EQ(overflow.sink->error->code, ErrorCode::unavailable);
  runUntil([&] { return metric("redd_worker_invocations_total", R"(space="p-1/dev")") == 1; });
  const auto second = invoke(space);
  const auto waits = invoke(space);
  runUntil([&] { return waits.sink->ended; });
  EXPECT_EQ(waits.sink->error->code, ErrorCode::unavailable);
  const auto later = invoke(space);
  first.invocation->abort("client");  // makes room
  runUntil([&] { return later.sink->ended; });
  EXPECT_EQ(later.body(), "third");
  EXPECT_FALSE(first.sink->ended);
}

TEST_F(SupervisorTest, DestroyingAnInvocationAborts) {
  const auto space = makeSpace(R"(let first; w.onInvoke = (id) => { if (first) { w.answer(id, 'x'); w.settled(id) } else first = id };
    w.onAbort = (id, reason) => { w.send(74, 0, id, JSON.stringify({ level: 'log', context: 'test', text: reason })); w.settled(id) })");
  Call call = invoke(space);
  runUntil([&] { return metric("redd_worker_invocations_total", R"(space="p-1/dev")") == 1; });
  call.invocation.reset();
  runUntil([&] { return log.find("test client") != std::string::npos; });
  EXPECT_FALSE(call.sink->ended);
  EXPECT_EQ(answered(space).body(), "x");
}

TEST_F(SupervisorTest, PrepareReportsTheManifest) {
  const auto manifest =
      prepare(makeSpace(""), deployment("d2", R"(w.manifest.routes = ['GET /a', 'POST {"$regex":"/x/"}']; w.manifest.auth = ['/x/*'];
    w.manifest.startup = true; w.manifest.settings = { deep: [1, { a: null }] })"));
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->routes, (std::vector<std::string>{"GET /a", R"(POST {"$regex":"/x/"})"}));
  EXPECT_EQ(manifest->auth, std::vector<std::string>{"/x/*"});
  EXPECT_TRUE(manifest->startup);
}

TEST_F(SupervisorTest, AScriptThatDoesNotLoadIsExplained) {
  const auto failed = prepare(makeSpace(""), deployment("d2", R"(w.manual = true;
    w.send(66, 0, 0, JSON.stringify({ message: 'x is not defined', stack: 'ReferenceError: x is not defined\n    at index.js:3:7\n' + '    at y\n'.repeat(50) }));
    setImmediate(() => process.exit(1)))"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::invalidArgument);
  EXPECT_TRUE(failed.error().publicText.starts_with("ReferenceError: x is not defined\n    at index.js:3:7\n"))
      << failed.error().publicText;
  EXPECT_LT(failed.error().publicText.size(), 200u);
  const auto crashed = prepare(makeSpace(""), deployment("d3", "process.exit(3)"));
  ASSERT_FALSE(crashed);
  EXPECT_EQ(crashed.error().code, ErrorCode::workerFailed);
  limits.workerReadyMs = 300;
  const auto slow = prepare(makeSpace(""), deployment("d4", "w.manual = true"));
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, ErrorCode::timeout);
  runUntil([&] { return supervisor().workers().empty(); });
  EXPECT_EQ(metric("redd_worker_deaths_total", R"(reason="not_ready")"), 1);
}

TEST_F(SupervisorTest, TheStartupHookRunsInThePreparedWorker) {
  const auto space = makeSpace("");
  const auto candidate = deployment("d2", R"(w.manifest.startup = true;
    w.onInvoke = (id, invoke) => { w.send(74, 0, id, JSON.stringify({ level: 'log', context: 'test', text: invoke.kind })); w.settled(id) })");
  ASSERT_TRUE(prepare(space, candidate));
  bool done = false;
  spawn(loop, startupInto(supervisor(), space, candidate, done));
  runUntil([&] { return done; });
  EXPECT_EQ(log, "dev log test startup\n");
  EXPECT_EQ(metric("redd_worker_invocations_total", R"(space="p-1/dev")"), 0);
}

// Deploying again and again under traffic loses no request, and the old workers go.
TEST_F(SupervisorTest, FiftyDeploysLoseNothing) {
  auto space = makeSpace("");
  (void)answered(space);
  int sent = 0;
  int good = 0;
  std::vector<Call> calls;
  const auto traffic = [&] {
    std::erase_if(calls, [&](const Call& call) {
      if (!call.sink->ended) return false;
      EXPECT_FALSE(call.sink->error) << call.sink->error->detail;
      good += call.sink->status == 200;
      return true;
    });
    while (calls.size() < 8) {
      calls.push_back(invoke(space));
      ++sent;
    }
  };
  for (int i = 2; i <= 51; ++i) {
    const auto next = deployment("d" + std::to_string(i), "");
    std::optional<Result<space::Manifest>> ready;
    spawn(loop, prepareInto(supervisor(), space, next, ready));
    runUntil([&] {
      traffic();
      return ready.has_value();
    });
    ASSERT_TRUE(ready->has_value());
    const auto after = deployed(space, next);
    if (i % 2 == 0) supervisor().spaceChanged(space, after);  // or the first invocation brings the news
    space = after;
    EXPECT_TRUE(answered(space).body().starts_with("deployment " + next->id + " "));
  }
  runUntil([&] { return std::ranges::all_of(calls, [](const Call& call) { return call.sink->ended; }); });
  traffic();
  EXPECT_EQ(good, sent - 8);
  EXPECT_GT(good, 100);
  calls.clear();
  runUntil([&] { return supervisor().workers().size() == 1; });
  EXPECT_EQ(metric("redd_worker_deaths_total", R"(reason="retired")"), 50);
}

TEST_F(SupervisorTest, ANewEnvironmentTakesOverWhenItIsReady) {
  const std::string bundle = "w.onInvoke = (id) => { w.answer(id, String(w.hello.env.A)); w.settled(id) }";
  const auto before = makeSpace(bundle);
  EXPECT_EQ(answered(before).body(), "undefined");
  const auto after = changed(before, [](space::Space& space) {
    space.settings.env["A"] = {"1", space::Secrecy::plain};
    ++space.envRevision;
  });
  supervisor().spaceChanged(before, after);
  EXPECT_EQ(answered(after).body(), "undefined") << "the old one serves until the new one is ready";
  runUntil([&] { return supervisor().workers().size() == 1 && supervisor().workers()[0].id == 2; });
  EXPECT_EQ(answered(after).body(), "1");
  const auto settings = changed(after, [](space::Space& space) { space.settings.jwksUrl = "http://localhost/jwks"; });
  supervisor().spaceChanged(after, settings);
  EXPECT_EQ(answered(settings).body(), "1");
  EXPECT_EQ(supervisor().workers()[0].id, 2u) << "other settings need no new worker";
}

TEST_F(SupervisorTest, IdleWorkersRetireAndWakeAgain) {
  limits.workerIdleMs = 100;
  const auto space = makeSpace("");
  (void)answered(space);
  runUntil([&] { return supervisor().workers().empty(); });
  EXPECT_EQ(metric("redd_worker_deaths_total", R"(reason="retired")"), 1);
  EXPECT_EQ(answered(space).sink->status, 200);
}

TEST_F(SupervisorTest, ARemovedSpaceLosesItsWorkers) {
  const auto space = makeSpace("");
  (void)answered(space);
  auto gone = std::make_shared<space::Space>(*space);
  gone->deployment = nullptr;
  gone->revision = 0;
  supervisor().spaceChanged(space, gone);
  runUntil([&] { return supervisor().workers().empty(); });
}

TEST_F(SupervisorTest, StopFinishesWhatRunsAndThenKills) {
  const auto polite = makeSpace("w.onInvoke = (id) => setTimeout(() => { w.answer(id, 'done'); w.settled(id) }, 100)", "polite");
  const auto stubborn = makeSpace("w.onInvoke = () => {}", "stubborn");
  const Call finished = invoke(polite);
  const Call killed = invoke(stubborn);
  runUntil([&] {
    return metric("redd_worker_invocations_total", R"(space="p-1/polite")") +
               metric("redd_worker_invocations_total", R"(space="p-1/stubborn")") ==
           2;
  });
  bool stopped = false;
  spawn(loop, stopInto(supervisor(), 500, stopped));
  loop.restart();
  loop.poll();
  const Call late = invoke(polite);
  runUntil([&] { return stopped; });
  EXPECT_EQ(finished.body(), "done");
  EXPECT_EQ(killed.sink->error->code, ErrorCode::workerFailed);
  EXPECT_EQ(late.sink->error->code, ErrorCode::unavailable);
  EXPECT_TRUE(supervisor().workers().empty());
}

TEST_F(SupervisorTest, TheEndOfTheSupervisorIsTheEndOfItsWorkers) {
  const Call call = invoke(makeSpace("w.onInvoke = () => {}"));
  runUntil([&] { return metric("redd_worker_invocations_total", R"(space="p-1/dev")") == 1; });
  const int worker = pid();
  supervisor_.reset();
  EXPECT_EQ(::kill(worker, 0), -1);
  EXPECT_TRUE(call.sink->error);
  loop.restart();
  loop.poll();
}

TEST(SupervisorCreate, ExplainsWhatIsMissing) {
  Loop loop;
  const Limits limits;
  Metrics metrics;
  Host host;
  const auto log = [](auto&&...) {};
  const auto noNode = Supervisor::create(loop, {"/nowhere/node", REDD_TEST_RUNTIME, {}}, limits, metrics, host, log);
  ASSERT_FALSE(noNode);
  EXPECT_NE(noNode.error().publicText.find("/nowhere/node"), std::string::npos);
  EXPECT_FALSE(Supervisor::create(loop, {REDD_TEST_NODE, "/nowhere", {}}, limits, metrics, host, log));
}

}  // namespace
}  // namespace redd::worker
