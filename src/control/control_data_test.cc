// The operations on a space's data, over a store in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control_testing.h"

namespace redd::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

// A space with the collection things.
struct DataHouse : House {
  DataHouse() : space(makeDev()), things(space + "/collections/things") {}

  std::string text(std::string method, std::string target, std::string body = {}) {
    const auto answer = call(std::move(method), std::move(target), std::move(body));
    return std::to_string(answer->answer_.status) + " " + answer->text_;
  }
  void insert(const std::string& document) {
    const auto answer = call("POST", things + "/documents", "{\"document\":" + document + "}");
    EXPECT_EQ(answer->answer_.status, 201) << answer->text_;
  }
  std::string find(const std::string& body) { return text("POST", things + "/find", body); }

  std::string space, things;
};

// CP-03
TEST(ControlData, FindStreamsDocumentsAsTheyAre) {
  DataHouse house;
  house.insert("{\"_id\":\"1\",\"n\": 1.0,\n\"big\":12345678901234567890123}");
  house.insert(R"({"_id":"2","n":2,"name":"Bo"})");
  EXPECT_EQ(house.find(R"({"filter":{"n":1}})"), "200 {\"_id\":\"1\",\"n\":1.0,\"big\":12345678901234567890123}\n") << "numbers as written, on one line";
  EXPECT_EQ(house.find(R"({"sort":"-n","fields":["name"],"limit":1,"format":"json"})"), "200 [\n{\"_id\":\"2\",\"name\":\"Bo\"}\n]\n");
  EXPECT_EQ(house.find(R"({"filter":{"n":7},"format":"json"})"), "200 []\n");
  EXPECT_EQ(house.find(R"({"filter":{"n":7}})"), "200 ");
  EXPECT_EQ(house.text("GET", house.things + "/documents?filter=%7B%22n%22:2%7D&fields=n&format=jsonl"), "200 {\"_id\":\"2\",\"n\":2}\n");
  EXPECT_EQ(house.call("POST", house.things + "/find", "{}")->answer_.headers.find("content-type"), "application/x-ndjson");
  EXPECT_THAT(house.find(R"({"filter":{"$wat":1}})"), StartsWith("400 {\"error\":\"Invalid query"));
  EXPECT_EQ(house.find(R"({"format":"xml"})"), R"(400 {"error":"'format' must be jsonl or json.","code":"invalid_argument"})");
  EXPECT_EQ(house.text("POST", house.space.substr(0, house.space.size() - 1) + "x/collections/a/find", "{}"), R"(404 {"error":"Unknown space","code":"not_found"})");
}

TEST(ControlData, ALongAnswerComesPageByPageAndStopsWithItsReader) {
  DataHouse house;
  std::string body;
  for (int i = 0; i < 1'000; ++i) body += "{\"n\":" + std::to_string(i) + "}\n";
  EXPECT_EQ(house.text("POST", house.things + "/import", body), R"(200 {"count":1000})");
  FakeExchange exchange("GET", house.things + "/documents");
  house.authorise(exchange, house.owner);
  std::size_t sends = 0, most = 0, before = 0;
  exchange.onSent_ = [&](FakeExchange& self) {
    ++sends;
    most = std::max(most, self.text_.size() - before);
    before = self.text_.size();
  };
  house.run(house.start(exchange));
  EXPECT_GE(sends, 10U);
  EXPECT_LT(most, std::size_t{10'000});
  EXPECT_EQ(std::ranges::count(exchange.text_, '\n'), 1'000);
  EXPECT_TRUE(exchange.finished_);
}

TEST(ControlData, AStreamEndsWhenTheServerStops) {
  DataHouse house;
  std::string body;
  for (int i = 0; i < 500; ++i) body += "{\"n\":" + std::to_string(i) + "}\n";
  house.call("POST", house.things + "/import", body);
  FakeExchange exchange("GET", house.things + "/documents");
  house.authorise(exchange, house.owner);
  exchange.onSent_ = [&house](FakeExchange& self) {
    self.onSent_ = nullptr;
    spawn(house.loop, house.control->stop());
  };
  house.run(house.start(exchange));
  EXPECT_FALSE(exchange.finished_) << "the reader must see that documents are missing";
  EXPECT_LT(std::ranges::count(exchange.text_, '\n'), 500);
}

// CP-03
TEST(ControlData, ChangesByQueryAndById) {
  DataHouse house;
  for (const char* document : {R"({"_id":"1","n":1})", R"({"_id":"2","n":2})", R"({"_id":"3","n":3})"}) house.insert(document);
  const auto at = [&house](const char* id) { return house.things + "/documents/" + id; };
  EXPECT_EQ(house.text("POST", house.things + "/count", R"({"filter":{"n":{"$gte":2}}})"), R"(200 {"count":2})");
  EXPECT_EQ(house.text("POST", house.things + "/update", R"({"filter":{"n":{"$gte":2}},"change":{"$inc":{"n":10}}})"), R"(200 {"count":2})");
  EXPECT_EQ(house.text("GET", at("2")), R"(200 {"_id":"2","n":12})");
  EXPECT_EQ(house.text("POST", house.things + "/replace", R"({"filter":{"n":13},"document":{"was":"three"}})"), R"(200 {"count":1})");
  EXPECT_EQ(json::parse(house.call("GET", at("3"))->text_), json({{"_id", "3"}, {"was", "three"}}));
  EXPECT_EQ(house.text("PATCH", at("1"), R"({"change":{"x":1}})"), R"(200 {"_id":"1","n":1,"x":1})");
  EXPECT_EQ(house.call("PUT", at("9"), R"({"document":{"new":1}})")->answer_.status, 404);
  EXPECT_EQ(house.call("PUT", at("9"), R"({"document":{"new":1},"upsert":true})")->answer_.status, 200);
  EXPECT_EQ(house.call("GET", at("9"))->answer_.status, 200);
  EXPECT_EQ(house.text("DELETE", at("9")), R"(200 {"ok":true})");
  EXPECT_EQ(house.text("DELETE", at("9")), R"(404 {"error":"Unknown document","code":"not_found"})");
  EXPECT_THAT(house.text("POST", house.things + "/remove", "{}"), StartsWith("400 {\"error\":\"'filter' is missing"));
  EXPECT_EQ(house.text("POST", house.things + "/remove", R"({"filter":{"n":{"$exists":true}}})"), R"(200 {"count":2})");
  EXPECT_EQ(house.text("POST", house.things + "/count", "{}"), R"(200 {"count":1})");
  EXPECT_EQ(house.call("POST", house.things + "/documents", R"({"document":{"_id":"3"}})")->answer_.status, 409);
}

TEST(ControlData, TwoWhoEditOneDocumentDoNotOverwriteEachOther) {
  DataHouse house;
  house.insert(R"({"_id":"1","n":1,"m":{"a":1,"b":2}})");
  const auto one = house.things + "/documents/1";
  EXPECT_EQ(house.text("PUT", one, R"({"document":{"n":2},"expect":{"m":{"b":2.0,"a":1},"n":1,"_id":"1"}})"), R"(200 {"n":2,"_id":"1"})");
  for (const auto* method : {"PUT", "PATCH"}) {
    const auto* field = std::string_view(method) == "PUT" ? "document" : "change";
    const auto late = house.call(method, one, R"({")" + std::string(field) + R"(":{"n":3},"expect":{"_id":"1","n":1,"m":{"a":1,"b":2}}})");
    EXPECT_EQ(late->answer_.status, 409);
    EXPECT_EQ(json::parse(late->text_)["current"], json({{"_id", "1"}, {"n", 2}}));
  }
  EXPECT_EQ(house.text("GET", one), R"(200 {"n":2,"_id":"1"})");
  EXPECT_EQ(house.text("PATCH", one, R"({"change":{"n":3},"expect":{"n":2,"_id":"1"}})"), R"(200 {"n":3,"_id":"1"})");
  EXPECT_EQ(house.call("PUT", house.things + "/documents/2", R"({"document":{},"expect":{}})")->answer_.status, 404) << "gone is not changed";
}

TEST(ControlData, APurgeTellsHowFarItIsAndSparesWhatNoLongerMatches) {
  DataHouse house;
  std::string body;
  for (int i = 0; i < 1'000; ++i) body += "{\"_id\":\"" + std::to_string(i) + "\",\"old\":" + (i < 900 ? "true" : "false") + "}\n";
  house.call("POST", house.things + "/import", body);
  FakeExchange exchange("POST", house.things + "/purge", R"({"filter":{"old":true}})");
  house.authorise(exchange, house.owner);
  FakeExchange kept("PATCH", house.things + "/documents/899", R"({"change":{"$set":{"old":false}}})");
  house.authorise(kept, house.owner);
  exchange.onSent_ = [&house, &kept](FakeExchange& self) {  // somebody keeps one of the last while the first are on their way out
    self.onSent_ = nullptr;
    house.start(kept);
  };
  house.run(house.start(exchange));
  EXPECT_THAT(exchange.text_, StartsWith("{\"done\":"));
  EXPECT_THAT(exchange.text_, HasSubstr("\"total\":900}"));
  EXPECT_THAT(exchange.text_, testing::EndsWith("{\"count\":899}\n"));
  EXPECT_EQ(house.text("POST", house.things + "/count", "{}"), R"(200 {"count":101})");
  EXPECT_EQ(house.text("POST", house.things + "/purge", R"({"filter":{"old":true}})"), "200 {\"count\":0}\n");
}

// CP-07
TEST(ControlData, ImportReplacesKnownIdsAndNamesTheBadLine) {
  DataHouse house;
  house.insert(R"({"_id":"a","old":true})");
  EXPECT_EQ(house.text("POST", house.things + "/import", "{\"_id\":\"a\",\"new\":1}\r\n\n{\"_id\":\"b\"}"), R"(200 {"count":2})");
  EXPECT_EQ(house.text("GET", house.things + "/documents/a"), R"(200 {"_id":"a","new":1})");

  std::string body;
  for (int i = 1; i <= 2'500; ++i) body += i == 1'777 ? "{\"n\":tru}\n" : "{\"n\":" + std::to_string(i) + "}\n";
  const auto refused = house.call("POST", house.things + "/import", body);
  EXPECT_EQ(refused->answer_.status, 400);
  const auto told = json::parse(refused->text_);
  EXPECT_EQ(told["line"], 1'777);
  EXPECT_EQ(told["count"], 1'776) << "what stands before the bad line is stored, and nothing behind it";
  EXPECT_THAT(told["error"].get<std::string>(), StartsWith("Line 1777: "));
  EXPECT_EQ(house.text("POST", house.things + "/count", "{}"), R"(200 {"count":1778})");
  EXPECT_EQ(house.text("POST", house.things + "/count", R"({"filter":{"n":{"$gte":1777}}})"), R"(200 {"count":0})");
  EXPECT_EQ(house.text("POST", house.things + "/import"), R"(200 {"count":0})");
}

// CP-06 CP-08
TEST(ControlData, CollectionsIndexesSchemaCap) {
  DataHouse house;
  EXPECT_EQ(house.text("PUT", house.things, R"({"schema":{"type":"object","required":["name"]},"cap":2})"), R"(200 {"name":"things"})");
  for (const char* name : {"a", "b", "c"}) house.insert(json({{"name", name}}).dump());
  EXPECT_EQ(house.call("POST", house.things + "/documents", R"({"document":{}})")->answer_.status, 400);
  const auto built = house.text("POST", house.things + "/indexes", R"({"fields":["name","age"]})");
  EXPECT_THAT(built, StartsWith("200 {\"processed\":"));
  EXPECT_THAT(built, HasSubstr(",\"finished\":true}\n"));
  house.call("PUT", house.space + "/collections/_system", "{}");

  const auto listed = json::parse(house.call("GET", house.space + "/collections")->text_)["collections"];
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["name"], "things");
  EXPECT_EQ(listed[0]["documents"], 2);
  EXPECT_EQ(listed[0]["cap"], 2);
  EXPECT_EQ(listed[0]["schema"]["required"], json({"name"}));
  EXPECT_EQ(listed[0]["indexes"], json::parse(R"([{"fields":["name","age"],"state":"ready"}])"));
  EXPECT_EQ(json::parse(house.call("GET", house.space + "/collections?system=true")->text_)["collections"].size(), 2U);

  EXPECT_EQ(house.text("DELETE", house.things + "/indexes?fields=name&fields=age"), R"(200 {"ok":true})");
  EXPECT_EQ(house.call("DELETE", house.things + "/indexes?fields=name&fields=age")->answer_.status, 404);
  EXPECT_EQ(house.call("DELETE", house.things + "/indexes")->answer_.status, 400);
  EXPECT_EQ(house.call("DELETE", house.things + "/schema")->answer_.status, 200);
  EXPECT_EQ(house.call("DELETE", house.things + "/cap")->answer_.status, 200);
  house.insert("{}");
  const auto open = json::parse(house.call("GET", house.space + "/collections")->text_)["collections"][0];
  EXPECT_TRUE(open["schema"].is_null());
  EXPECT_TRUE(open["cap"].is_null());
  EXPECT_EQ(open["documents"], 3);
  EXPECT_EQ(house.text("DELETE", house.things), R"(200 {"ok":true})");
  EXPECT_EQ(house.text("DELETE", house.things), R"(404 {"error":"Unknown collection","code":"not_found"})");
}

// CP-05
TEST(ControlData, Keys) {
  DataHouse house;
  const auto at = [&house](const std::string& rest) { return house.space + "/keys" + rest; };
  EXPECT_EQ(house.text("PUT", at("/a%2Fb"), R"({"value":"x","ttl":60000})"), R"(200 {"key":"a/b","value":"x"})");
  EXPECT_EQ(house.text("GET", at("/a%2Fb")), R"(200 {"key":"a/b","value":"x"})");
  EXPECT_EQ(house.text("GET", at("/a%2Fb?keyspace=other")), R"(404 {"error":"Unknown key","code":"not_found"})");
  for (int i = 0; i < 250; ++i) house.call("PUT", at("/k" + std::to_string(1000 + i)), R"({"value":"v","keyspace":"ks"})");
  const auto all = house.call("GET", at("?keyspace=ks&prefix=k"))->text_;
  EXPECT_EQ(std::ranges::count(all, '\n'), 250);
  EXPECT_THAT(all, StartsWith("{\"key\":\"k1000\",\"value\":\"v\"}\n{\"key\":\"k1001\""));
  EXPECT_EQ(house.text("GET", at("?keyspace=ks&reverse=true&limit=1&format=json")), "200 [\n{\"key\":\"k1249\",\"value\":\"v\"}\n]\n");
  const auto expiring = json::parse(house.call("GET", at("?prefix=a"))->text_);
  EXPECT_NEAR(expiring["expiresMs"].get<double>(), static_cast<double>(nowMs() + 60'000), 30'000);
  EXPECT_EQ(std::ranges::count(house.call("GET", at("?keyspace=ks&limit=150"))->text_, '\n'), 150);
  EXPECT_EQ(house.text("DELETE", at("/k1000?keyspace=ks")), R"(200 {"key":"k1000","removed":true,"value":"v"})");
  EXPECT_EQ(house.text("DELETE", at("/k1000?keyspace=ks")), R"(200 {"key":"k1000","removed":false})");
  EXPECT_EQ(house.call("DELETE", at("?keyspace=ks"))->answer_.status, 400) << "all of them only when it is said";
  EXPECT_EQ(house.text("DELETE", at("?keyspace=ks&prefix=k11")), R"(200 {"count":100})");
  EXPECT_EQ(house.call("PUT", at("/" + std::string(house.limits.keyBytesMax + 1, 'k')), R"({"value":""})")->answer_.status, 400);
}

}  // namespace
}  // namespace redd::control
