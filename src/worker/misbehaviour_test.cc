// Workers that break the protocol or die (SEC-27, REL-06). In each case the victim space beside it notices nothing.
#include <signal.h>

#include <array>
#include <cstdio>

#include "base/clock.h"
#include "test_support.h"

namespace redd::worker {
namespace {

class MisbehaviourTest : public SupervisorTest {
 protected:
  // One invocation of a space with this bundle fails with workerFailed, for this reason; the next one gets a new worker; the space
  // beside it keeps its process.
  void expectDeath(const std::string& bundle, const std::string& reason) {
    const auto victim = makeSpace("", "victim");
    (void)answered(victim);
    const int victimPid = pid();
    const auto space = makeSpace(bundle);
    const Call call = answered(space);
    ASSERT_TRUE(call.sink->error) << call.body();
    EXPECT_EQ(call.sink->error->code, ErrorCode::workerFailed);
    runUntil([&] { return metric("redd_worker_deaths_total", "reason=\"" + reason + "\"") == 1; });
    EXPECT_NE(log.find("dev error worker worker"), std::string::npos) << log;
    const Call again = answered(space, R"({"good":true})");
    EXPECT_FALSE(again.sink->error) << "the next invocation has a new worker";
    EXPECT_EQ(answered(victim).sink->status, 200);
    EXPECT_EQ(metric("redd_worker_starts_total"), 3);
    const auto all = supervisor().workers();
    EXPECT_TRUE(std::ranges::any_of(all, [&](const auto& one) { return one.pid == victimPid && one.space == "p-1/victim"; }));
  }
  // The bundle misbehaves in every invocation but those that say good.
  static std::string once(const std::string& deed) {
    return "const good = w.onInvoke; w.onInvoke = (id, invoke) => { if (invoke.good) return good(id, invoke); " + deed + " }";
  }
};

TEST_F(MisbehaviourTest, Exits) { expectDeath(once("process.exit(7)"), "exit"); }
TEST_F(MisbehaviourTest, Aborts) { expectDeath(once("process.abort()"), "signal"); }
TEST_F(MisbehaviourTest, ClosesItsChannel) {
  expectDeath(once("require('fs').closeSync(3); setInterval(() => {}, 1000); const busy = Date.now() + 2000; while (Date.now() < busy);"),
              "hang_up");
}
TEST_F(MisbehaviourTest, UnknownFrame) { expectDeath(once("w.send(99, 0, id, 'x')"), "protocol"); }
TEST_F(MisbehaviourTest, HugeFrame) { expectDeath(once("w.raw(w.header(0x7fffffff, 68, 0, id))"), "protocol"); }
TEST_F(MisbehaviourTest, Garbage) { expectDeath(once("w.raw('HTTP/1.1 200 OK\\r\\n\\r\\n')"), "protocol"); }
TEST_F(MisbehaviourTest, AForeignInvocation) { expectDeath(once("w.answer(id + 1, 'x')"), "protocol"); }
TEST_F(MisbehaviourTest, ReadyAgain) { expectDeath(once("w.ready()"), "protocol"); }
TEST_F(MisbehaviourTest, BodyWithoutHead) { expectDeath(once("w.send(68, 1, id, 'x')"), "protocol"); }
TEST_F(MisbehaviourTest, BodyBeyondTheWindow) {
  expectDeath(once("w.send(67, 0, id, '{\"status\":200,\"headers\":[]}'); w.send(68, 0, id, 'x'.repeat(300 << 10))"), "protocol");
}
TEST_F(MisbehaviourTest, CreditForNothing) { expectDeath(once("w.credit(id, 1)"), "protocol"); }
TEST_F(MisbehaviourTest, HeadThatIsNoJson) { expectDeath(once("w.send(67, 0, id, '{\"status\":200,')"), "protocol"); }
TEST_F(MisbehaviourTest, HeadWithAStatusThatIsNone) {
  expectDeath(once("w.send(67, 0, id, '{\"status\":1e9,\"headers\":[]}')"), "protocol");
}
TEST_F(MisbehaviourTest, CallThatIsNoArray) { expectDeath(once("w.send(71, 0, 1, '{\"op\":1}')"), "protocol"); }
TEST_F(MisbehaviourTest, CallInTheNameOfAnother) { expectDeath(once("w.send(71, 0, 1, '[77,\"kv.get\",\"x\"]')"), "protocol"); }
TEST_F(MisbehaviourTest, ReadyWithAnotherProtocol) {
  const auto failed = prepare(makeSpace(""), deployment("d2", "w.manifest.protocol = 2"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(metric("redd_worker_protocol_errors_total"), 1);
}

TEST_F(MisbehaviourTest, FillsTheHeap) {
  limits.workerHeapMiB = 32;
  expectDeath(once("const all = []; for (;;) all.push(new Array(1000).fill({}))"), "memory");
}

TEST_F(MisbehaviourTest, FillsMemoryBesideTheHeap) {
  expectDeath(once("const all = []; const grow = () => { all.push(Buffer.alloc(20 << 20, 1)); setTimeout(grow, 20) }; grow()"), "memory");
}

// REL-06: at the deadline the caller aborts; a worker whose loop is blocked is replaced within half a second.
TEST_F(MisbehaviourTest, AnEndlessLoopIsReplacedAfterTheDeadline) {
  const auto space = makeSpace(once("for (;;);"));
  Call stuck = invoke(space);
  const Call beside = invoke(space);
  runUntil([&] { return metric("redd_worker_invocations_total", R"(space="p-1/dev")") == 2; });
  const std::int64_t startNs = monotonicNs();
  stuck.invocation->abort("timeout");
  runUntil([&] { return beside.sink->ended; });
  EXPECT_EQ(beside.sink->error->code, ErrorCode::workerFailed);
  EXPECT_LT(monotonicNs() - startNs, 2'000'000'000);
  EXPECT_FALSE(stuck.sink->ended);
  EXPECT_EQ(answered(space, R"({"good":true})").sink->status, 200);
}

TEST_F(MisbehaviourTest, AWorkerThatOnlyNeverAnswersStays) {
  limits.requestsPerSpaceMax = 1;
  const auto space = makeSpace(once(""));
  Call stuck = invoke(space);
  runUntil([&] { return metric("redd_worker_invocations_total", R"(space="p-1/dev")") == 1; });
  const int before = pid();
  stuck.invocation->abort("timeout");
  EXPECT_EQ(answered(space, R"({"good":true})").sink->status, 200) << "its place is free at once";
  EXPECT_EQ(pid(), before);
}

// A loop that is blocked while nobody waits is found by the ping.
TEST_F(MisbehaviourTest, ABlockedLoopIsFoundByThePing) {
  limits.requestDeadlineMs = 200;
  const auto space = makeSpace(once("for (;;);"));
  {
    const Call left = invoke(space);
    runUntil([&] { return metric("redd_worker_invocations_total", R"(space="p-1/dev")") == 1; });
  }
  runUntil([&] { return metric("redd_worker_deaths_total", R"(reason="blocked")") == 1; });
}

TEST_F(MisbehaviourTest, ACrashLoopBacksOff) {
  limits.requestQueueWaitMs = 10'000;
  const auto space = makeSpace("process.exit(1)");
  const std::int64_t startNs = monotonicNs();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(answered(space).sink->error->code, ErrorCode::workerFailed);
  EXPECT_GE(monotonicNs() - startNs, 700'000'000) << "0.1 + 0.2 + 0.4 s before the last three";
  EXPECT_EQ(metric("redd_worker_starts_total"), 5);
}

TEST_F(MisbehaviourTest, WhatItStartedDiesWithIt) {
  const auto space = makeSpace(R"(w.onInvoke = (id) => {
    const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    w.answer(id, String(child.pid)); w.settled(id); })");
  const int child = std::stoi(answered(space).body());
  ASSERT_EQ(::kill(child, 0), 0);
  supervisor_.reset();
  const auto gone = [child] {
    std::array<char, 256> text{};
    std::FILE* file = std::fopen(("/proc/" + std::to_string(child) + "/stat").c_str(), "r");
    if (!file) return true;
    const bool read = std::fgets(text.data(), text.size(), file) != nullptr;
    std::fclose(file);
    return !read || std::string_view(text.data()).find(") Z") != std::string_view::npos;
  };
  runUntil(gone);
}

TEST_F(MisbehaviourTest, EndlessLogsAreHandedOn) {
  limits.logLineBytesMax = 100;
  const Call call = answered(makeSpace(R"(w.onInvoke = (id) => {
    for (let i = 0; i < 20000; i++) w.send(74, 0, id, JSON.stringify({ level: 'log', context: 'c', text: 'x'.repeat(200) }));
    process.stdout.write('y'.repeat(100000));
    w.answer(id, 'done'); w.settled(id); })"));
  EXPECT_EQ(call.body(), "done");
  EXPECT_LT(log.find('\n'), 130u);
}

}  // namespace
}  // namespace redd::worker
