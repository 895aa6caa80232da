// SEC-18, REL-04: deadlines and counts of the server, with small limits so that nothing here takes long.
#include "test_server.h"

namespace redd::http {
namespace {

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Limits quick() {
  Limits limits;
  limits.headTimeoutMs = limits.bodyStallMs = limits.keepAliveIdleMs = limits.writeStallMs = 40;
  return limits;
}
Limits patient() {
  Limits limits;
  limits.headTimeoutMs = limits.bodyStallMs = limits.keepAliveIdleMs = limits.writeStallMs = 60'000;
  return limits;
}

Task<void> readAndAnswer(Exchange& exchange, std::string& failure) {
  for (;;) {
    const auto piece = co_await exchange.readBody();
    if (!piece) {
      failure = name(piece.error().code);
      co_return;
    }
    if (piece->empty()) break;
  }
  (void)co_await exchange.respond({200, {}}, "ok");
}

class LimitsTest : public testing::Test {
 protected:
  void start(const Limits& limits) {
    server = std::make_unique<TestServer>([this](Exchange& exchange) { return readAndAnswer(exchange, failure); }, limits);
  }
  std::int64_t timeouts() { return server->metrics.counter("redd_http_timeouts_total").value(); }

  std::string failure;
  std::unique_ptr<TestServer> server;
};

TEST_F(LimitsTest, AConnectionWithoutAHeadIsClosed) {
  Limits limits = patient();
  limits.headTimeoutMs = 40;
  start(limits);
  TestClient silent(*server);
  EXPECT_TRUE(silent.waitForClose());
  EXPECT_TRUE(silent.received.empty());
  TestClient half(*server);
  half.sendAndSettle("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(half.waitForClose());
  EXPECT_TRUE(half.received.starts_with("HTTP/1.1 408 ")) << half.received;
  EXPECT_EQ(timeouts(), 2);
}

TEST_F(LimitsTest, ADripDoesNotExtendTheTimeOfAHead) {
  Limits limits = patient();
  limits.headTimeoutMs = 40;
  start(limits);
  TestClient client(*server);
  const std::int64_t end = monotonicNs() + 5'000'000'000;
  client.sendAndSettle("GET / HTTP/1.1\r\nX: ");
  while (!client.closed && monotonicNs() < end) {
    client.send("a");
    server->loop.restart();
    server->loop.run_one_for(std::chrono::milliseconds(2));
    client.take();
  }
  EXPECT_TRUE(client.received.starts_with("HTTP/1.1 408 ")) << client.received;
}

TEST_F(LimitsTest, AnIdleConnectionIsClosedWithoutAWord) {
  Limits limits = patient();
  limits.keepAliveIdleMs = 40;
  start(limits);
  TestClient client(*server);
  client.sendAndSettle(kGet);
  client.answer();
  EXPECT_TRUE(client.waitForClose());
  EXPECT_TRUE(client.received.empty());
}

TEST_F(LimitsTest, TheHeadOfALaterRequestHasItsOwnDeadline) {
  Limits limits = patient();
  limits.headTimeoutMs = 40;
  start(limits);
  TestClient client(*server);
  client.sendAndSettle(kGet);
  client.answer();
  client.sendAndSettle("G");
  EXPECT_TRUE(client.waitForClose());
  EXPECT_TRUE(client.received.starts_with("HTTP/1.1 408 ")) << client.received;
}

TEST_F(LimitsTest, AStalledBodyFails) {
  Limits limits = patient();
  limits.bodyStallMs = 40;
  start(limits);
  TestClient client(*server);
  client.sendAndSettle("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
  EXPECT_TRUE(client.waitForClose());
  EXPECT_TRUE(client.received.starts_with("HTTP/1.1 408 ")) << client.received;
  EXPECT_EQ(failure, name(ErrorCode::timeout));
}

TEST_F(LimitsTest, AClientThatLeavesInItsBodyCancelsTheRead) {
  start(patient());
  TestClient client(*server);
  client.sendAndSettle("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
  client.close();
  EXPECT_TRUE(server->runUntil([&] { return failure == name(ErrorCode::cancelled); }));
}

Task<void> sendMuch(Exchange& exchange, std::string& failure, std::size_t& sent) {
  (void)co_await exchange.sendHead({200, {}});
  const std::string piece(64 << 10, 'x');
  for (;;) {
    const auto done = co_await exchange.sendBody(piece);
    if (!done) {
      failure = name(done.error().code);
      co_return;
    }
    sent += piece.size();
  }
}

TEST(SlowReader, IsCutAndHoldsBackTheSenderUntilThen) {
  Limits limits = patient();
  limits.writeStallMs = 40;
  std::string failure;
  std::size_t sent = 0;
  TestServer server([&](Exchange& exchange) { return sendMuch(exchange, failure, sent); }, limits);
  TestClient client(server, 4096);
  client.send(kGet);
  server.settle();
  const std::size_t stuckAt = sent;
  EXPECT_TRUE(failure.empty());
  EXPECT_LT(stuckAt, 16u << 20) << "what the kernel takes, no more";
  EXPECT_TRUE(server.runUntil([&] { return failure == name(ErrorCode::cancelled); }));
  EXPECT_EQ(sent, stuckAt);
  EXPECT_TRUE(client.waitForClose());
}

TEST(SlowReader, ReadingAgainLetsTheSenderGoOn) {
  std::string failure;
  std::size_t sent = 0;
  TestServer server([&](Exchange& exchange) { return sendMuch(exchange, failure, sent); }, patient());
  TestClient client(server, 4096);
  client.send(kGet);
  server.settle();
  const std::size_t stuckAt = sent;
  EXPECT_TRUE(server.runUntil([&] {
    client.take();
    return sent > stuckAt + (1 << 20);
  }));
  client.close();
  EXPECT_TRUE(server.runUntil([&] { return !failure.empty(); }));
}

TEST_F(LimitsTest, ConnectionsPerAddress) {
  Limits limits = patient();
  limits.connectionsPerAddressMax = 2;
  start(limits);
  auto one = std::make_unique<TestClient>(*server);
  TestClient two(*server);
  TestClient three(*server);
  EXPECT_TRUE(three.waitForClose());
  two.sendAndSettle(kGet);
  EXPECT_TRUE(two.received.starts_with("HTTP/1.1 200 "));
  one.reset();
  server->settle();
  TestClient four(*server);
  four.sendAndSettle(kGet);
  EXPECT_TRUE(four.received.starts_with("HTTP/1.1 200 "));
}

TEST_F(LimitsTest, AFullServerStopsAcceptingUntilThereIsRoom) {
  Limits limits = patient();
  limits.connectionsMax = 2;
  start(limits);
  auto one = std::make_unique<TestClient>(*server);
  TestClient two(*server);
  TestClient waiting(*server);  // in the kernel's queue
  waiting.sendAndSettle(kGet);
  EXPECT_EQ(server->metrics.counter("redd_http_connections").value(), 2);
  EXPECT_TRUE(waiting.received.empty());
  EXPECT_FALSE(waiting.closed);
  one.reset();
  EXPECT_TRUE(waiting.waitFor("HTTP/1.1 200 "));
}

TEST_F(LimitsTest, AManyTimesRefusedClientLeavesNothingBehind) {
  start(quick());
  for (int i = 0; i < 200; ++i) {
    TestClient client(*server);
    client.sendAndSettle("\x16\x03\x01\r\n");
    EXPECT_TRUE(client.closed);
  }
  EXPECT_TRUE(server->runUntil([&] { return server->metrics.counter("redd_http_connections").value() == 0; }));
}

}  // namespace
}  // namespace redd::http
