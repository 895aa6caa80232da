// Getting in, through the REST door: the first start, passwords, command lines that wait (SEC-30, SEC-32, SEC-42), and the rows they leave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli_logins.h"
#include "control_testing.h"

namespace redd::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kUuid = "5f1ce782-5798-4295-bdd0-51568390a59c";

struct LoginHouse : House {
  std::unique_ptr<FakeExchange> as(const std::string& token, std::string method, std::string target, std::string body = {}, std::string peer = "127.0.0.1") {
    auto exchange = std::make_unique<FakeExchange>(std::move(method), std::move(target), std::move(body));
    exchange->peer_ = std::move(peer);
    if (!token.empty()) authorise(*exchange, token);
    run(start(*exchange));
    return exchange;
  }
  // The owner, set up with a password; a session's token.
  std::string setUp() {
    const auto code = *accounts->openSetup();
    const auto body = json{{"code", code}, {"name", "Ann"}, {"email", "ann@example.org"}, {"password", "correct horse battery"}}.dump();
    EXPECT_EQ(as("", "POST", "/_/api/v1/setup", body, "192.0.2.7")->answer_.status, 403) << "not from another machine";
    const auto done = as("", "POST", "/_/api/v1/setup", body);
    EXPECT_EQ(done->answer_.status, 201) << done->text_;
    EXPECT_EQ(as("", "POST", "/_/api/v1/setup", body)->answer_.status, 401) << "once";
    return json::parse(done->text_)["token"];
  }
  json auditRows() { return json::parse(call("GET", "/_/api/v1/audit")->text_)["rows"]; }
};

TEST(ControlLogin, TheFirstPageLearnsWhetherTheServerWaitsForItsOwner) {
  LoginHouse house;
  const auto state = [&house](const std::string& peer) { return json::parse(house.as("", "GET", "/_/api/v1/setup", {}, peer)->text_); };
  EXPECT_EQ(state("127.0.0.1"), json({{"open", false}, {"here", true}, {"passwords", false}})) << "no code was given out";
  ASSERT_TRUE(house.accounts->openSetup());
  EXPECT_EQ(state("192.0.2.7"), json({{"open", true}, {"here", false}, {"passwords", false}}));
  house.setUp();
  EXPECT_EQ(state("127.0.0.1"), json({{"open", false}, {"here", true}, {"passwords", true}}));
}

TEST(ControlLogin, SetUpLogInLogOut) {
  LoginHouse house;
  const auto first = house.setUp();
  const auto me = json::parse(house.as(first, "GET", "/_/api/v1/me")->text_);
  EXPECT_EQ(me["email"], "ann@example.org");
  EXPECT_EQ(me["role"], "owner");
  const auto login = house.as("", "POST", "/_/api/v1/login", R"({"email":"ann@example.org","password":"correct horse battery"})");
  ASSERT_EQ(login->answer_.status, 200) << login->text_;
  const std::string token = json::parse(login->text_)["token"];
  EXPECT_EQ(house.as(token, "GET", "/_/api/v1/me")->answer_.status, 200);
  EXPECT_EQ(house.as(token, "POST", "/_/api/v1/logout")->answer_.status, 200);
  EXPECT_EQ(house.as(token, "GET", "/_/api/v1/me")->answer_.status, 401);
  EXPECT_EQ(house.as(first, "GET", "/_/api/v1/me")->answer_.status, 200);
  EXPECT_EQ(house.call("GET", "/_/api/v1/me")->answer_.status, 200) << "the owner's token stays good";
}

TEST(ControlLogin, GuessesAreHeldBackAndSaySo) {
  LoginHouse house;
  house.setUp();
  const auto guess = [&] { return house.as("", "POST", "/_/api/v1/login", R"({"email":"ann@example.org","password":"not the password"})"); };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(guess()->answer_.status, 401);
  const auto held = guess();
  EXPECT_EQ(held->answer_.status, 429);
  EXPECT_EQ(held->answer_.headers.find("retry-after"), "1");
  EXPECT_EQ(house.auditRows()[0]["status"], 401) << "a try that was held back leaves no row";
  EXPECT_EQ(house.auditRows()[0]["target"], "ann@example.org");
}

TEST(ControlLogin, EveryChangeAndRefusalOfSomebodyKnownIsARow) {
  LoginHouse house;
  const auto path = house.makeDev();
  const auto bob = *house.accounts->addUser("bob@example.org", "Bob");
  const auto token = house.accounts->addToken({.userId = bob.id})->secret;
  EXPECT_EQ(house.call("PUT", path + "/env/SECRET", R"({"value":"hidden-text","encrypted":true})")->answer_.status, 200);
  EXPECT_EQ(house.as(token, "POST", "/_/api/v1/users", R"({"email":"eve@example.org"})")->answer_.status, 403);
  EXPECT_EQ(house.as("", "DELETE", path)->answer_.status, 401);
  EXPECT_EQ(house.call("GET", path)->answer_.status, 200);
  const auto rows = house.auditRows();
  ASSERT_EQ(rows.size(), 2U) << rows.dump();
  EXPECT_EQ(rows[0]["action"], "user.add");
  EXPECT_EQ(rows[0]["who"], bob.id);
  EXPECT_EQ(rows[0]["status"], 403);
  EXPECT_EQ(rows[1]["action"], "env.set");
  EXPECT_EQ(rows[1]["target"], house.projectName + "/dev SECRET");
  EXPECT_THAT(rows.dump(), Not(HasSubstr("hidden-text")));
  EXPECT_EQ(json::parse(house.call("GET", "/_/api/v1/audit/verify")->text_), json({{"good", true}, {"rows", 2}}));
}

// ---- command lines ----

TEST(ControlLogin, ACommandLineGetsItsTokenOnceAfterAConfirmation) {
  LoginHouse house;
  const auto session = house.setUp();
  const auto path = std::string("/_/api/v1/cli-logins/") + kUuid;
  EXPECT_EQ(house.as(session, "POST", path)->answer_.status, 404) << "nobody waits";
  FakeExchange waiting("GET", std::string("/cli_auth/") + kUuid);
  waiting.peer_ = "192.0.2.7";
  house.start(waiting);
  while (!waiting.headSent_) house.loop.run_one();
  EXPECT_EQ(house.as("", "GET", std::string("/cli_auth/") + kUuid, {}, "192.0.2.8")->answer_.status, 403) << "bound to the address";
  EXPECT_EQ(house.as("", "POST", path)->answer_.status, 401) << "nobody is logged in";
  const auto seen = json::parse(house.as(session, "GET", path)->text_);
  EXPECT_EQ(seen["address"], "192.0.2.7");
  EXPECT_EQ(seen["code"], shortCode(kUuid));
  EXPECT_THAT(waiting.text_, Not(HasSubstr("token"))) << "not before the confirmation";
  EXPECT_EQ(house.as(session, "POST", path)->answer_.status, 200);
  house.run(waiting);
  EXPECT_TRUE(waiting.finished_);
  const auto at = waiting.text_.find("data: ");
  ASSERT_NE(at, std::string::npos) << waiting.text_;
  const std::string token = json::parse(waiting.text_.substr(at + 6, waiting.text_.find('\n', at) - at - 6))["token"];
  EXPECT_EQ(json::parse(house.as(token, "GET", "/_/api/v1/me")->text_)["email"], "ann@example.org");
  EXPECT_EQ(house.as(session, "POST", path)->answer_.status, 404) << "confirmed once";
  EXPECT_EQ(house.as("", "GET", std::string("/cli_auth/") + kUuid, {}, "192.0.2.7")->answer_.status, 404) << "delivered once";
}

TEST(CliLogins, BoundsAndEnd) {
  boost::asio::io_context loop;
  CliLogins logins;
  const auto uuid = [](int i) { return "5f1ce782-5798-4295-bdd0-" + std::to_string(100'000'000'000LL + i); };
  EXPECT_FALSE(logins.open("no-uuid", "a", loop.get_executor(), 0));
  int next = 0;
  for (int address = 0; address < 10; ++address) {
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(logins.open(uuid(next++), std::to_string(address), loop.get_executor(), 0));
    EXPECT_FALSE(logins.open(uuid(999), std::to_string(address), loop.get_executor(), 0)) << "ten of an address";
  }
  EXPECT_FALSE(logins.open(uuid(next), "another", loop.get_executor(), 0)) << "a hundred";
  EXPECT_TRUE(logins.find(uuid(0), CliLogins::kLifetimeMs - 1));
  EXPECT_FALSE(logins.find(uuid(0), CliLogins::kLifetimeMs)) << "ten minutes";
  EXPECT_TRUE(logins.open(uuid(next), "another", loop.get_executor(), CliLogins::kLifetimeMs));
}

TEST(CliLogins, OneRightToConfirmAndTheNewestListenerTakes) {
  boost::asio::io_context loop;
  CliLogins logins;
  const auto first = *logins.open(kUuid, "a", loop.get_executor(), 0);
  const auto again = *logins.open(kUuid, "a", loop.get_executor(), 0);
  EXPECT_EQ(first, again);
  EXPECT_EQ(again->listener, 2U) << "the stream before it ends";
  const auto claimed = *logins.claim(kUuid, 0);
  EXPECT_FALSE(logins.claim(kUuid, 0));
  logins.release(claimed);
  const auto second = *logins.claim(kUuid, 0);
  EXPECT_EQ(CliLogins::take(*second), "");
  logins.give(second, "token");
  EXPECT_EQ(CliLogins::take(*second), "token");
  EXPECT_EQ(CliLogins::take(*second), "");
}

TEST(ControlLogin, ARotatedSecretKeyChangesNothingForPeople) {
  LoginHouse house;
  const auto session = house.setUp();
  account::Invitation guest;
  guest.email = "guest@example.org";
  guest.teamId = house.accounts->directory()->user(house.accounts->directory()->ownerId)->defaultTeamId;
  const auto invitation = house.accounts->invite(guest)->id;
  const auto code = house.accounts->invitationCode(invitation);
  ASSERT_EQ(house.call("POST", "/_/api/v1/server/secrets/rotate")->answer_.status, 200);

  const auto data = house.dir.path() / "data";
  const auto verdict = account::verifyAudit(data, *space::keptKeyOf(data, {}, "accounts"));
  ASSERT_TRUE(verdict);
  EXPECT_TRUE(verdict->good()) << verdict->what;
  EXPECT_GT(verdict->rows, 0);

  house.control.reset();  // the next start of the server
  house.accounts.reset();
  house.accounts = *account::Accounts::open({.dataDir = data, .key = *house.catalogue->keptKey("accounts"), .passwordCost = {4, 8, 1}, .now = nowMs});
  house.startControl();
  EXPECT_EQ(house.accounts->invitationCode(invitation), code);
  EXPECT_EQ(house.as(session, "GET", "/_/api/v1/me")->answer_.status, 200);
  const auto body = json{{"code", code}, {"name", "Guest"}, {"password", "correct horse battery"}}.dump();
  EXPECT_EQ(house.as("", "POST", "/_/api/v1/accounts", body)->answer_.status, 201);
  EXPECT_EQ(json::parse(house.call("GET", "/_/api/v1/audit/verify")->text_)["good"], true);
}

TEST(ControlLogin, TheAddressesOfALoginAreTheControlPlanesUnderItsOwnNamesOnly) {
  LoginHouse house;
  house.makeDev();
  ASSERT_TRUE(house.catalogue->setDomains(house.projectName, "dev", {"redd.example.org"}));
  const auto owns = [&](const std::string& host, const std::string& path) {
    FakeExchange exchange("GET", path);
    exchange.head_.host = host;
    return house.control->owns(exchange.head_);
  };
  for (const auto& path : {std::string("/authenticate/github/") + kUuid, std::string("/cli_auth/") + kUuid}) {
    EXPECT_TRUE(owns("localhost:4000", path));
    EXPECT_TRUE(owns("127.0.0.1:4000", path));
    EXPECT_FALSE(owns(house.projectName + ".api.localhost:4000", path));
    EXPECT_FALSE(owns("redd.example.org", path)) << "it is a space's domain";
    EXPECT_FALSE(owns("evil.example.com", path));
  }
}

}  // namespace
}  // namespace redd::control
