// The client against a server that misbehaves: the behaviours of ssrf.json that are the client's (SEC-11, REL-01). Those that
// are about the content of a key set are in auth/key_source_test.cc. 127.0.0.2 stands for a public address: it is listed.
#include "http/client.h"

#include <poll.h>
#include <stdlib.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "client_test_server.h"
#include "client_test_tls.h"
#include "client_transfer.h"

namespace redd::http {
namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

struct Reach {
  AddressPolicy policy = AddressPolicy::parse({"127.0.0.2", "idp.test"}).value();
  std::vector<std::string> resolve;
  std::string caFile;
  std::uint32_t totalMs = 5'000;
  std::size_t bodyBytesMax = 64 << 10;

  Result<ClientResponse> get(const std::string& url) const {
    ClientRequest request;
    request.url = url;
    request.policy = &policy;
    request.caFile = caFile;
    request.connectMs = 300;
    request.totalMs = totalMs;
    request.bodyBytesMax = bodyBytesMax;
    return transfer(std::move(request), {{}, resolve});
  }
};

std::string at(const ScriptServer& server, const std::string& path = "/") { return "http://127.0.0.2:" + server.port() + path; }

struct TempDir {
  TempDir() {
    char name[] = "/tmp/redd-client-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~TempDir() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

TEST(Client, FetchesFromAListedAddress) {
  const ScriptServer server(answering("HTTP/1.1 200 OK\r\nX-One:  a \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
                            "127.0.0.2");
  const auto response = Reach().get(at(server));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->headers.find("x-one"), "a");
  EXPECT_EQ(response->body, "abc");
}

TEST(Client, SendsWhatItIsGiven) {
  std::string head;
  std::string body(4, '\0');
  const ScriptServer server([&](ScriptConnection& connection) {
    head = connection.readHead();
    ASSERT_EQ(::recv(connection.fd(), body.data(), 4, MSG_WAITALL), 4);
    connection.send(kOk);
  });
  ClientRequest request;
  request.method = "PUT";
  request.url = "http://127.0.0.1:" + server.port() + "/a?b=c";
  request.headers = {{"x-token", "t"}};
  request.body = "data";
  ASSERT_TRUE(fetch(std::move(request)));
  EXPECT_TRUE(head.starts_with("PUT /a?b=c HTTP/1.1\r\n")) << head;
  EXPECT_NE(head.find("x-token: t\r\n"), std::string::npos);
  EXPECT_NE(head.find("Content-Length: 4\r\n"), std::string::npos);
  EXPECT_EQ(body, "data");
  ClientRequest split;
  split.url = "http://127.0.0.1:" + server.port();
  split.headers = {{"x", "a\r\nEvil: 1"}};
  EXPECT_EQ(fetch(std::move(split)).error().code, ErrorCode::invalidArgument);
}

TEST(Client, StreamsToAReaderThatMayStop) {
  const ScriptServer server([](ScriptConnection& connection) {
    connection.readHead();
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    while (connection.send("tick\n")) {
    }
  });
  std::size_t seen = 0;
  ClientRequest request;
  request.url = "http://127.0.0.1:" + server.port();
  request.totalMs = 0;
  request.onBody = [&seen](std::string_view piece) { return (seen += piece.size()) < 100'000; };
  const auto response = fetch(std::move(request));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_GE(seen, 100'000U);
}

TEST(Client, ARefusalIsGatheredWhenTheAnswerWouldBeStreamed) {
  const ScriptServer server(answering("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"));
  ClientRequest request;
  request.url = "http://127.0.0.1:" + server.port();
  request.onBody = [](std::string_view) {
    ADD_FAILURE() << "the answer is no success";
    return true;
  };
  const auto response = fetch(std::move(request));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->body, "none");
}

TEST(ClientSsrf, RedirectsAreNotFollowed) {  // redirect-302-to-loopback, redirect-same-host
  const ScriptServer target(answering(kOk));
  const ScriptServer away(answering("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + target.port() + "/\r\nContent-Length: 0\r\n\r\n"),
                          "127.0.0.2");
  EXPECT_EQ(Reach().get(at(away)).value().status, 302);
  EXPECT_EQ(target.connections(), 0);
  const ScriptServer same(answering("HTTP/1.1 301 Moved\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"), "127.0.0.2");
  EXPECT_EQ(Reach().get(at(same)).value().status, 301);
  EXPECT_EQ(same.connections(), 1);
}

TEST(ClientSsrf, TheAddressIsCheckedWhenItIsUsed) {  // rebind, cname-private
  const ScriptServer secret(answering(kOk));
  Reach reach;
  const std::string name = "https://rebind.test:" + secret.port() + "/";
  reach.resolve = {"rebind.test:" + secret.port() + ":127.0.0.2"};
  EXPECT_EQ(reach.get(name).error().code, ErrorCode::unavailable) << "allowed, but nobody listens there";
  reach.resolve = {"rebind.test:" + secret.port() + ":127.0.0.1"};
  const auto refused = reach.get(name);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_NE(refused.error().publicText.find("127.0.0.1"), std::string::npos);
  EXPECT_EQ(secret.connections(), 0);
}

TEST(ClientSsrf, OnePrivateRecordAmongSeveral) {  // two-records
  const ScriptServer secret(answering(kOk));
  Reach reach;
  for (const char* records : {"127.0.0.2,127.0.0.1", "127.0.0.1,127.0.0.2", "127.0.0.1,[::1]"}) {
    reach.resolve = {"two.test:" + secret.port() + ":" + records};
    EXPECT_FALSE(reach.get("https://two.test:" + secret.port() + "/")) << records;
  }
  EXPECT_EQ(secret.connections(), 0);
}

TEST(ClientSsrf, ProxiesOfTheEnvironmentAreNotAsked) {
  const ScriptServer proxy(answering(kOk));
  const ScriptServer server(answering(kOk), "127.0.0.2");
  ::setenv("http_proxy", ("http://127.0.0.1:" + proxy.port()).c_str(), 1);
  EXPECT_TRUE(Reach().get(at(server)));
  ::unsetenv("http_proxy");
  EXPECT_EQ(proxy.connections(), 0);
  EXPECT_EQ(server.connections(), 1);
}

TEST(ClientSsrf, Certificates) {  // tls-wrong-host, tls-self-signed, tls-expired
  const TempDir dir;
  const Identity authority = Identity::make("Test authority", nullptr);
  Reach reach;
  reach.caFile = dir.path / "ca.pem";
  authority.writePem(reach.caFile);
  const auto get = [&reach](const Identity& identity) {
    const ScriptServer server(answeringTls(identity, kOk), "127.0.0.2");
    reach.resolve = {"idp.test:" + server.port() + ":127.0.0.2"};
    return reach.get("https://idp.test:" + server.port() + "/jwks");
  };
  const auto good = get(Identity::make("idp.test", &authority));
  ASSERT_TRUE(good) << good.error().detail;
  EXPECT_EQ(good->body, "{}");
  for (const Identity& bad :
       {Identity::make("other.test", &authority), Identity::make("idp.test", nullptr), Identity::make("idp.test", &authority, -60)}) {
    const auto refused = get(bad);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().publicText.find("certificate"), std::string::npos) << refused.error().publicText;
  }
  reach.caFile = "";
  EXPECT_FALSE(get(Identity::make("idp.test", &authority))) << "the authority is not the system's";
  reach.caFile = dir.path / "absent.pem";
  const auto unreadable = get(Identity::make("idp.test", &authority));
  ASSERT_FALSE(unreadable);
  EXPECT_NE(unreadable.error().publicText.find("absent.pem"), std::string::npos) << unreadable.error().publicText;
}

// A listener whose queue of connections is full answers no SYN.
TEST(ClientSsrf, SlowConnect) {  // slow-connect
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  inet_pton(AF_INET, "127.0.0.2", &name.sin_addr);
  socklen_t size = sizeof name;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&name), size), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&name), &size);
  std::vector<int> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    (void)::connect(fillers.back(), reinterpret_cast<sockaddr*>(&name), size);
    pollfd waiting{fillers.back(), POLLOUT, 0};
    ::poll(&waiting, 1, 50);
  }
  const auto before = std::chrono::steady_clock::now();
  const auto result = Reach().get("http://127.0.0.2:" + std::to_string(ntohs(name.sin_port)) + "/");
  EXPECT_FALSE(result);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(3)) << "the connect limit is 300 ms here";
  for (const int fd : fillers) ::close(fd);
  ::close(listener);
}

TEST(ClientSsrf, SlowDrip) {  // slow-drip
  const ScriptServer server(
      [](ScriptConnection& connection) {
        connection.readHead();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        pollfd left{connection.fd(), POLLIN, 0};
        while (connection.send("x") && ::poll(&left, 1, 20) == 0) {
        }
      },
      "127.0.0.2");
  Reach reach;
  reach.totalMs = 400;
  const auto result = reach.get(at(server));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
  EXPECT_NE(result.error().publicText.find("in time"), std::string::npos);
}

void sendForever(ScriptConnection& connection, std::string_view head, std::string_view piece) {
  connection.readHead();
  if (!connection.send(head)) return;
  while (connection.send(piece)) {
  }
}

TEST(ClientSsrf, EndlessBody) {  // endless-body
  std::size_t sent = 0;
  {
    const ScriptServer server(
        [&sent](ScriptConnection& connection) {
          connection.readHead();
          connection.send("HTTP/1.1 200 OK\r\n\r\n");
          const std::string piece(4'096, 'x');
          while (connection.send(piece)) sent += piece.size();
        },
        "127.0.0.2");
    EXPECT_EQ(Reach().get(at(server)).error().code, ErrorCode::payloadTooLarge);
  }
  EXPECT_LT(sent, 16U << 20) << "only what the buffers of the sockets held";
}

TEST(ClientSsrf, HeaderFloods) {  // endless-headers, 1xx-flood
  const ScriptServer fields(
      [](ScriptConnection& c) { sendForever(c, "HTTP/1.1 200 OK\r\n", "X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"); }, "127.0.0.2");
  EXPECT_EQ(Reach().get(at(fields)).error().code, ErrorCode::payloadTooLarge);
  const ScriptServer hints([](ScriptConnection& c) { sendForever(c, "", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"); }, "127.0.0.2");
  EXPECT_EQ(Reach().get(at(hints)).error().code, ErrorCode::payloadTooLarge);
  const ScriptServer line([](ScriptConnection& c) { sendForever(c, "HTTP/1.1 200 OK\r\nX-Long: ", std::string(4'096, 'a')); }, "127.0.0.2");
  EXPECT_FALSE(Reach().get(at(line)));
}

// Deflate with fixed codes (RFC 1951 3.2.6): one zero byte, then copies of 258 bytes at distance 1.
std::string zerosAsGzip(int copies) {
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
  unsigned bits = 0;
  int count = 0;
  const auto put = [&](std::string_view code) {
    for (const char bit : code) {
      bits |= static_cast<unsigned>(bit - '0') << count;
      if (++count == 8) {
        out.push_back(static_cast<char>(bits));
        bits = 0;
        count = 0;
      }
    }
  };
  put("1");                                               // last block
  put("10");                                              // fixed codes, least bit first
  put("00110000");                                        // literal 0
  for (int i = 0; i < copies; ++i) put("1100010100000");  // length 258 (code 285), distance 1 (code 0)
  put("0000000");
  put("0000000");  // fills the last byte
  return out;
}

TEST(ClientSsrf, GzipBomb) {  // gzip-bomb
  const std::string bomb = zerosAsGzip(40'000);
  ASSERT_LT(bomb.size(), 70'000U);
  const ScriptServer server(
      answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(bomb.size()) + "\r\n\r\n" + bomb),
      "127.0.0.2");
  Reach reach;
  reach.bodyBytesMax = 512 << 10;
  EXPECT_EQ(reach.get(at(server)).error().code, ErrorCode::payloadTooLarge);
}

TEST(ClientSsrf, OnlyHttp) {
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.2/", "gopher://127.0.0.2/", "", "nonsense"}) {
    EXPECT_FALSE(Reach().get(url)) << url;
    ClientRequest request;
    request.url = url;
    request.totalMs = 500;
    if (std::string_view(url) != "nonsense") EXPECT_FALSE(fetch(std::move(request))) << url;
  }
}

TEST(Fetcher, CompletesOnTheLoop) {
  const ScriptServer server(answering(kOk));
  Loop loop;
  const auto fetcher = Fetcher::create(loop, "", AddressPolicy::parse({"127.0.0.1"}).value());
  int answers = 0;
  const auto thread = std::this_thread::get_id();
  for (int i = 0; i < 20; ++i) {
    ClientRequest request;
    request.url = "http://127.0.0.1:" + server.port() + "/";
    fetcher->fetch(std::move(request), [&](Result<ClientResponse> response) {
      EXPECT_TRUE(response);
      EXPECT_EQ(std::this_thread::get_id(), thread);
      ++answers;
    });
  }
  loop.run();
  EXPECT_EQ(answers, 20);
  ClientRequest request;
  request.url = "http://10.0.0.1/";
  fetcher->fetch(std::move(request), [&](Result<ClientResponse> response) {
    EXPECT_EQ(response.error().code, ErrorCode::forbidden);
    ++answers;
  });
  loop.restart();
  loop.run();
  EXPECT_EQ(answers, 21);
}

TEST(Fetcher, StopsAtOnceWithFetchesUnderWay) {
  const ScriptServer server([](ScriptConnection& connection) { connection.waitUntilClosed(); });
  Loop loop;
  int cancelled = 0;
  auto fetcher = Fetcher::create(loop, "", AddressPolicy::parse({"127.0.0.1"}).value());
  for (int i = 0; i < 10; ++i) {
    ClientRequest request;
    request.url = "http://127.0.0.1:" + server.port() + "/";
    request.totalMs = 60'000;
    fetcher->fetch(std::move(request), [&](const Result<ClientResponse>& response) { cancelled += !response; });
  }
  fetcher.reset();
  loop.run();
  EXPECT_EQ(cancelled, 10);
}

}  // namespace
}  // namespace redd::http
