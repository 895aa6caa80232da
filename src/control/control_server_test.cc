// The control plane behind the real HTTP server, over a socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "control_testing.h"

namespace redd::control {
namespace {

using boost::asio::ip::tcp;
using testing::HasSubstr;
using testing::StartsWith;

class Served : public House {
 public:
  Served() {
    auto listening = http::Server::listen(loop, {}, limits, metrics, [this](http::Exchange& exchange) { return control->serve(exchange); });
    REDD_CHECK(listening);
    server = std::move(*listening);
    control->setListenAddress(server->address());
  }

  // Sends `request` from a thread of its own and runs the loop until `enough` says that what came back is enough.
  std::string talk(std::string request, std::function<bool(const std::string&)> enough) {
    std::string heard;
    bool done = false;
    std::jthread client([&, request = std::move(request)] {
      boost::asio::io_context own;
      tcp::socket socket(own);
      socket.connect({boost::asio::ip::make_address("127.0.0.1"), server->port()});
      boost::system::error_code error;
      boost::asio::write(socket, boost::asio::buffer(request), error);
      std::string text;
      std::array<char, 4096> piece{};
      while (!error && !enough(text)) text.append(piece.data(), socket.read_some(boost::asio::buffer(piece), error));
      socket.close(error);
      boost::asio::post(loop, [&heard, &done, text = std::move(text)] {
        heard = text;
        done = true;
      });
    });
    while (!done) loop.run_one();
    return heard;
  }
  std::string request(const std::string& line, const std::string& body = {}) const {
    return line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + owner + "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static bool never(const std::string&) { return false; }  // until the server closes

  std::unique_ptr<http::Server> server;
};

TEST(ControlServer, AnswersOverASocket) {
  Served served;
  EXPECT_THAT(served.talk("GET /_/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", Served::never), HasSubstr(R"({"status":"ok"})"));
  EXPECT_THAT(served.talk("GET /_/health HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n", Served::never), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(served.talk(served.request("POST /_/api/v1/projects", R"({"name":"MyBackend"})"), Served::never), StartsWith("HTTP/1.1 201 "));
  EXPECT_EQ(served.catalogue->snapshot()->projects.size(), 1U);
}

TEST(ControlServer, ALargeBodyIsForDeploysOnly) {
  Served served;
  const auto path = served.makeDev();
  const auto large = R"({"bundle":")" + std::string(std::size_t{3} << 20, 'x') + R"("})";
  EXPECT_THAT(served.talk(served.request("POST " + path + "/deployments", large), Served::never), StartsWith("HTTP/1.1 201 "));
  EXPECT_EQ(served.dev()->deployment->bundleBytes, std::size_t{3} << 20);
  const auto refused = served.talk(served.request("PUT " + path + "/env/A", large), Served::never);
  EXPECT_TRUE(refused.empty() || refused.starts_with("HTTP/1.1 413 ")) << refused;  // empty: cut while it still sent
  EXPECT_TRUE(served.dev()->settings.env.empty());
}

TEST(ControlServer, AFollowerWhoHangsUpIsForgotten) {
  Served served;
  const auto path = served.makeDev();
  std::atomic<bool> told = false;
  const auto heard = served.talk(served.request("GET " + path + "/logs/follow?tail=0"), [&](const std::string& text) {
    if (text.contains("following") && !told.exchange(true)) {
      boost::asio::post(served.loop, [&] {
        store::LogLine line;
        line.id = "id-1";
        line.text = "hello follower";
        served.logBook.append("", line);
      });
    }
    return text.contains("hello follower");
  });
  EXPECT_THAT(heard, HasSubstr("content-type: text/event-stream"));
  EXPECT_THAT(heard, HasSubstr("event: log"));
  while (served.logBook.followerCount() > 0) served.loop.run_one();
}

}  // namespace
}  // namespace redd::control
