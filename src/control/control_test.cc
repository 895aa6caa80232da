// The REST door and the operations behind it, over a real catalogue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "control_testing.h"
#include "operations.h"

namespace redd::control {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

json bodyOf(const FakeExchange& exchange) { return json::parse(exchange.text_); }

bool hasCorsHeader(const FakeExchange& exchange) {
  return std::ranges::any_of(exchange.answer_.headers, [](const auto& field) { return field.first.starts_with("access-control-"); });
}

// ---- the way of a person: create, set up, deploy, look ----

TEST(Control, ProjectAndSpace) {
  House house;
  const auto created = house.call("POST", "/_/api/v1/projects", R"({"name":"MyBackend"})");
  EXPECT_EQ(created->answer_.status, 201);
  const std::string project = bodyOf(*created)["uniqueName"];
  EXPECT_EQ(bodyOf(*created)["name"], "MyBackend");
  EXPECT_TRUE(bodyOf(*created)["spaces"].empty());

  const auto space = house.call("POST", "/_/api/v1/projects/" + project + "/spaces", R"({"name":"dev"})");
  EXPECT_EQ(space->answer_.status, 201);
  EXPECT_EQ(bodyOf(*space)["project"], project);
  EXPECT_EQ(bodyOf(*space)["endpoint"], "http://" + project + ".api.localhost:4000/dev");
  EXPECT_TRUE(bodyOf(*space)["deployment"].is_null());
  EXPECT_EQ(house.call("POST", "/_/api/v1/projects/" + project + "/spaces", R"({"name":"dev"})")->answer_.status, 409);

  EXPECT_EQ(bodyOf(*house.call("GET", "/_/api/v1/projects"))["projects"][0]["spaces"], json({"dev"}));
  EXPECT_EQ(bodyOf(*house.call("GET", "/_/api/v1/projects/" + project))["spaces"][0]["name"], "dev");
  EXPECT_EQ(bodyOf(*house.call("GET", "/_/api/v1/projects/none"))["error"], "Unknown project");
  EXPECT_EQ(house.call("DELETE", "/_/api/v1/projects/" + project + "/spaces/dev?confirm=dev")->answer_.status, 200);
  EXPECT_EQ(bodyOf(*house.call("GET", "/_/api/v1/projects/" + project + "/spaces/dev"))["error"], "Unknown space");
}

TEST(Control, SettingsOfASpace) {
  House house;
  house.addresses.allowPrivate = {"localhost"};
  const auto path = house.makeDev();
  const auto token = bodyOf(*house.call("POST", path + "/tokens", R"({"access":"READ","description":"app"})"));
  EXPECT_EQ(token["access"], "READ");
  EXPECT_EQ(house.call("POST", path + "/tokens", R"({"access":"ALL"})")->answer_.status, 400);
  EXPECT_EQ(house.call("PUT", path + "/jwks", R"({"url":"https://idp.example.org/jwks","issuer":"https://idp.example.org/","audience":["api"],"algorithms":["RS256","ES256","RS256"]})")->answer_.status, 200);
  EXPECT_EQ(bodyOf(*house.call("PUT", path + "/env/PLAIN", R"({"value":"open"})")), json({{"name", "PLAIN"}, {"encrypted", false}}));
  EXPECT_EQ(bodyOf(*house.call("PUT", path + "/env/SECRET", R"({"value":"hidden-text","encrypted":true})"))["encrypted"], true);

  const auto shown = house.call("GET", path);
  const auto space = bodyOf(*shown);
  EXPECT_EQ(space["tokens"][0], token);
  const json policy = {{"url", "https://idp.example.org/jwks"}, {"issuer", "https://idp.example.org/"}, {"audience", {"api"}}, {"algorithms", {"RS256", "ES256"}}};
  EXPECT_EQ(space["jwks"], policy);
  EXPECT_EQ(bodyOf(*house.call("GET", path + "/settings"))["settings"]["jwks.algorithms"], json({"RS256", "ES256"}));
  EXPECT_EQ(space["env"], json::parse(R"([{"name":"PLAIN","encrypted":false,"value":"open"},{"name":"SECRET","encrypted":true}])"));
  EXPECT_THAT(shown->text_, Not(HasSubstr("hidden-text")));
  EXPECT_EQ(house.dev()->settings.env.at("SECRET").value, "hidden-text");

  EXPECT_EQ(house.call("DELETE", path + "/env/PLAIN")->answer_.status, 200);
  EXPECT_EQ(house.call("DELETE", path + "/env/PLAIN")->answer_.status, 404);
  EXPECT_EQ(house.call("DELETE", path + "/tokens/" + token["key"].get<std::string>())->answer_.status, 200);
  EXPECT_EQ(house.call("PUT", path + "/jwks", R"({"url":"","issuer":"left over","algorithms":["RS256"]})")->answer_.status, 200);
  EXPECT_EQ(house.dev()->settings.issuer, "");
  EXPECT_TRUE(house.dev()->settings.algorithms.empty());
  EXPECT_TRUE(house.dev()->tokens.empty());
}

TEST(Control, AJwksUrlThatMayNotBeFetchedIsRefusedAtOnce) {
  House house;
  const auto path = house.makeDev();
  for (const char* url : {"http://idp.example.org/jwks", "https://127.0.0.1/jwks", "ftp://x", "nonsense"}) {
    const auto refused = house.call("PUT", path + "/jwks", json({{"url", url}}).dump());
    EXPECT_GE(refused->answer_.status, 400) << url;
    EXPECT_LT(refused->answer_.status, 404) << url;
    EXPECT_FALSE(bodyOf(*refused)["error"].get<std::string>().empty());
  }
  EXPECT_EQ(house.dev()->settings.jwksUrl, "");
}

TEST(Control, AnAlgorithmThatNoKeyOfAKeySetIsForIsRefusedByName) {
  House house;
  const auto path = house.makeDev();
  for (const std::string name : {"HS256", "none", "RS257", "rs256", ""}) {
    const auto refused = house.call("PUT", path + "/jwks", json({{"url", "https://idp.example.org/jwks"}, {"algorithms", {"ES256", name}}}).dump());
    EXPECT_EQ(refused->answer_.status, 400) << name;
    EXPECT_THAT(bodyOf(*refused)["error"].get<std::string>(), AllOf(HasSubstr("algorithms: '" + name + "'"), HasSubstr("Possible: RS256, RS384")));
  }
  EXPECT_EQ(house.dev()->settings.jwksUrl, "");
}

TEST(Control, DeployAnswersWhenThePublicationHasReachedTheLoop) {
  House house;
  const auto path = house.makeDev();
  house.supervisor.manifest.routes = {"GET /hello"};
  house.supervisor.manifest.startup = true;
  FakeExchange exchange("POST", path + "/deployments", R"({"bundle":"module.exports = 1","author":"Ann","gitHash":"abc"})");
  house.authorise(exchange, house.owner);
  house.run(house.start(exchange));
  ASSERT_EQ(exchange.answer_.status, 201) << exchange.text_;
  ASSERT_FALSE(house.publications.empty());
  EXPECT_EQ(house.publications.back()->deployment->id, bodyOf(exchange)["id"].get<std::string>());
  EXPECT_EQ(bodyOf(exchange)["routes"], json({"GET /hello"}));
  EXPECT_EQ(bodyOf(exchange)["bundleBytes"], 18);
  EXPECT_GE(bodyOf(exchange)["startMs"], 0);
  EXPECT_EQ(house.supervisor.startups, 1);
  EXPECT_EQ(*house.dev()->deployment->bundle, "module.exports = 1");

  const auto listed = bodyOf(*house.call("GET", path + "/deployments"))["deployments"];
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["active"], true);
  EXPECT_EQ(listed[0]["author"], "Ann");
  EXPECT_EQ(bodyOf(*house.call("GET", path))["deployment"]["routes"], json({"GET /hello"}));
}

TEST(Control, CodeThatDoesNotLoadLeavesTheOldOneServing) {
  House house;
  const auto path = house.makeDev();
  ASSERT_EQ(house.call("POST", path + "/deployments", R"({"bundle":"good"})")->answer_.status, 201);
  house.supervisor.refuse = Error{ErrorCode::invalidArgument, "SyntaxError: x\n    at index.js:3:7", "SyntaxError: x (index.js:3)"};
  const auto refused = house.call("POST", path + "/deployments", R"({"bundle":"bad"})");
  EXPECT_EQ(refused->answer_.status, 400);
  EXPECT_EQ(bodyOf(*refused)["error"], "SyntaxError: x (index.js:3)");
  EXPECT_EQ(bodyOf(*refused)["code"], "invalid_argument");
  EXPECT_EQ(bodyOf(*refused)["stack"], "SyntaxError: x\n    at index.js:3:7");
  const std::pair<const char*, const char*> failures[] = {
      {"TypeError: no\n    at index.js:3:7", "TypeError: no"},
      {"index.js:3\nlet let\n    ^^^\n\nSyntaxError: unexpected\n    at wrap", "SyntaxError: unexpected"},
      {"thrown: 7\n    at index.js:1:1", "thrown: 7"},
  };
  for (const auto& [failure, message] : failures) {
    house.supervisor.refuse = invalid(failure);
    const auto whole = bodyOf(*house.call("POST", path + "/deployments", R"({"bundle":"bad"})"));
    EXPECT_EQ(whole["error"], message);
    EXPECT_EQ(whole["stack"], failure);
  }
  house.supervisor.refuse = invalid("no manifest");
  EXPECT_FALSE(bodyOf(*house.call("POST", path + "/deployments", R"({"bundle":"bad"})")).contains("stack"));
  EXPECT_EQ(*house.dev()->deployment->bundle, "good");
  EXPECT_EQ(house.call("POST", path + "/deployments", R"({"bundle":""})")->answer_.status, 400);
}

TEST(Control, DeploysOfOneSpaceTakeTurns) {
  House house;
  const auto path = house.makeDev();
  std::vector<std::unique_ptr<FakeExchange>> exchanges;
  for (int i = 0; i < 20; ++i) {
    exchanges.push_back(std::make_unique<FakeExchange>("POST", path + "/deployments", R"({"bundle":"x"})"));
    house.authorise(*exchanges.back(), house.owner);
    house.start(*exchanges.back());
  }
  for (const auto& exchange : exchanges) house.run(*exchange);
  EXPECT_EQ(house.supervisor.atOnceMost, 1);
  const auto refused = std::ranges::count_if(exchanges, [](const auto& exchange) { return exchange->answer_.status == 429; });
  EXPECT_EQ(refused, 3) << "one runs, sixteen wait";
  EXPECT_EQ(house.supervisor.prepared, 17);
}

TEST(Control, WorkersOfTheSpaceOnly) {
  House house;
  const auto path = house.makeDev();
  house.supervisor.infos = {{7, 4711, house.dev()->label(), "d1", "ready", 3, house.dev()->id, 50'000'000},
                            {8, 4712, "other/dev", "d2", "ready", 0, "other"},
                            {9, 4713, house.dev()->label(), "d3", "draining", 1, "of the same name, and removed"}};
  const auto workers = bodyOf(*house.call("GET", path + "/workers"))["workers"];
  ASSERT_EQ(workers.size(), 1U);
  EXPECT_EQ(workers[0]["pid"], 4711);
  EXPECT_EQ(workers[0]["memoryBytes"], 50'000'000);
}

TEST(Control, TheActivityOfASpaceIsItsOwn) {
  House house;
  const auto path = house.makeDev();
  house.supervisor.infos = {{7, 4711, house.dev()->label(), "d1", "ready", 3, house.dev()->id, 50'000'000}, {8, 4712, "other/dev", "d2", "ready", 0, "other"}};
  const auto quiet = bodyOf(*house.call("GET", path + "/activity"));
  EXPECT_EQ(quiet["points"], nlohmann::json::array());
  EXPECT_EQ(quiet["requestsTotal"], 0);

  house.call("POST", path + "/collections/things/documents", R"({"document":{"a":1}})");
  const auto now = monotonicNs();
  house.activity.record(house.dev()->id, {RequestEnd::Kind::served, 502, 20'000'000}, now);
  house.activity.record(house.dev()->id, {RequestEnd::Kind::refused, 401, 1'000}, now);
  house.activity.record("another", {RequestEnd::Kind::served, 200, 1'000}, now);
  const auto busy = bodyOf(*house.call("GET", path + "/activity"));
  EXPECT_EQ(busy["stepMs"], 10'000);
  EXPECT_EQ(busy["startedMs"], house.activity.startedMs());
  ASSERT_EQ(busy["points"].size(), 1U);
  const auto& point = busy["points"][0];
  EXPECT_EQ(point["timeMs"].get<std::int64_t>() % 10'000, 0);
  EXPECT_EQ(point["requests"], 2);
  EXPECT_EQ(point["failures"], 1);
  EXPECT_EQ(point["refusals"], 1);
  EXPECT_NEAR(point["p50Ms"].get<double>(), 20, 1);
  EXPECT_NEAR(point["p99Ms"].get<double>(), 20, 1);
  EXPECT_EQ(busy["requestsTotal"], 2);
  EXPECT_EQ(busy["refusalsTotal"], 1);
  EXPECT_EQ(busy["documents"], 1);
  EXPECT_TRUE(busy["bytes"].is_number());
  EXPECT_EQ(busy["workers"], bodyOf(*house.call("GET", path + "/workers"))["workers"]);
  EXPECT_EQ(busy["workers"].size(), 1U);
}

// ---- the door ----

TEST(Control, OpenToEverybody) {
  House house;
  for (const char* path : {"/_/health", "/_/", "/_"}) {
    FakeExchange exchange("GET", path);
    house.run(house.start(exchange));
    EXPECT_EQ(exchange.answer_.status, 200) << path;
  }
  FakeExchange page("GET", "/_/");
  house.run(house.start(page));
  EXPECT_THAT(std::string(*page.answer_.headers.find("content-security-policy")), HasSubstr("default-src 'none'"));
}

TEST(Control, WhatItDoesNotHave) {
  House house;
  const auto path = house.makeDev();
  const auto unknown = house.call("GET", "/_/api/v1/nothing");
  EXPECT_EQ(unknown->answer_.status, 404);
  EXPECT_THAT(unknown->text_, HasSubstr("POST /_/api/v1/projects/{project}/spaces/{space}/deployments"));
  const auto method = house.call("PATCH", path + "/deployments");
  EXPECT_EQ(method->answer_.status, 405);
  EXPECT_EQ(method->answer_.headers.find("allow"), "POST, GET");
  EXPECT_EQ(house.call("OPTIONS", path)->answer_.status, 405);
  EXPECT_EQ(house.call("HEAD", path)->answer_.status, 200);
  EXPECT_EQ(house.call("GET", path + "/")->answer_.status, 404);
  EXPECT_EQ(house.call("GET", "/_/api/v1/projects/%zz")->answer_.status, 400);
}

TEST(Control, BadArgumentsAreNamed) {
  House house;
  const auto path = house.makeDev();
  const auto error = [&](std::string method, std::string target, std::string body) {
    const auto answer = house.call(std::move(method), std::move(target), std::move(body));
    return std::to_string(answer->answer_.status) + " " + bodyOf(*answer)["error"].get<std::string>();
  };
  EXPECT_EQ(error("POST", "/_/api/v1/projects", ""), "400 'name' is missing; it must be a string.");
  EXPECT_EQ(error("POST", "/_/api/v1/projects", "{"), "400 The body is not valid JSON.");
  EXPECT_EQ(error("POST", "/_/api/v1/projects", R"({"name":"abcd","naem":1})"), "400 Unknown field 'naem'; allowed: name, teamId.");
  EXPECT_EQ(error("POST", "/_/api/v1/projects?x=1", R"({"name":"abcd"})"), "400 Unknown field 'x'; none is taken here.");
  EXPECT_EQ(error("GET", path + "/logs?tail=-1", ""), "400 'tail' must be a whole number, 0 or more.");
  EXPECT_EQ(error("DELETE", path + "?confirm=dev", R"({"force":true})"), "400 Unknown field 'force'; none is taken here.");
  EXPECT_EQ(error("PUT", path + "/env/1X", R"({"value":""})").substr(0, 30), "400 The variable name '1X' mus");
  EXPECT_EQ(house.call("POST", "/_/api/v1/projects", std::string((1 << 20) + 1, ' '))->answer_.status, 413);
  EXPECT_EQ(house.call("POST", path + "/deployments", R"({"bundle":")" + std::string(2 << 20, 'x') + "\"}")->answer_.status, 201);
}

// SEC-41
TEST(Control, OtherHostNamesGet421AndNoCors) {
  House house;
  const auto path = house.makeDev();
  for (const auto& operation : operations()) {
    FakeExchange exchange(std::string(operation.method), std::string(operation.path));
    exchange.head_.host = "evil.test";
    exchange.head_.headers.add("origin", "https://evil.test");
    house.authorise(exchange, house.owner);
    house.run(house.start(exchange));
    EXPECT_EQ(exchange.answer_.status, 421) << operation.name;
    EXPECT_FALSE(hasCorsHeader(exchange));
  }
  FakeExchange listed("GET", path);
  listed.head_.host = "redd.example.org";
  house.authorise(listed, house.owner);
  house.run(house.start(listed));
  EXPECT_EQ(bodyOf(listed)["endpoint"], "http://" + house.projectName + ".api.redd.example.org/dev");
  EXPECT_EQ(bodyOf(listed)["endpoints"][1], "http://redd.example.org/dev");
  EXPECT_FALSE(hasCorsHeader(listed));
}

// SEC-34: what a browser says about where a change comes from, and what the body is.
TEST(Control, ChangesFromPagesOfOtherSitesAreRefused) {
  struct Row {
    const char* site;
    const char* origin;
    const char* type;
    int status;
  };
  const Row rows[] = {
      {"", "", "application/json", 201},
      {"same-origin", "http://localhost:4000", "application/json", 201},
      {"none", "", "application/json; charset=utf-8", 201},
      {"", "http://localhost:4000", "application/json", 201},
      {"cross-site", "https://evil.test", "application/json", 403},
      {"same-site", "http://app.localhost:4000", "application/json", 403},
      {"cross-site", "", "application/json", 403},
      {"", "https://evil.test", "application/json", 403},
      {"", "null", "application/json", 403},
      {"", "http://localhost:4001", "application/json", 403},
      {"", "http://localhost:4000.evil.test", "application/json", 403},
      {"", "", "text/plain", 400},
      {"", "", "application/x-www-form-urlencoded", 400},
      {"", "", "multipart/form-data; boundary=x", 400},
      {"", "", "", 400},
      {"same-origin", "http://localhost:4000", "text/plain", 400},
  };
  for (const auto& row : rows) {
    House house;
    FakeExchange exchange("POST", "/_/api/v1/projects", R"({"name":"Another"})");
    house.authorise(exchange, house.owner);
    if (*row.site != '\0') exchange.head_.headers.add("sec-fetch-site", row.site);
    if (*row.origin != '\0') exchange.head_.headers.add("origin", row.origin);
    exchange.head_.headers.add("content-type", row.type);
    house.run(house.start(exchange));
    EXPECT_EQ(exchange.answer_.status, row.status) << row.site << " | " << row.origin << " | " << row.type;
    EXPECT_EQ(house.catalogue->snapshot()->projects.size(), row.status == 201 ? 1U : 0U);
    EXPECT_FALSE(hasCorsHeader(exchange));
  }
}

TEST(Control, TwoAuthorizationHeadersAreNone) {
  House house;
  FakeExchange exchange("GET", "/_/api/v1/me");
  house.authorise(exchange, house.owner);
  house.authorise(exchange, house.owner);
  house.run(house.start(exchange));
  EXPECT_EQ(exchange.answer_.status, 401);
}

TEST(Control, AnAdminTokenIsTakenAlone) {
  House house;
  FakeExchange alone("GET", "/_/api/v1/me"), both("GET", "/_/api/v1/me");
  alone.head_.headers.add("x-admintoken", house.owner);
  house.run(house.start(alone));
  EXPECT_EQ(alone.answer_.status, 200);
  both.head_.headers.add("x-admintoken", house.owner);
  house.authorise(both, house.owner);
  house.run(house.start(both));
  EXPECT_EQ(both.answer_.status, 401);
}

// Who may what: permission_matrix_test.cc.

TEST(Control, TheTableIsSound) {
  std::set<std::string_view> names;
  std::set<std::string> places;
  for (const auto& operation : operations()) {
    EXPECT_TRUE(names.insert(operation.name).second) << operation.name;
    EXPECT_TRUE(places.insert(std::string(operation.method) + std::string(operation.path)).second) << operation.name;
    EXPECT_NE(operation.run == nullptr, operation.stream == nullptr) << operation.name;
    const bool ofThePublishedCli = operation.name == "login.page" || operation.name == "cliLogin.wait";
    EXPECT_TRUE(ofThePublishedCli || operation.path.starts_with("/_/")) << operation.name;
    const bool needsPlace = operation.permission == Permission::viewer || operation.permission == Permission::developer || operation.permission == Permission::owner;
    EXPECT_TRUE(!needsPlace || operation.path.contains("{project}") || operation.path.contains("{team}")) << operation.name << " has no place for a role";
    EXPECT_TRUE(operation.summary.ends_with('.') || operation.summary.ends_with('?')) << operation.name;
    const bool asksByBody = operation.name == "document.find" || operation.name == "document.count" || operation.name == "token.explain" ||
                            operation.name == "auth.impact";
    EXPECT_EQ(operation.effect == Effect::read, operation.method == "GET" || asksByBody) << operation.name;
    for (const auto& argument : operation.arguments) {
      EXPECT_FALSE(operation.path.contains("{" + std::string(argument.name) + "}")) << operation.name << ": " << argument.name;
    }
  }
}

// ---- logs ----

store::LogLine line(int number, std::string context = "gateway") {
  return {.id = "id-" + std::to_string(100 + number), .time = 1000 + number, .level = "info", .context = std::move(context), .requestId = {},
          .text = "line " + std::to_string(number)};
}

TEST(ControlLog, Tail) {
  House house;
  const auto path = house.makeDev();
  for (int i = 0; i < 5; ++i) house.logBook.lines.push_back(line(i, i % 2 == 0 ? "gateway" : "routehooks"));
  const auto lines = bodyOf(*house.call("GET", path + "/logs?tail=2&context=gateway"))["lines"];
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["text"], "line 2");
  EXPECT_EQ(lines[1]["id"], "id-104");
  EXPECT_EQ(house.call("GET", path + "/logs?tail=10001")->answer_.status, 400);
  EXPECT_EQ(bodyOf(*house.call("GET", path + "/logs?grep=LINE%203&level=info"))["lines"].size(), 1U);
  const auto wrong = house.call("GET", path + "/logs?level=loud");
  EXPECT_EQ(wrong->answer_.status, 400);
  EXPECT_THAT(wrong->text_, HasSubstr("'loud'"));
}

TEST(ControlLog, FollowersGetEachLineOnceAndLeave) {
  House house;
  const auto path = house.makeDev();
  for (int i = 0; i < 3; ++i) house.logBook.lines.push_back(line(i));
  FakeExchange exchange("GET", path + "/logs/follow?tail=2");
  house.authorise(exchange, house.owner);
  int sent = 0;
  exchange.onSent_ = [&](FakeExchange& self) {
    if (++sent == 1) {
      house.logBook.append("", line(2));  // told again: it was in the tail
      house.logBook.append("", line(3));
    } else {
      std::exchange(self.clientGone_, nullptr)();
    }
  };
  house.run(house.start(exchange));
  EXPECT_EQ(exchange.answer_.headers.find("content-type"), "text/event-stream");
  EXPECT_THAT(exchange.text_, HasSubstr("event: log\ndata: {\"id\":\"id-103\",\"time\":1003,\"level\":\"info\",\"context\":\"gateway\",\"requestId\":\"\",\"text\":\"line 3\",\"fields\":{}}\n\n"));
  EXPECT_THAT(exchange.text_, Not(HasSubstr("line 0")));
  EXPECT_EQ(exchange.text_.find("line 2"), exchange.text_.rfind("line 2"));
  EXPECT_EQ(house.logBook.followerCount(), 0U);
  EXPECT_EQ(house.call("GET", path.substr(0, path.size() - 1) + "x/logs/follow")->answer_.status, 404);
}

TEST(ControlLog, AFollowerWhoReadsTooSlowlyIsCut) {
  House house;
  const auto path = house.makeDev();
  FakeExchange exchange("GET", path + "/logs/follow?tail=0");
  house.authorise(exchange, house.owner);
  int sent = 0;
  exchange.onSent_ = [&](FakeExchange&) {
    if (++sent > 1) return;
    auto big = line(1);
    big.text = std::string(100'000, 'x');
    for (int i = 0; i < 50; ++i) {
      big.id = "id-" + std::to_string(200 + i);
      house.logBook.append("", big);
    }
  };
  house.run(house.start(exchange));
  EXPECT_THAT(exchange.text_, HasSubstr("event: cut\n"));
  EXPECT_LT(exchange.text_.size(), std::size_t{2} << 20);
  EXPECT_TRUE(exchange.finished_);
}

Task<void> stopAndNote(Control& control, bool& stopped) {
  co_await control.stop();
  stopped = true;
}

TEST(ControlLog, StopEndsFollowersAndRefusesWhatComesLater) {
  House house;
  const auto path = house.makeDev();
  FakeExchange exchange("GET", path + "/logs/follow");
  house.authorise(exchange, house.owner);
  house.start(exchange);
  while (!exchange.headSent_) house.loop.run_one();
  bool stopped = false;
  spawn(house.loop, stopAndNote(*house.control, stopped));
  while (!stopped) house.loop.run_one();  // NOLINT(bugprone-infinite-loop): the coroutine sets it
  house.run(exchange);
  EXPECT_TRUE(exchange.finished_);
  EXPECT_EQ(house.call("GET", path)->answer_.status, 503);
}

}  // namespace
}  // namespace redd::control
