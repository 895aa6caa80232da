// SEC-12 to SEC-14: tests/vectors/http-raw.json against a real server, each case whole, byte by byte, and split at CR, LF and colon.
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "test_server.h"

namespace redd::http {
namespace {

std::string fromBase64(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int held = 0;
  for (const char c : text) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) break;
    bits = bits << 6 | static_cast<unsigned>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<char>(bits >> held & 0xff));
  }
  return out;
}

std::string rawOf(const nlohmann::json& pieces) {
  std::string raw;
  for (const auto& piece : pieces) {
    const std::string unit = fromBase64((piece.is_array() ? piece.at(0) : piece).get<std::string>());
    for (int i = piece.is_array() ? piece.at(1).get<int>() : 1; i > 0; --i) raw += unit;
  }
  return raw;
}

struct Seen {
  std::string method, target, body;
  bool operator==(const Seen&) const = default;
};

Task<void> echo(Exchange& exchange, std::vector<Seen>& seen) {
  std::string body;
  for (;;) {
    auto piece = co_await exchange.readBody();
    if (!piece) co_return;
    if (piece->empty()) break;
    body += *piece;
  }
  seen.push_back({exchange.head().method, exchange.head().target, body});
  (void)co_await exchange.respond({200, {}}, "seen");
}

using Splitter = std::function<std::size_t(std::string_view)>;  // how much of the rest to send next

std::size_t upTo(std::string_view rest, char end) { return std::min(rest.find(end), rest.size() - 1) + 1; }

void sendSplit(TestServer& server, TestClient& client, std::string_view raw, const Splitter& split) {
  while (!raw.empty()) {
    const std::size_t now = split(raw);
    if (!client.send(raw.substr(0, now))) return;
    raw.remove_prefix(now);
    server.settle();
    client.take();
    if (client.closed) return;
  }
}

int firstStatus(std::string_view answer) {
  return answer.starts_with("HTTP/1.1 ") && answer.size() > 12 ? std::stoi(std::string(answer.substr(9, 3))) : 0;
}

void checkAccepted(const nlohmann::json& expected, TestServer& server, TestClient& client, const std::vector<Seen>& seen) {
  if (expected.at("requests").is_null()) {
    EXPECT_TRUE(client.waitFor("\r\n\r\n"));
    EXPECT_LT(firstStatus(client.received), 500);
    return;
  }
  std::vector<Seen> wanted;
  for (const auto& request : expected.at("requests")) {
    wanted.push_back({request.at("method"), request.at("target"), fromBase64(request.at("body").get<std::string>())});
  }
  EXPECT_TRUE(server.runUntil([&] { return countOf(client.take(), "HTTP/1.1 200 OK\r\n") >= wanted.size(); })) << client.received;
  server.settle();
  EXPECT_EQ(seen.size(), wanted.size());
  EXPECT_TRUE(seen == wanted);
  EXPECT_EQ(countOf(client.take(), "HTTP/1.1 "), wanted.size());
}

void checkRefused(const nlohmann::json& expected, TestClient& client, const std::vector<Seen>& seen) {
  EXPECT_TRUE(client.waitForClose()) << client.received;
  EXPECT_TRUE(seen.empty());
  EXPECT_EQ(countOf(client.received, "HTTP/1.1 "), client.received.empty() ? 0u : 1u) << client.received;
  if (client.received.empty()) return;  // closed without a word, which is allowed
  const auto statuses = expected.at("status").get<std::vector<int>>();
  EXPECT_NE(std::ranges::find(statuses, firstStatus(client.received)), statuses.end()) << client.received;
}

void runAll(const Splitter& split) {
  std::ifstream file(REDD_SOURCE_DIR "/tests/vectors/http-raw.json");
  ASSERT_TRUE(file) << "tests/vectors/http-raw.json is missing";
  const auto vectors = nlohmann::json::parse(file);
  std::vector<Seen> seen;
  TestServer server([&seen](Exchange& exchange) { return echo(exchange, seen); });
  int answered = 0;
  for (const auto& vector : vectors.at("cases")) {
    SCOPED_TRACE(vector.at("id").get<std::string>() + ": " + vector.at("why").get<std::string>());
    seen.clear();
    TestClient client(server);
    sendSplit(server, client, rawOf(vector.at("raw")), split);
    if (vector.at("expect") == "accept") {
      checkAccepted(vector, server, client, seen);
    } else {
      checkRefused(vector, client, seen);
    }
    answered += client.received.empty() ? 0 : 1;
  }
  EXPECT_EQ(vectors.at("cases").size(), 220u);
  EXPECT_GE(answered, 215) << "nearly all refusals explain themselves; only floods may end in a reset";
}

TEST(RawRequests, Whole) {
  runAll([](std::string_view rest) { return rest.size(); });
}
TEST(RawRequests, ByteByByte) {
  runAll([](std::string_view) { return std::size_t{1}; });
}
TEST(RawRequests, SplitAtCr) {
  runAll([](std::string_view rest) { return upTo(rest, '\r'); });
}
TEST(RawRequests, SplitAtLf) {
  runAll([](std::string_view rest) { return upTo(rest, '\n'); });
}
TEST(RawRequests, SplitAtColon) {
  runAll([](std::string_view rest) { return upTo(rest, ':'); });
}

}  // namespace
}  // namespace redd::http
