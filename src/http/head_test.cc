#include "head.h"

#include <gtest/gtest.h>

#include <string>

#include "answer_head.h"

namespace redd::http {
namespace {

using State = HeadReader::State;

// Whole, and byte by byte: the answers must agree.
int statusOf(std::string_view raw, const Limits& limits = {}) {
  HeadReader whole(limits);
  const State state = whole.feed(raw);
  HeadReader slow(limits);
  State slowState = State::more;
  for (std::size_t i = 1; i <= raw.size() && slowState == State::more; ++i) slowState = slow.feed(raw.substr(0, i));
  EXPECT_EQ(state, slowState) << raw;
  if (state == State::refused) {
    EXPECT_EQ(whole.refusal().status, slow.refusal().status) << raw;
    EXPECT_FALSE(whole.refusal().text.empty());
    return whole.refusal().status;
  }
  return state == State::done ? 200 : 0;
}

RequestHead headOf(std::string_view raw) {
  const Limits limits;
  HeadReader reader(limits);
  EXPECT_EQ(reader.feed(raw), State::done) << raw;
  return reader.head();
}

TEST(Head, ReadsWhatWasSent) {
  const std::string raw = "POST /a%20b?x=1 HTTP/1.1\r\nHost: A.Test:80\r\nX-One:  v w\t\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello";
  const Limits limits;
  HeadReader reader(limits);
  ASSERT_EQ(reader.feed(raw), State::done);
  EXPECT_EQ(reader.headBytes(), raw.size() - 5);
  const RequestHead& head = reader.head();
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/a%20b?x=1");
  EXPECT_EQ(head.path(), "/a%20b");
  EXPECT_EQ(head.query(), "x=1");
  EXPECT_EQ(head.host, "a.test:80");
  EXPECT_EQ(head.headers.find("x-one"), "v w");
  EXPECT_EQ(head.headers.find("x-empty"), "");
  EXPECT_EQ(head.headers.size(), 4u);
  EXPECT_EQ(head.contentLength, 5u);
  EXPECT_TRUE(head.keepAlive);
}

TEST(Head, AReaderIsAsNewAfterReset) {
  const Limits limits;
  HeadReader reader(limits);
  ASSERT_EQ(reader.feed("POST http://b.test/x HTTP/1.0\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"), State::done);
  reader.reset();
  ASSERT_EQ(reader.feed("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), State::done);
  EXPECT_EQ(reader.head().host, "a");
  EXPECT_FALSE(reader.head().contentLength);
  EXPECT_TRUE(reader.head().keepAlive);
  EXPECT_EQ(reader.head().headers.size(), 2u);
  EXPECT_EQ(reader.version(), Version::http11);
}

TEST(Head, AbsoluteTargetsBecomePaths) {
  EXPECT_EQ(headOf("GET HTTP://A.test/x?y HTTP/1.1\r\nHost: a.test\r\n\r\n").target, "/x?y");
  EXPECT_EQ(headOf("GET https://a.test?y HTTP/1.1\r\nHost: A.test\r\n\r\n").target, "/?y");
  EXPECT_EQ(headOf("GET http://a.test HTTP/1.0\r\n\r\n").host, "a.test");
  EXPECT_EQ(statusOf("GET http://b.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n"), 400);
  EXPECT_EQ(statusOf("GET http:///x HTTP/1.1\r\nHost: a.test\r\n\r\n"), 400);
  EXPECT_EQ(statusOf("GET http://a.test\\@b/ HTTP/1.1\r\nHost: a.test\r\n\r\n"), 400);
}

TEST(Head, TargetsThatBrowsersSend) {
  EXPECT_EQ(statusOf("GET /x?q={\"a\":[1|2]}`^\\ HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
  EXPECT_EQ(statusOf("GET /[a]/{b}|c^ HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
  EXPECT_EQ(statusOf("GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(statusOf("GET /?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(statusOf("GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(statusOf("GET /?a=%00 HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
  EXPECT_EQ(statusOf("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
}

TEST(Head, KeepAlive) {
  EXPECT_FALSE(headOf("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n").keepAlive);
  EXPECT_FALSE(headOf("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n").keepAlive);
  EXPECT_TRUE(headOf("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keepAlive);
  EXPECT_FALSE(headOf("GET / HTTP/1.0\r\n\r\n").keepAlive);
  EXPECT_TRUE(headOf("GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n").keepAlive);
}

TEST(Head, LimitsHoldAtTheLimitAndRefuseAboveIt) {
  Limits limits;
  limits.requestLineBytesMax = 30;
  limits.headerBytesMax = 40;
  limits.headBytesMax = 200;
  limits.headerCountMax = 4;
  const auto line = [](std::size_t bytes) { return "GET /" + std::string(bytes - 14, 'a') + " HTTP/1.1\r\n"; };
  EXPECT_EQ(statusOf(line(30) + "Host: a\r\n\r\n", limits), 200);
  EXPECT_EQ(statusOf(line(31) + "Host: a\r\n\r\n", limits), 414);
  EXPECT_EQ(statusOf(std::string(33, 'A'), limits), 414) << "before the line has ended";
  EXPECT_EQ(statusOf(std::string(40, 'A') + "\n", limits), 414) << "its length is judged before its end";
  const auto field = [](std::size_t bytes) { return "X: " + std::string(bytes - 3, 'v') + "\r\n"; };
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(statusOf(start + field(40) + "\r\n", limits), 200);
  EXPECT_EQ(statusOf(start + field(41) + "\r\n", limits), 431);
  EXPECT_EQ(statusOf(start + std::string(43, 'X'), limits), 431) << "before the line has ended";
  EXPECT_EQ(statusOf(start + "A:\r\nA:\r\nA:\r\n\r\n", limits), 200);
  EXPECT_EQ(statusOf(start + "A:\r\nA:\r\nA:\r\nA:\r\n\r\n", limits), 431);
  limits.headBytesMax = start.size() + 12;
  EXPECT_EQ(statusOf(start + field(8) + "\r\n", limits), 200);
  EXPECT_EQ(statusOf(start + field(9) + "\r\n", limits), 431);
}

// Spec 70.6: the published command line puts changes into headers.
TEST(Head, AdministrationPathsHaveRoomForChangesInHeaders) {
  Limits limits;
  limits.headerBytesMax = 40;
  limits.headBytesMax = 90;
  limits.administrationHeaderBytesMax = 80;
  limits.administrationHeadBytesMax = 160;
  const auto request = [](std::string_view path, std::size_t lineBytes) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nX: " + std::string(lineBytes - 3, 'x') + "\r\n\r\n";
  };
  for (const char* path : {"/dev/_A_D_M_query/pets?q={}", "http://a/dev/_A_D_M_query"}) {
    EXPECT_EQ(statusOf(request(path, 80), limits), 200) << path;
    EXPECT_EQ(statusOf(request(path, 81), limits), 431) << path;
  }
  EXPECT_EQ(statusOf(request("/dev/_A_D_M_query", 80) + "left over", limits), 200);
  limits.administrationHeadBytesMax = request("/dev/_A_D_M_query", 80).size() - 1;
  EXPECT_EQ(statusOf(request("/dev/_A_D_M_query", 80), limits), 431);
  for (const char* path : {"/dev/hello", "/_A_D_M_query", "/dev/x/_A_D_M_query", "/dev?/_A_D_M_query", "//_A_D_M_query"}) {
    EXPECT_EQ(statusOf(request(path, 80), limits), 431) << path;
  }
  HeadReader reader(limits);
  ASSERT_EQ(reader.feed(request("/dev/_A_D_M_q", 60)), State::done);
  reader.reset();
  EXPECT_EQ(reader.feed(request("/dev/hello", 60)), State::refused) << "the next head has the usual limits again";
}

TEST(Head, DeclaredBodyAboveTheLimit) {
  Limits limits;
  limits.streamedBodyBytesMax = 100;
  EXPECT_EQ(statusOf("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n", limits), 200);
  EXPECT_EQ(statusOf("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", limits), 413);
}

TEST(Head, StatusesOfRefusals) {
  EXPECT_EQ(statusOf("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(statusOf("GET / HTTP/2.0\r\n"), 505);
  EXPECT_EQ(statusOf("CONNECT a:80 HTTP/1.1\r\n"), 501);
  EXPECT_EQ(statusOf("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n"), 501);
  EXPECT_EQ(statusOf("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-maybe\r\n"), 417);
  EXPECT_EQ(statusOf("GET / HTTP/1.1\r\nHost: a\r\nX-A: \x7f\r\n"), 400);
}

TEST(AnswerHead, OwnAndHopByHopFieldsOfAHandlerAreLeftOut) {
  ResponseHead head{200, {}};
  head.headers.add("x-one", "1");
  head.headers.add("Content-Length", "99");
  head.headers.add("connection", "upgrade");
  head.headers.add("date", "never");
  head.headers.add("Transfer-Encoding", "gzip");
  std::string out;
  appendHead(out, head, {Framing::fixed, 5, After::keepOpen}, "TODAY");
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nx-one: 1\r\ndate: TODAY\r\ncontent-length: 5\r\n\r\n");
}

TEST(AnswerHead, InjectionTable) {
  using namespace std::string_view_literals;
  for (const std::string_view bad : {"\r"sv, "\n"sv, "\0"sv, "a\r\nSet-Cookie: x"sv, "\x7f"sv, "\x01"sv}) {
    ResponseHead inValue{200, {}};
    inValue.headers.add("x", std::string(bad));
    EXPECT_FALSE(isSendable(inValue)) << bad;
    ResponseHead inName{200, {}};
    inName.headers.add("x" + std::string(bad), "v");
    EXPECT_FALSE(isSendable(inName)) << bad;
  }
  for (const std::string_view bad : {""sv, " "sv, "a b"sv, "a:"sv, "\xc3\xa9"sv}) {
    ResponseHead inName{200, {}};
    inName.headers.add(std::string(bad), "v");
    EXPECT_FALSE(isSendable(inName)) << bad;
  }
  for (const int status : {0, 99, 100, 199, 600, 1000, -1}) EXPECT_FALSE(isSendable({status, {}})) << status;
  ResponseHead good{599, {}};
  good.headers.add("x", "tab\tand \xe9");
  EXPECT_TRUE(isSendable(good));
}

}  // namespace
}  // namespace redd::http
