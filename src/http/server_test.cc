#include "test_server.h"

namespace redd::http {
namespace {

const std::string kGet = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

std::string get(std::string_view target, std::string_view fields = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a.test\r\n" + std::string(fields) + "\r\n";
}
std::string post(std::string_view target, std::string_view fields, std::string_view body) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: a.test\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

// What a handler waits for, told by the test.
struct Gate {
  Completion<void> waiting;
  bool entered = false;
  void open() {
    if (auto done = std::exchange(waiting, nullptr)) done({});
  }
};

Task<void> pass(Gate& gate) {
  gate.entered = true;
  (void)co_await suspend<void>([&gate](Completion<void> done) { gate.waiting = std::move(done); });
}

// One handler for most tests: the target says what to do.
struct World {
  Gate gate;
  std::vector<std::string> log;
  int goneCalls = 0;
};

Task<std::string> wholeBody(Exchange& exchange) {
  std::string body;
  for (;;) {
    auto piece = co_await exchange.readBody();
    if (!piece) co_return "<" + std::string(name(piece.error().code)) + ">";
    if (piece->empty()) co_return body;
    body += *piece;
  }
}

ResponseHead withHeader(int status, std::string name, std::string value) {
  ResponseHead head{status, {}};
  head.headers.add(std::move(name), std::move(value));
  return head;
}

Task<void> stream(Exchange& exchange, ResponseHead head, World& world) {
  auto sent = co_await exchange.sendHead(std::move(head));
  if (sent) sent = co_await exchange.sendBody("first ");
  if (sent) sent = co_await exchange.sendBody("");
  if (sent) sent = co_await exchange.sendBody("second");
  if (sent) sent = co_await exchange.finish();
  world.log.push_back(sent ? "streamed" : std::string(name(sent.error().code)));
}

Task<void> serve(Exchange& exchange, World& world) {
  const std::string path(exchange.head().path());
  world.log.push_back(exchange.head().method + " " + exchange.head().target);
  if (path == "/echo") {
    std::string body = co_await wholeBody(exchange);
    world.log.push_back(body);
    (void)co_await exchange.respond({200, {}}, std::move(body));
  } else if (path == "/limit") {
    exchange.setBodyLimit(5);
    world.log.push_back(co_await wholeBody(exchange));
  } else if (path == "/wait") {
    exchange.onClientGone([&world] { ++world.goneCalls; });
    co_await pass(world.gate);
    (void)co_await exchange.respond({200, {}}, "waited");
  } else if (path == "/status") {
    (void)co_await exchange.respond({std::stoi(std::string(exchange.head().query())), {}}, "body");
  } else if (path == "/stream") {
    co_await stream(exchange, {200, {}}, world);
  } else if (path == "/stream-length") {
    co_await stream(exchange, withHeader(200, "content-length", std::string(exchange.head().query())), world);
  } else if (path == "/cut") {
    (void)co_await exchange.sendHead({200, {}});
    (void)co_await exchange.sendBody("half");
  } else if (path == "/inject") {
    (void)co_await exchange.respond(withHeader(200, "x", "a\r\nSet-Cookie: evil"), "body");
  } else if (path == "/inject-stream") {
    co_await stream(exchange, withHeader(200, "x", "a\nb"), world);
  } else if (path == "/throw") {
    throw std::runtime_error("from the test's handler");
  } else if (path == "/silent") {
    co_return;
  } else {
    (void)co_await exchange.respond(withHeader(200, "x-path", path), "hello");
  }
}

class ServerTest : public testing::Test {
 protected:
  explicit ServerTest(const Limits& limits = {}) : server([this](Exchange& exchange) { return serve(exchange, world); }, limits) {}

  std::string ask(std::string_view request) {
    TestClient client(server);
    client.sendAndSettle(request);
    return client.answer();
  }

  World world;
  TestServer server;
};

TEST_F(ServerTest, AnswersWithLengthAndDateAndKeepsTheConnection) {
  TestClient client(server);
  client.sendAndSettle(get("/one"));
  const std::string answer = client.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nx-path: /one\r\ndate: ")) << answer;
  EXPECT_TRUE(answer.ends_with(" GMT\r\ncontent-length: 5\r\n\r\nhello")) << answer;
  client.sendAndSettle(get("/two"));
  EXPECT_NE(client.answer().find("x-path: /two"), std::string::npos);
  EXPECT_FALSE(client.closed);
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  TestClient client(server);
  client.sendAndSettle(get("/1") + post("/echo", "Content-Length: 3\r\n", "abc") + get("/3"));
  const std::string answers = client.answer();
  const std::size_t one = answers.find("x-path: /1");
  const std::size_t two = answers.find("\r\n\r\nabc");
  const std::size_t three = answers.find("x-path: /3");
  ASSERT_NE(three, std::string::npos) << answers;
  EXPECT_LT(one, two);
  EXPECT_LT(two, three);
}

TEST_F(ServerTest, ConnectionCloseAndHttp10) {
  TestClient closing(server);
  closing.sendAndSettle(get("/", "Connection: close\r\n"));
  EXPECT_NE(closing.received.find("connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(closing.closed);
  TestClient old(server);
  old.sendAndSettle("GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(old.closed);
  TestClient oldKept(server);
  oldKept.sendAndSettle("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(oldKept.received.find("connection: keep-alive\r\n"), std::string::npos);
  EXPECT_FALSE(oldKept.closed);
}

TEST_F(ServerTest, HeadAnd204And304HaveNoBody) {
  const std::string head = ask("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(head.ends_with("content-length: 5\r\n\r\n")) << head;
  const std::string empty = ask(get("/status?204"));
  EXPECT_TRUE(empty.ends_with("GMT\r\n\r\n")) << empty;
  const std::string unchanged = ask(get("/status?304"));
  EXPECT_TRUE(unchanged.ends_with("content-length: 4\r\n\r\n")) << unchanged;
  const std::string streamed = ask("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(streamed.ends_with("GMT\r\n\r\n")) << streamed;
}

TEST_F(ServerTest, StreamsInChunks) {
  TestClient client(server);
  client.sendAndSettle(get("/stream"));
  EXPECT_NE(client.received.find("transfer-encoding: chunked\r\n"), std::string::npos);
  EXPECT_TRUE(client.received.ends_with("\r\n\r\n6\r\nfirst \r\n6\r\nsecond\r\n0\r\n\r\n")) << client.received;
  EXPECT_FALSE(client.closed);
}

TEST_F(ServerTest, StreamsToHttp10UntilClose) {
  TestClient client(server);
  client.sendAndSettle("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(client.received.ends_with("connection: close\r\n\r\nfirst second")) << client.received;
  EXPECT_TRUE(client.closed);
}

TEST_F(ServerTest, StreamsExactlyAsDeclaredOrCloses) {
  TestClient exact(server);
  exact.sendAndSettle(get("/stream-length?12"));
  EXPECT_TRUE(exact.received.ends_with("content-length: 12\r\n\r\nfirst second")) << exact.received;
  EXPECT_FALSE(exact.closed);
  for (const std::string_view wrong : {"11", "13"}) {
    TestClient client(server);
    client.sendAndSettle(get("/stream-length?" + std::string(wrong)));
    EXPECT_TRUE(client.closed) << wrong;
    EXPECT_EQ(world.log.back(), name(ErrorCode::internal));
  }
}

TEST_F(ServerTest, AStreamThatTheHandlerLeavesIsCut) {
  TestClient client(server);
  client.sendAndSettle(get("/cut"));
  EXPECT_TRUE(client.closed);
  EXPECT_TRUE(client.received.ends_with("4\r\nhalf\r\n")) << "no last chunk: the client sees that it is cut";
}

TEST_F(ServerTest, UnsendableHeadersGive500) {
  for (const std::string_view target : {"/inject", "/inject-stream"}) {
    const std::string answer = ask(get(target));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
    EXPECT_EQ(answer.find("evil"), std::string::npos);
    EXPECT_EQ(countOf(answer, "HTTP/1.1"), 1u);
  }
}

TEST_F(ServerTest, AHandlerThatThrowsOrSaysNothing) {
  TestClient thrown(server);
  thrown.sendAndSettle(get("/throw") + kGet);
  EXPECT_TRUE(thrown.received.starts_with("HTTP/1.1 500 ")) << thrown.received;
  EXPECT_EQ(thrown.received.find("from the test"), std::string::npos);
  EXPECT_TRUE(thrown.closed);
  EXPECT_EQ(countOf(thrown.received, "HTTP/1.1"), 1u);
  TestClient silent(server);
  silent.sendAndSettle(get("/silent") + kGet);
  EXPECT_EQ(countOf(silent.received, "HTTP/1.1 500 "), 1u);
  EXPECT_EQ(countOf(silent.received, "HTTP/1.1 200 "), 1u);
}

TEST_F(ServerTest, RefusalsExplainThemselvesAndClose) {
  TestClient client(server);
  client.sendAndSettle("GET / HTTP/1.1\r\n\r\n" + kGet);
  EXPECT_TRUE(client.received.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_NE(client.received.find("x-content-type-options: nosniff\r\n"), std::string::npos);
  EXPECT_NE(client.received.find("connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(client.received.ends_with(R"({"error":"There is no Host header"})")) << client.received;
  EXPECT_TRUE(client.closed);
  EXPECT_TRUE(world.log.empty());
  EXPECT_EQ(server.metrics.counter("redd_http_refused_total", "status=\"400\"").value(), 1);
}

TEST_F(ServerTest, BodiesInPieces) {
  TestClient client(server);
  const std::string large(300'000, 'x');
  client.send(post("/echo", "Content-Length: 300000\r\n", large));
  ASSERT_TRUE(client.waitFor(large));
  EXPECT_EQ(world.log.back().size(), large.size());
  client.answer();
  client.sendAndSettle(post("/echo", "Transfer-Encoding: chunked\r\n", "5\r\nhel"));
  client.sendAndSettle("lo\r\n0");
  client.sendAndSettle("\r\n\r\n");
  EXPECT_TRUE(client.received.ends_with("\r\n\r\nhello")) << client.received;
}

TEST_F(ServerTest, ContinueIsSentWhenTheHandlerReads) {
  TestClient client(server);
  client.sendAndSettle(post("/echo", "Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
  EXPECT_EQ(client.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.sendAndSettle("hello");
  EXPECT_TRUE(client.received.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_FALSE(client.closed);
}

TEST_F(ServerTest, ContinueIsNotSentWhenTheHandlerDoesNotRead) {
  TestClient client(server);
  client.sendAndSettle(post("/x", "Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
  EXPECT_TRUE(client.received.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(client.received.find("connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(client.closed) << "whether the body follows cannot be known";
}

TEST_F(ServerTest, AnUnreadSmallBodyIsDrained) {
  TestClient client(server);
  client.sendAndSettle(post("/x", "Content-Length: 100000\r\n", std::string(50'000, 'b')));
  EXPECT_EQ(countOf(client.received, "HTTP/1.1 200 "), 1u);
  client.sendAndSettle(std::string(50'000, 'b') + kGet);
  EXPECT_EQ(countOf(client.received, "HTTP/1.1 200 "), 2u);
  EXPECT_EQ(world.log.size(), 2u);
}

TEST_F(ServerTest, AnUnreadLargeBodyClosesTheConnection) {
  TestClient client(server);
  client.sendAndSettle(post("/x", "Content-Length: 300000\r\n", "b"));
  EXPECT_NE(client.received.find("connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(client.closed);
}

TEST_F(ServerTest, AnUnreadMalformedBodyClosesTheConnection) {
  TestClient client(server);
  client.sendAndSettle(post("/x", "Transfer-Encoding: chunked\r\n", "zz\r\n" + kGet));
  EXPECT_TRUE(client.closed);
  EXPECT_EQ(countOf(client.received, "HTTP/1.1"), 1u);
  EXPECT_EQ(world.log.size(), 1u);
}

TEST_F(ServerTest, BodyLimit) {
  const std::string tooLarge = "<" + std::string(name(ErrorCode::payloadTooLarge)) + ">";
  TestClient declared(server);
  declared.sendAndSettle(post("/limit", "Content-Length: 6\r\nExpect: 100-continue\r\n", ""));
  EXPECT_TRUE(declared.received.starts_with("HTTP/1.1 413 ")) << declared.received;
  EXPECT_TRUE(declared.received.ends_with(R"({"error":"Payload too large"})"));
  EXPECT_TRUE(declared.closed);
  EXPECT_EQ(world.log.back(), tooLarge);
  TestClient chunked(server);
  chunked.sendAndSettle(post("/limit", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n1\r\n"));
  EXPECT_TRUE(chunked.received.starts_with("HTTP/1.1 413 ")) << chunked.received;
  TestClient within(server);
  within.sendAndSettle(post("/limit", "Content-Length: 5\r\n", "hello"));
  EXPECT_EQ(world.log.back(), "hello");
}

TEST_F(ServerTest, TheHandlerLearnsThatTheClientLeft) {
  TestClient client(server);
  client.sendAndSettle(get("/wait") + kGet);  // the pipelined request does not hide it
  ASSERT_TRUE(world.gate.entered);
  EXPECT_EQ(world.goneCalls, 0);
  client.close();
  EXPECT_TRUE(server.runUntil([&] { return world.goneCalls > 0; }));
  world.gate.open();
  server.settle();
  EXPECT_EQ(world.goneCalls, 1);
}

TEST_F(ServerTest, NobodyIsCalledAfterTheHandlerReturned) {
  TestClient client(server);
  client.sendAndSettle(get("/wait"));
  world.gate.open();
  server.settle();
  client.close();
  server.settle();
  EXPECT_EQ(world.goneCalls, 0);
  EXPECT_TRUE(server.runUntil([&] { return server.metrics.counter("redd_http_connections").value() == 0; }));
}

TEST_F(ServerTest, TheWatchWorksForEachRequestOfAConnection) {
  TestClient client(server);
  client.sendAndSettle(get("/wait"));
  world.gate.open();
  server.settle();
  client.sendAndSettle(get("/wait"));
  client.close();
  EXPECT_TRUE(server.runUntil([&] { return world.goneCalls == 1; }));
  world.gate.open();
}

Task<void> pump(Exchange& exchange, World& world) { world.log.push_back(co_await wholeBody(exchange)); }

Task<void> answerWhilePumping(Exchange& exchange, World& world, Loop& loop) {
  spawn(loop, pump(exchange, world));
  co_await pass(world.gate);
  (void)co_await exchange.respond({200, {}}, "early");
  co_await pass(world.gate);  // until the pump has noticed
}

TEST(ServerBody, AReaderIsFreedWhenTheAnswerIsOut) {
  World world;
  Loop* loop = nullptr;
  TestServer server([&](Exchange& exchange) { return answerWhilePumping(exchange, world, *loop); });
  loop = &server.loop;
  TestClient client(server);
  client.sendAndSettle(post("/", "Content-Length: 10\r\n", "abc"));
  world.gate.open();
  server.settle();
  ASSERT_EQ(world.log.size(), 1u);
  EXPECT_EQ(world.log[0], "<" + std::string(name(ErrorCode::cancelled)) + ">");
  world.gate.open();
  client.sendAndSettle("defghij" + kGet);
  EXPECT_EQ(countOf(client.received, "early"), 1u);
  world.gate.open();
  server.settle();
  world.gate.open();
  server.settle();
  client.take();
  EXPECT_EQ(countOf(client.received, "early"), 2u) << "the connection was kept: the rest of the body was drained";
}

// ---- draining ----

Task<void> drain(Server& http, std::int64_t deadlineMs, bool& drained) {
  co_await http.drain(deadlineMs);
  drained = true;
}

TEST_F(ServerTest, DrainClosesIdleConnectionsAndLetsRequestsFinish) {
  TestClient idle(server);
  idle.sendAndSettle(kGet);
  idle.answer();
  TestClient busy(server);
  busy.sendAndSettle(get("/wait"));
  TestClient late(server);
  late.sendAndSettle(kGet);
  late.answer();
  late.send(get("/late"));  // on its way when the drain begins
  bool drained = false;
  spawn(server.loop, drain(*server.server, 5'000, drained));
  server.settle();
  idle.take();
  late.take();
  EXPECT_TRUE(idle.closed);
  EXPECT_TRUE(idle.received.empty());
  EXPECT_NE(late.received.find("x-path: /late"), std::string::npos) << late.received;
  EXPECT_FALSE(drained);
  world.gate.open();
  EXPECT_TRUE(busy.waitForClose());
  EXPECT_TRUE(busy.received.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(busy.received.find("connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(server.runUntil([&] { return drained; }));
}

TEST_F(ServerTest, DrainCutsWhatIsLeftAtItsDeadline) {
  TestClient busy(server);
  busy.sendAndSettle(get("/wait"));
  bool drained = false;
  spawn(server.loop, drain(*server.server, 10, drained));
  EXPECT_TRUE(server.runUntil([&] { return drained; }));
  EXPECT_TRUE(busy.waitForClose());
  EXPECT_TRUE(busy.received.empty());
  world.gate.open();
}

// ---- listening ----

Task<void> nothing(Exchange&) { co_return; }

std::string listenError(Loop& loop, const ServerOptions& options) {
  Metrics metrics;
  const auto server = Server::listen(loop, options, {}, metrics, nothing);
  return server ? "listens on " + (*server)->address() : server.error().detail;
}

TEST(Listen, SaysWhatIsWrong) {
  Loop loop;
  Metrics metrics;
  const auto first = Server::listen(loop, {}, {}, metrics, nothing);
  ASSERT_TRUE(first);
  EXPECT_NE(listenError(loop, {"127.0.0.1", (*first)->port()}).find("in use by another program"), std::string::npos);
  EXPECT_NE(listenError(loop, {"192.0.2.1", 0}).find("not an address of this machine"), std::string::npos);
  EXPECT_NE(listenError(loop, {"no such host", 0}).find("neither an address nor a name"), std::string::npos);
}

TEST(Listen, NamesAndLiterals) {
  Loop loop;
  EXPECT_TRUE(listenError(loop, {"localhost", 0}).starts_with("listens on "));
  EXPECT_TRUE(listenError(loop, {"127.0.0.1", 0}).starts_with("listens on 127.0.0.1:"));
  const std::string six = listenError(loop, {"[::1]", 0});
  EXPECT_TRUE(six.starts_with("listens on [::1]:") || six.starts_with("Cannot listen on [::1]:0:")) << six;
}

}  // namespace
}  // namespace redd::http
