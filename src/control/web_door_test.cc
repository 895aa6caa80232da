// The admin UI's files and screens below /_/, and what they must not take: operations, other methods, other host names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control_testing.h"
#include "web_pack.h"

namespace redd::control {
namespace {

using testing::HasSubstr;

constexpr std::string_view kPack =
    "index.html text/html;charset=utf-8 aaaa 6 2 3\n"
    "ui/a-1.js text/javascript;charset=utf-8 bbbb 4 0 0\n"
    "\n"
    "<html>brgzip1()";

TEST(WebPack, IsReadInPlace) {
  const auto pack = WebPack::read(kPack);
  ASSERT_TRUE(pack);
  ASSERT_NE(pack->find("index.html"), nullptr);
  EXPECT_EQ(pack->find("index.html")->plain, "<html>");
  EXPECT_EQ(pack->find("index.html")->brotli, "br");
  EXPECT_EQ(pack->find("index.html")->gzip, "gzi");
  EXPECT_EQ(pack->find("ui/a-1.js")->plain, "p1()");
  EXPECT_EQ(pack->find("ui"), nullptr);
}

TEST(WebPack, ADamagedOneIsRefused) {
  for (const auto* text : {"index.html text/html a 6 0 0\n", "index.html text/html a 9 0 0\n\n<html>", "index.html text/html a 5 0 0\n\n<html>",
                           "index.html text/html a x 0 0\n\n<html>", "index.html text/html a 6 0\n\n<html>", "ui/a.js text/html a 6 0 0\n\n<html>"}) {
    const auto pack = WebPack::read(text);
    ASSERT_FALSE(pack) << text;
    EXPECT_THAT(pack.error().detail, HasSubstr("damaged"));
  }
  EXPECT_TRUE(WebPack::read("")->isEmpty());
}

class WebDoorTest : public House, public testing::Test {
 public:
  WebDoorTest() {
    adminUi = kPack;
    startControl();
  }
  std::unique_ptr<FakeExchange> ask(std::string method, std::string target, const std::string& encodings = {}, const std::string& etag = {}) {
    auto exchange = std::make_unique<FakeExchange>(std::move(method), std::move(target));
    exchange->head_.headers.add("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    if (!encodings.empty()) exchange->head_.headers.add("accept-encoding", encodings);
    if (!etag.empty()) exchange->head_.headers.add("if-none-match", etag);
    run(start(*exchange));
    return exchange;
  }
};

TEST_F(WebDoorTest, ThePageStandsAtEveryAddressThatNobodyElseHas) {
  for (const auto* target : {"/_/", "/_/p/mybackend-1234/dev/data/people?x=1", "/_/account", "/_/index.html"}) {
    const auto answer = ask("GET", target);
    EXPECT_EQ(answer->answer_.status, 200) << target;
    EXPECT_EQ(answer->text_, "<html>") << target;
    EXPECT_EQ(answer->answer_.headers.find("cache-control"), "no-cache");
    EXPECT_EQ(answer->answer_.headers.find("x-frame-options"), "DENY");
    const auto policy = std::string(answer->answer_.headers.find("content-security-policy").value_or(""));
    EXPECT_THAT(policy, HasSubstr("script-src 'self';"));
    EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  }
  const auto bare = ask("GET", "/_");
  EXPECT_EQ(bare->answer_.status, 308);
  EXPECT_EQ(bare->answer_.headers.find("location"), "/_/");
}

TEST_F(WebDoorTest, OperationsKeepTheirAddresses) {
  EXPECT_THAT(ask("GET", "/_/health")->text_, HasSubstr("ok"));
  EXPECT_EQ(ask("GET", "/_/api/v1/projects")->answer_.status, 401);
  EXPECT_EQ(ask("GET", "/_/api/v1/nothing")->answer_.status, 404);
  EXPECT_EQ(ask("GET", "/_/ui/old-2.js")->answer_.status, 404) << "a page in the place of a script would break the old page";
  EXPECT_EQ(ask("POST", "/_/")->answer_.status, 405);
  EXPECT_EQ(ask("DELETE", "/_/account")->answer_.status, 404);
  EXPECT_THAT(call("GET", "/_/nothing")->text_, HasSubstr("\"operations\"")) << "a program did not ask for a page";
}

TEST_F(WebDoorTest, TheBestFormThatTheBrowserTakes) {
  EXPECT_EQ(ask("GET", "/_/", "gzip, deflate, br")->text_, "br");
  EXPECT_EQ(ask("GET", "/_/", "gzip, deflate, br")->answer_.headers.find("content-encoding"), "br");
  EXPECT_EQ(ask("GET", "/_/", "gzip;q=0.8, br;q=0")->text_, "gzi");
  EXPECT_EQ(ask("GET", "/_/", "br;q=0.0, gzip;q=0")->text_, "<html>");
  EXPECT_EQ(ask("GET", "/_/", "identity")->answer_.headers.find("content-encoding"), std::nullopt);
  const auto script = ask("GET", "/_/ui/a-1.js", "br");
  EXPECT_EQ(script->text_, "p1()") << "kept in no other form";
  EXPECT_THAT(std::string(script->answer_.headers.find("cache-control").value_or("")), HasSubstr("immutable"));
}

TEST_F(WebDoorTest, WhatTheBrowserHasIsNotSentAgain) {
  EXPECT_EQ(ask("GET", "/_/account")->answer_.headers.find("vary"), "accept, accept-encoding") << "who does not take a page gets a list there";
  EXPECT_EQ(ask("GET", "/_/")->answer_.headers.find("etag"), "W/\"aaaa\"") << "one tag for every coding is a weak one";
  for (const auto* held : {"\"aaaa\"", "W/\"aaaa\"", "\"old\", W/\"aaaa\"", "*"}) {
    const auto answer = ask("GET", "/_/", "br", held);
    EXPECT_EQ(answer->answer_.status, 304) << held;
    EXPECT_EQ(answer->text_, "");
    EXPECT_EQ(answer->answer_.headers.find("etag"), "W/\"aaaa\"");
  }
  for (const auto* held : {"\"aaa\"", "\"aaaaa\"", "aaaa", "W/aaaaa", "\"bbbb\", \"old\"", ","}) EXPECT_EQ(ask("GET", "/_/", {}, held)->answer_.status, 200) << held;
}

TEST_F(WebDoorTest, UnderAForeignNameThereIsNone) {
  FakeExchange exchange("GET", "/_/account");
  exchange.head_.host = "evil.example.net";
  run(start(exchange));
  EXPECT_EQ(exchange.answer_.status, 421);
}

TEST(WebDoor, WithoutTheUiAPlainPageStandsThere) {
  House house;
  FakeExchange page("GET", "/_/"), other("GET", "/_/account");
  house.run(house.start(page));
  house.run(house.start(other));
  EXPECT_THAT(page.text_, HasSubstr("Redd is running"));
  EXPECT_EQ(other.answer_.status, 404);
}

}  // namespace
}  // namespace redd::control
