// The _A_D_M_ door (spec 70.5 to 70.11), over a real catalogue and a store in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "adm_call.h"
#include "adm_relay.h"
#include "control_testing.h"
#include "operations.h"

namespace redd::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// Requests as the published command line sends them: the project in Host, the space in the path.
struct AdmHouse : House {
  AdmHouse() { makeDev(); }

  std::unique_ptr<FakeExchange> adm(std::string method, const std::string& endpoint, std::string body = {}, const HeaderList& headers = {}) {
    auto exchange = prepare(std::move(method), "/dev/_A_D_M_" + endpoint, std::move(body), headers);
    exchange->head_.headers.add("x-admintoken", owner);
    run(start(*exchange));
    return exchange;
  }
  std::unique_ptr<FakeExchange> prepare(std::string method, std::string target, std::string body = {}, const HeaderList& headers = {}) const {
    auto exchange = std::make_unique<FakeExchange>(std::move(method), std::move(target), std::move(body));
    exchange->head_.host = projectName + ".api.codehooks.local.io";
    for (const auto& [name, value] : headers) exchange->head_.headers.add(name, value);
    return exchange;
  }
  std::string text(std::string method, const std::string& endpoint, std::string body = {}, const HeaderList& headers = {}) {
    const auto answer = adm(std::move(method), endpoint, std::move(body), headers);
    return std::to_string(answer->answer_.status) + " " + answer->text_;
  }
  json query(const std::string& rest, const HeaderList& headers = {}) {
    const auto answer = adm("GET", "query/" + rest, {}, headers);
    EXPECT_EQ(answer->answer_.status, 200) << answer->text_;
    return json::parse(answer->text_);
  }
  void pets() {
    EXPECT_EQ(text("POST", "restore/pets", R"([{"_id":"1","name":"Polly","type":"Parrot","n":1},{"_id":"2","name":"Zoé","type":"Fish","n":2},
                                               {"_id":"3","name":"Rex & Co","type":"Dog","n":3}])"),
              R"(200 {"count":3})");
  }
};

TEST(Adm, WhoMayAndWhere) {
  AdmHouse house;
  const auto nobody = house.prepare("GET", "/dev/_A_D_M_query/pets");
  house.run(house.start(*nobody));
  EXPECT_EQ(nobody->answer_.status, 401);
  EXPECT_EQ(json::parse(nobody->text_)["code"], "unauthorized");
  EXPECT_EQ(nobody->answer_.headers.find("www-authenticate"), "Bearer realm=\"redd\"");
  const auto token = *house.catalogue->addToken(house.projectName, "dev", space::TokenAccess::readWrite, "");
  const auto apiToken = house.prepare("GET", "/dev/_A_D_M_query/pets", {}, {{"x-admintoken", token.key}});
  house.run(house.start(*apiToken));
  EXPECT_EQ(apiToken->answer_.status, 401) << "a space's own token opens no administration endpoint (spec 30.7)";
  const auto bearer = house.prepare("GET", "/dev/_A_D_M_query/pets", {}, {{"authorization", "Bearer " + house.owner}});
  house.run(house.start(*bearer));
  EXPECT_EQ(bearer->text_, "[]\n");
  for (const auto& exchange : {nobody.get(), bearer.get()}) {
    EXPECT_TRUE(std::ranges::none_of(exchange->answer_.headers, [](const auto& field) { return field.first.starts_with("access-control-"); }));
  }
}

TEST(Adm, TheHostNamesTheProject) {
  AdmHouse house;
  const auto at = [&house](const std::string& host, const std::string& target = "/dev/_A_D_M_query/pets") {
    const auto exchange = house.prepare("GET", target, {}, {{"x-admintoken", house.owner}});
    exchange->head_.host = host;
    EXPECT_TRUE(house.control->owns(exchange->head_)) << host;
    house.run(house.start(*exchange));
    return std::to_string(exchange->answer_.status) + " " + json::parse(exchange->text_).value("error", "");
  };
  EXPECT_EQ(at("undefined.api.codehooks.local.io"), "404 Unknown project");
  EXPECT_EQ(at(house.projectName + ".api.codehooks.local.io", "/undefined/_A_D_M_query/pets"), "404 Unknown space");
  EXPECT_EQ(at(house.projectName + ".api.codehooks.local.io", "/dev/_A_D_M_nothing"), "404 No such administration endpoint");
  EXPECT_EQ(at(house.projectName + ".api.codehooks.local.io", "/dev/_A_D_M_query"), "404 No such administration endpoint");
  EXPECT_EQ(at(house.projectName + ".api.codehooks.local.io", "/dev/_A_D_M_deploy/x/y"), "404 No such administration endpoint");
  EXPECT_THAT(at("evil.test"), StartsWith("421 "));
  const auto bare = house.prepare("GET", "/dev/_A_D_M_query/pets", {}, {{"x-admintoken", house.owner}});
  bare->head_.host = "127.0.0.1:4000";
  house.run(house.start(*bare));
  EXPECT_EQ(bare->text_, "[]\n") << "the default project";
}

TEST(Adm, ADomainOfASpaceIsTheAppsAlone) {
  AdmHouse house;
  ASSERT_TRUE(house.catalogue->setDomains(house.projectName, "dev", {"www.example.com"}));
  const auto exchange = house.prepare("GET", "/dev/_A_D_M_query/pets");
  EXPECT_TRUE(house.control->owns(exchange->head_));
  exchange->head_.host = "www.example.com";
  EXPECT_FALSE(house.control->owns(exchange->head_));
}

TEST(Adm, MethodsAndPaths) {
  AdmHouse house;
  const auto refused = house.adm("PUT", "keys");
  EXPECT_EQ(refused->answer_.status, 405);
  EXPECT_EQ(refused->answer_.headers.find("allow"), "GET, POST, DELETE");
  EXPECT_THAT(json::parse(house.adm("GET", "nothing")->text_)["endpoints"].dump(), HasSubstr("POST /SPACE/_A_D_M_restore/COLLECTION"));
}

TEST(Adm, DeployHistoryAndItsAuthor) {
  AdmHouse house;
  EXPECT_EQ(house.text("GET", "query/_hooks?q={}&h={\"$max\":-1}"), "200 []");
  house.supervisor.manifest.routes = {"GET /a", "GET /b"};
  house.supervisor.manifest.jobs = {"* * * * *"};
  const HeaderList headers = {{"x-userfullname", "Zo\xe9 Able"}, {"x-useremail", "zoe@example.com"}, {"x-githash", "null"}, {"x-gitbranch", "main"}, {"x-language", "Javascript"}};
  const auto deployed = json::parse(house.adm("POST", "deploy", R"({"bundle":"x"})", headers)->text_);
  EXPECT_EQ(deployed["ok"], true);
  EXPECT_EQ(deployed["routes"], 2);
  house.adm("POST", "deploy", R"({"bundle":"y"})", {{"x-userfullname", "Bo"}});
  const auto history = house.query("_hooks");
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0]["headers"]["x-userfullname"], "Bo");
  EXPECT_EQ(history[1]["_id"], deployed["_id"]);
  EXPECT_EQ(history[1]["headers"]["x-userfullname"], "Zoé Able");
  EXPECT_EQ(history[1]["headers"]["x-useremail"], "zoe@example.com");
  EXPECT_EQ(history[1]["headers"]["x-gitbranch"], "main");
  EXPECT_FALSE(history[1]["headers"].contains("x-githash"));
  EXPECT_EQ(history[0]["routehooks"], json({"GET /a", "GET /b"}));
  EXPECT_EQ(history[0]["jobhooks"], json({"* * * * *"}));
  EXPECT_FALSE(history.dump().contains("bundle\":"));
  EXPECT_EQ(house.query("_hooks", {{"x-options", R"({"limit":1,"reverse":true})"}}).size(), 1U);

  house.supervisor.refuse = Error{ErrorCode::invalidArgument, "SyntaxError: x\n    at index.js:3:7", "SyntaxError: x"};
  const auto refused = house.adm("POST", "deploy", R"({"bundle":"bad"})");
  EXPECT_EQ(refused->answer_.status, 400);
  EXPECT_EQ(json::parse(refused->text_)["error"], "SyntaxError: x");
  EXPECT_THAT(house.text("POST", "deploy", "{}"), StartsWith("400 {\"error\":\"'bundle' is missing"));
  EXPECT_THAT(house.text("POST", "deploy", R"({"bundle":1})"), StartsWith("400 "));
}

TEST(Adm, QueryWithFilterAndOptions) {
  AdmHouse house;
  house.pets();
  EXPECT_EQ(house.text("GET", "query/pets?q={%22name%22:%22Polly%22}&h={}"), "200 [\n{\"_id\":\"1\",\"name\":\"Polly\",\"type\":\"Parrot\",\"n\":1}\n]\n");
  EXPECT_EQ(house.query("pets?q={%22name%22:%22Rex%20&%20Co%22}&h={}").size(), 1U) << "the client does not encode &";
  EXPECT_EQ(house.query("pets?q={%22n%22:{%22$gt%22:1}}")[0]["_id"], "2");
  const auto reversed = house.query("pets", {{"x-options", R"({"reverse":true,"limit":"2","hints":{"fields":{"name":1}}})"}});
  EXPECT_EQ(reversed, json::parse(R"([{"_id":"3","name":"Rex & Co"},{"_id":"2","name":"Zoé"}])"));
  EXPECT_EQ(house.query("pets", {{"x-options", R"({"offset":2})"}}).size(), 1U);
  EXPECT_EQ(house.query("pets?h={%22$orderby%22:{%22n%22:-1},%22$max%22:-1}")[0]["_id"], "3");
  EXPECT_EQ(house.query("pets", {{"x-options", R"({"useIndex":"n","start":2,"end":3})"}}).size(), 2U);
  EXPECT_EQ(house.query("pets?q={}&h={%22count%22:true}"), json::parse(R"([{"count":3}])"));
  EXPECT_EQ(house.query("pets?q={}&h={%22$onlycount%22:true}"), json::parse(R"([{"count":3}])"));
  EXPECT_EQ(house.text("GET", "query/nothing"), "200 []\n");
  EXPECT_EQ(house.adm("GET", "export/pets")->text_.size(), house.adm("GET", "query/pets")->text_.size());
}

TEST(Adm, ChangesByQuery) {
  AdmHouse house;
  house.pets();
  EXPECT_EQ(house.query("pets?q={%22n%22:{%22$gte%22:2}}", {{"x-updatebyquery", "{\"name\":\"No\xe9mie\"}"}, {"x-options", "{}"}}), json::parse(R"([{"count":2}])"));
  EXPECT_EQ(house.query("pets?q={%22n%22:3}")[0]["name"], "Noémie") << "a header in Latin-1";
  EXPECT_EQ(house.query("pets?q={%22n%22:3}", {{"x-updatebyquery", R"({"$inc":{"n":7}})"}}), json::parse(R"([{"count":1}])"));
  EXPECT_EQ(house.query("pets?q={%22n%22:10}", {{"x-replacebyquery", R"({"was":"three"})"}}), json::parse(R"([{"count":1}])"));
  EXPECT_EQ(house.query("pets?q={%22was%22:%22three%22}")[0], json::parse(R"({"_id":"3","was":"three"})"));
  EXPECT_EQ(house.query("pets?q={%22type%22:%22Fish%22}", {{"x-deletebyquery", "true"}}), json::parse(R"([{"count":1}])"));
  EXPECT_EQ(house.query("pets").size(), 2U);
  for (const char* narrowing : {R"({"limit":1})", R"({"offset":1})", R"({"useIndex":"n","start":1})"}) {
    EXPECT_THAT(house.text("GET", "query/pets", {}, {{"x-deletebyquery", "true"}, {"x-options", narrowing}}), StartsWith("400 ")) << narrowing;
  }
  EXPECT_EQ(house.query("pets").size(), 2U) << "nothing went that the caller meant to keep";
}

// Whatever is wrong in a header or in the query: 400, and the text says where and what is right.
TEST(Adm, HostileHeaders) {
  AdmHouse house;
  house.pets();
  const std::string deep = R"({"limit":)" + std::string(5'000, '[') + std::string(5'000, ']') + "}";
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"x-options", "{"}, {"x-options", "[]"}, {"x-options", "nonsense"}, {"x-options", R"({"limit":"many"})"}, {"x-options", R"({"limit":-1})"},
      {"x-options", R"({"limit":1.5})"}, {"x-options", R"({"limit":{}})"}, {"x-options", R"({"offset":[1]})"}, {"x-options", R"({"useIndex":7})"},
      {"x-options", R"({"start":{}})"}, {"x-options", R"({"reverse":"yes"})"}, {"x-options", R"({"hints":"all"})"}, {"x-options", R"({"enqueue":true})"},
      {"x-options", R"({"enqueue":"topic"})"}, {"x-options", R"({"wat":1})"}, {"x-options", deep}, {"x-options", "{\"a\":\"\xff\xfe"},
      {"x-updatebyquery", ""}, {"x-updatebyquery", "{"}, {"x-updatebyquery", "7"}, {"x-updatebyquery", "\"text\""}, {"x-updatebyquery", "[{}]"},
      {"x-replacebyquery", "null"}, {"x-replacebyquery", "{'name':1}"}, {"x-replacebyquery", deep},
  };
  for (const auto& [name, value] : wrong) {
    const auto answer = house.adm("GET", "query/pets", {}, {{name, value}});
    EXPECT_EQ(answer->answer_.status, 400) << name << ": " << value.substr(0, 60);
    const std::string error = json::parse(answer->text_)["error"];
    EXPECT_THAT(error, HasSubstr(name)) << value.substr(0, 60);
    EXPECT_THAT(error, HasSubstr("Fix: ")) << value.substr(0, 60);
  }
  for (const char* target : {"query/pets?q={", "query/pets?q=[1]", "query/pets?q=name", "query/pets?h=7", "query/pets?q={}&h={"}) {
    EXPECT_THAT(house.text("GET", target), StartsWith("400 {\"error\":\"The parameter ")) << target;
  }
  EXPECT_THAT(house.text("GET", "query/pets?q={%22$wat%22:1}"), StartsWith("400 {\"error\":\"Invalid query"));
  EXPECT_THAT(house.text("GET", "query/pets?q={%22a%22:%22%ff%22}"), StartsWith("400 "));
  EXPECT_THAT(house.text("GET", "query/p%ffts"), StartsWith("400 "));
  EXPECT_THAT(house.text("GET", "query/pets", {}, {{"x-updatebyquery", "{}"}, {"x-deletebyquery", "true"}}), HasSubstr("exclude one another"));
  EXPECT_THAT(house.text("GET", "query/pets", {}, {{"x-updatebyquery", R"({"$wat":{}})"}}), StartsWith("400 "));
  EXPECT_EQ(house.query("pets").size(), 3U);
}

TEST(Adm, RestoreTakesAnArray) {
  AdmHouse house;
  house.pets();
  EXPECT_EQ(house.text("POST", "restore/pets", "[\n {\"_id\":\"1\",\n\t\"name\": \"new [ ] { } \\\" name\"}\n]\n"), R"(200 {"count":1})");
  EXPECT_EQ(house.query("pets").size(), 3U) << "a known id is replaced";
  EXPECT_EQ(house.query("pets?q={%22_id%22:%221%22}")[0]["name"], "new [ ] { } \" name");
  EXPECT_EQ(house.text("POST", "restore/pets", "[]"), R"(200 {"count":0})");
  for (const char* wrong : {"", "{}", "[{}", "[{}}]", "[1]", "[{},]x", "[{}{}]", "[,{}]", "[{}]]", "[\"a\"]", "[[{}]]", "null"}) {
    EXPECT_THAT(house.text("POST", "restore/wrong", wrong), StartsWith("400 ")) << wrong;
  }
  const auto broken = json::parse(house.adm("POST", "restore/wrong2", R"([{"a":1},{"a":1 2}])")->text_);
  EXPECT_EQ(broken["line"], 2);
}

TEST(Adm, Keys) {
  AdmHouse house;
  EXPECT_EQ(house.text("POST", "keys?ttl=undefined", R"({"key":"a+b","value":"x"})"), R"(200 {"key":"a+b","val":"x","value":"x"})");
  EXPECT_EQ(house.text("GET", "keys?key=a+b"), R"(200 {"key":"a+b","val":"x","value":"x"})");
  EXPECT_EQ(house.text("POST", "keys?keyspace=k&s&ttl=60000", R"({"key":"a&b","value":"y"})"), R"(200 {"key":"a&b","val":"y","value":"y"})");
  EXPECT_EQ(house.text("GET", "keys?key=a&b&keyspace=k&s"), R"(200 {"key":"a&b","val":"y","value":"y"})");
  EXPECT_EQ(house.text("POST", "keys?keyspace=other?ttl=undefined", R"({"key":"k","value":"v"})"), R"(200 {"key":"k","val":"v","value":"v"})");
  EXPECT_EQ(house.text("GET", "keys?key=k&keyspace=other"), R"(200 {"key":"k","val":"v","value":"v"})");
  EXPECT_EQ(house.text("GET", "keys?key=*"), "200 [\n{\"key\":\"a+b\",\"val\":\"x\",\"value\":\"x\"}\n]\n");
  EXPECT_EQ(house.text("GET", "keys?key=nothing*"), "200 []\n");
  EXPECT_THAT(house.text("GET", "keys?key=none"), StartsWith("404 {\"error\":\"Unknown key\""));
  EXPECT_EQ(house.text("DELETE", "keys", R"({"key":"a+b"})"), R"(200 {"key":"a+b","removed":true,"value":"x"})");
  EXPECT_EQ(house.text("GET", "keys?key=*"), "200 []\n");
  for (const char* wrong : {"", "[]", R"({"key":1})", R"({"key":"a"})", R"({"key":"a","value":"b","c":1})"}) {
    EXPECT_THAT(house.text("POST", "keys", wrong), StartsWith("400 ")) << wrong;
  }
  EXPECT_THAT(house.text("GET", "keys"), StartsWith("400 "));
}

// The client parses every chunk as one object: each sendBody is a chunk.
TEST(Adm, IndexesTellTheirProgressAnObjectAChunk) {
  AdmHouse house;
  house.pets();
  const auto exchange = house.prepare("POST", "/dev/_A_D_M_indexes", R"({"collection":"pets","index":["name","type"]})", {{"x-admintoken", house.owner}});
  std::vector<json> chunks;
  std::size_t before = 0;
  exchange->onSent_ = [&](FakeExchange& self) {
    chunks.push_back(json::parse(self.text_.substr(before)));
    before = self.text_.size();
  };
  house.run(house.start(*exchange));
  ASSERT_GE(chunks.size(), 3U);
  EXPECT_EQ(chunks.front(), json::parse(R"({"field":"name","count":3})"));
  EXPECT_EQ(chunks.back(), json::parse(R"({"finished":true})"));
  EXPECT_TRUE(exchange->finished_);
  const auto known = house.query("_dbmetadata")[0]["collections"];
  EXPECT_EQ(known[0][0], "pets");
  EXPECT_EQ(known[0][1]["name"], "pets");
  EXPECT_EQ(known[0][1]["indexes"], json::parse(R"({"name":"string","type":"string"})"));
  EXPECT_EQ(known[0][1]["created"].get<std::string>().back(), 'Z');

  EXPECT_EQ(house.text("DELETE", "indexes", R"({"collection":"pets","index":["name"]})"), R"(200 {"ok":true,"collection":"pets","index":["name"]})");
  EXPECT_THAT(house.text("DELETE", "indexes", R"({"collection":"pets","index":["name"]})"), StartsWith("404 "));
  for (const char* wrong : {"{}", R"({"collection":"pets"})", R"({"collection":"pets","index":[]})", R"({"collection":"pets","index":[1]})", R"({"collection":"pets","index":[""]})"}) {
    EXPECT_THAT(house.text("POST", "indexes", wrong), StartsWith("400 ")) << wrong;
  }
}

TEST(Adm, AnIndexOfNothingTellsNoProgress) {
  Loop loop;
  FakeExchange outer("POST", "/");
  IndexRelay relay(outer, "f", 0);
  spawn(loop, [](IndexRelay& to) -> Task<void> {
    std::ignore = co_await to.sendHead({});
    std::ignore = co_await to.sendBody("{\"processed\":5}\n{\"processed\":9,\"finished\":true}\n");
    std::ignore = co_await to.finish();
  }(relay));
  loop.run();
  EXPECT_EQ(outer.text_, R"({"field":"f","count":0})");
  EXPECT_TRUE(relay.isBuilt());
  EXPECT_FALSE(outer.finished_);
}

store::LogLine line(int number) {
  return {.id = "id-" + std::to_string(100 + number), .time = 1000 + number, .level = "warn", .context = "routehooks", .requestId = {}, .text = "line " + std::to_string(number)};
}

TEST(Adm, LogsNewestFirstThenLive) {
  AdmHouse house;
  for (int i = 0; i < 3; ++i) house.logBook.lines.push_back(line(i));
  const auto exchange = house.prepare("GET", "/dev/_A_D_M_logs?dbname=dev&tail=2", {}, {{"x-admintoken", house.owner}});
  int sent = 0;
  exchange->onSent_ = [&](FakeExchange& self) {
    if (++sent == 1) house.logBook.append("", line(3));
    if (self.text_.contains("logrt")) std::exchange(self.clientGone_, nullptr)();
  };
  house.run(house.start(*exchange));
  EXPECT_EQ(exchange->answer_.headers.find("content-type"), "text/event-stream");
  const std::string& text = exchange->text_;
  EXPECT_THAT(text, StartsWith("event: log\ndata: {\"_id\":\"id-102\",\"context\":\"routehooks\",\"log\":\"line 2\",\"logtype\":\"warn\",\"date\":\"1970-01-01T00:00:01.002Z\"}\n\n"
                               "event: log\ndata: {\"_id\":\"id-101\""));
  EXPECT_THAT(text, HasSubstr("event: logend\ndata: "));
  EXPECT_LT(text.find("logend"), text.find("event: logrt\ndata: {\"_id\":\"id-103\""));
  EXPECT_EQ(text.find("line 2"), text.rfind("line 2"));
  EXPECT_FALSE(text.contains("line 0"));
  EXPECT_EQ(house.logBook.followerCount(), 0U);
}

TEST(Adm, UsageOfEachSpace) {
  AdmHouse house;
  ASSERT_TRUE(house.catalogue->createSpace(house.projectName, "stage"));
  house.pets();
  house.metrics.counter("redd_requests_total", "space=\"" + house.projectName + "/dev\",status=\"2xx\"").add(5);
  house.metrics.counter("redd_worker_invocation_us_total", "space=\"" + house.projectName + "/dev\"").add(12'345);
  const auto usage = json::parse(house.adm("GET", "usage")->text_);
  ASSERT_EQ(usage.size(), 2U);
  EXPECT_EQ(usage[0]["_id"], "dev");
  EXPECT_EQ(usage[0]["api"], 5);
  EXPECT_EQ(usage[0]["datastore_objects"], 3);
  EXPECT_EQ(usage[0]["codehook_time"], 12);
  EXPECT_EQ(usage[1]["codehook_time"], 0);
  EXPECT_TRUE(usage[1]["datastore_size"].is_number());
}

}  // namespace
}  // namespace redd::control
