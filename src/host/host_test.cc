#include "host/host.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "store/store.h"

namespace redd::host {
namespace {

using Json = nlohmann::json;
using store::KvEntry;
using store::KvValue;

// A store that keeps keys in a map and answers at once; documents are covered by the store's own tests.
class MapStore : public store::Store {
 public:
  std::map<std::string, KvValue> values;
  std::vector<std::uint64_t> closed;

  void kvGet(std::string keyspace, std::string key, Completion<std::optional<KvValue>> done) override {
    const auto found = values.find(keyspace + '|' + key);
    done(found == values.end() ? std::optional<KvValue>() : found->second);
  }
  void kvSet(std::string keyspace, std::string key, std::string value, std::optional<std::int64_t>, Completion<void> done) override {
    values[keyspace + '|' + key] = std::move(value);
    done({});
  }
  void kvIncr(std::string keyspace, std::string key, double by, std::optional<std::int64_t>, Completion<double> done) override {
    auto& value = values.try_emplace(keyspace + '|' + key, 0.0).first->second;
    value = std::get<double>(value) + by;
    done(std::get<double>(value));
  }
  void kvDel(std::string, std::string, Completion<std::optional<KvValue>> done) override { done(notFound("broken on purpose")); }
  void kvScan(store::KvScan scan, Completion<std::vector<KvEntry>> done) override {
    std::vector<KvEntry> entries;
    std::size_t bytes = 0;
    for (const auto& [key, value] : values) {
      const std::string name = key.substr(key.find('|') + 1);
      if (!key.starts_with(scan.keyspace + '|' + scan.prefix) || (scan.after && name <= *scan.after) || entries.size() >= scan.limit) continue;
      if (bytes > (4u << 20)) break;  // as the real ones do
      bytes += std::holds_alternative<std::string>(value) ? std::get<std::string>(value).size() : 0;
      entries.push_back({name, value});
    }
    done(std::move(entries));
  }
  void kvDelPrefix(std::string, std::string, Completion<std::uint64_t> done) override { done(values.size()); }
  void insert(std::string, std::vector<std::string> documents, Completion<std::vector<std::string>> done) override { done(std::move(documents)); }
  void findOne(std::string, store::Selector selector, std::string, Completion<std::optional<std::string>> done) override {
    done(selector.id == "none" ? std::optional<std::string>() : R"({"filter":)" + selector.filter + "}");
  }
  void find(std::string, store::Find, Completion<store::Page> done) override { done(store::Page{{R"({"a":1})", R"({"a":2})"}, 41}); }
  void next(std::uint64_t cursor, Completion<store::Page> done) override { done(store::Page{{std::to_string(cursor)}, 0}); }
  void closeCursor(std::uint64_t cursor) override { closed.push_back(cursor); }
  void update(std::string, store::Selector, std::string change, store::Many, store::Upsert, Completion<store::Change> done) override { done(store::Change{3, change}); }
  void replace(std::string, store::Selector, std::string document, store::Many, store::Upsert, Completion<store::Change> done) override { done(store::Change{1, document}); }
  void remove(std::string, store::Selector selector, store::Many, Completion<std::vector<std::string>> done) override {
    done(selector.id == "none" ? std::vector<std::string>{} : std::vector<std::string>{"a", "b"});
  }
  void count(std::string, std::string, Completion<std::uint64_t> done) override { done(9); }
  void put(std::string, std::vector<std::string> documents, Completion<std::uint64_t> done) override { done(documents.size()); }
  void advice(Completion<std::vector<store::IndexAdvice>> done) override { done(std::vector<store::IndexAdvice>()); }
  void collections(Completion<std::vector<store::CollectionInfo>> done) override { done(std::vector{info("a"), info("b")}); }
  void collection(std::string name, Completion<std::optional<store::CollectionInfo>> done) override {
    done(name == "none" ? std::optional<store::CollectionInfo>() : info(name));
  }
  void createCollection(std::string, store::CollectionOptions options, Completion<void> done) override {
    made = options;
    done({});
  }
  void dropCollection(std::string name, Completion<bool> done) override { done(name != "none"); }
  void setSchema(std::string, std::optional<std::string> schema, Completion<void> done) override {
    made.schema = schema;
    done({});
  }
  void setCap(std::string, std::optional<std::uint64_t> cap, Completion<void> done) override {
    made.cap = cap;
    done({});
  }
  void createIndex(std::string, std::vector<std::string> fields, store::Progress, Completion<void> done) override {
    indexed = fields;
    done({});
  }
  void removeIndex(std::string, std::vector<std::string> fields, Completion<bool> done) override { done(fields == indexed); }
  static store::CollectionInfo info(std::string name) {
    return {std::move(name), 2, 5, {R"({"type":"object"})", 9}, {{{"x", "y"}, store::IndexInfo::State::ready}}};
  }
  store::CollectionOptions made;
  std::vector<std::string> indexed;
  void fileOpen(std::string, std::string path, Completion<std::shared_ptr<store::FileReader>> done) override { done(store::noSuchFile(path)); }
  void fileCreate(Completion<std::shared_ptr<store::FileWriter>>) override {}
  void fileRemove(std::string, std::string path, Completion<store::FileInfo> done) override { done(store::noSuchFile(path)); }
  void fileList(std::string, std::string, Completion<std::vector<store::FileEntry>> done) override { done(std::vector<store::FileEntry>()); }
  void fileKeepScopes(std::vector<std::string>, Completion<std::uint64_t> done) override { done(0); }
  void close(Completion<void> done) override { done({}); }
};

class OneStore : public store::Stores {
 public:
  std::shared_ptr<MapStore> store = std::make_shared<MapStore>();
  bool open = true;
  void get(std::string, Completion<std::shared_ptr<store::Store>> done) override { done(std::shared_ptr<store::Store>(store)); }
  std::shared_ptr<store::Store> opened(std::string_view) override { return open ? store : nullptr; }
  void copy(std::string, std::string, Completion<void> done) override { done({}); }
  void remove(std::string, Completion<void> done) override { done({}); }
  void close(Completion<void> done) override { done({}); }
};

class HostTest : public testing::Test {
 protected:
  HostTest() {
    auto space = std::make_shared<space::Space>();
    space->id = "s1";
    space->name = "dev";
    space_ = space;
  }
  worker::CallReply call(std::string payload, std::uint64_t workerId = 1) {
    payload.reserve(payload.size() + 64);
    worker::CallReply answer{worker::CallReply::Kind::error, "no reply"};
    host_->call({space_, workerId, 5, payload, [&](worker::CallReply reply) { answer = std::move(reply); }});
    return answer;
  }
  Json value(std::string payload) {
    const auto reply = call(std::move(payload));
    EXPECT_EQ(reply.kind, worker::CallReply::Kind::value) << reply.json;
    return Json::parse(reply.json);
  }
  Json error(std::string payload, std::uint64_t workerId = 1) {
    const auto reply = call(std::move(payload), workerId);
    EXPECT_EQ(reply.kind, worker::CallReply::Kind::error) << reply.json;
    return Json::parse(reply.json);
  }

  Limits limits_;
  OneStore stores_;
  std::unique_ptr<Host> host_ = Host::create(stores_, limits_);
  space::SpacePtr space_;
};

TEST_F(HostTest, KeyValue) {
  EXPECT_EQ(value(R"([5,"kv.get","a"])"), nullptr);
  EXPECT_EQ(value(R"([5,"kv.set","a","text \"x\"",null,1000])"), nullptr);
  EXPECT_EQ(value(R"([5,"kv.get","a",null])"), "text \"x\"");
  EXPECT_EQ(value(R"([5,"kv.get","a","other"])"), nullptr);
  EXPECT_EQ(value(R"([5,"kv.incr","n",0.1,"k"])"), 0.1);
  EXPECT_EQ(value(R"([5,"kv.incr","n",0.2,"k"])"), 0.30000000000000004);
  EXPECT_EQ(error(R"([5,"kv.del","a"])")["code"], 5);
  EXPECT_EQ(error(R"([5,"kv.set","a",5])")["message"], "3 INVALID_ARGUMENT: value must be a text");
}

TEST_F(HostTest, AStoreThatIsNotOpenYetIsOpened) {
  stores_.open = false;
  EXPECT_EQ(value(R"([5,"kv.incr","n",1])"), 1);
}

TEST_F(HostTest, ScansGoOnBehindTheLastKey) {
  for (int i = 0; i < 250; ++i) stores_.store->values["|k" + std::to_string(1000 + i)] = std::to_string(i);
  Json page = value(R"([5,"kv.getAll","k"])");
  std::size_t seen = page["items"].size();
  while (page["cursor"] != 0) {
    page = value(R"([5,"cursor.next",)" + page["cursor"].dump() + "]");
    seen += page["items"].size();
  }
  EXPECT_EQ(seen, 250u);
  EXPECT_EQ(value(R"([5,"kv.getAll","k","",{"onlykeys":true}])")["items"][0], Json({{"key", "k1000"}}));
}

// Spec 40.4: a batch is at most 256 KiB, or one item.
TEST_F(HostTest, ScansStopAtABatchOfBytes) {
  for (int i = 0; i < 10; ++i) stores_.store->values["|k" + std::to_string(i)] = std::string(100'000, 'x');
  std::vector<std::size_t> pages;
  Json page = value(R"([5,"kv.getAll","k"])");
  for (;; page = value(R"([5,"cursor.next",)" + page["cursor"].dump() + "]")) {
    pages.push_back(page["items"].size());
    if (page["cursor"] == 0) break;
  }
  EXPECT_EQ(pages, (std::vector<std::size_t>{3, 3, 3, 1}));
}

// The store cuts a page of large values short; only keys are asked for, so the answer itself stays small.
TEST_F(HostTest, AScanOfLargeValuesIsNotEndedByAShortPage) {
  for (int i = 0; i < 60; ++i) stores_.store->values["|k" + std::to_string(1000 + i)] = std::string(100'000, 'x');
  Json page = value(R"([5,"kv.getAll","k","",{"onlykeys":true}])");
  std::size_t seen = page["items"].size();
  while (page["cursor"] != 0) {
    page = value(R"([5,"cursor.next",)" + page["cursor"].dump() + "]");
    seen += page["items"].size();
  }
  EXPECT_EQ(seen, 60u);
}

TEST_F(HostTest, Documents) {
  EXPECT_EQ(value(R"([5,"doc.insert","c",{"a":1}])"), Json({{"a", 1}}));
  EXPECT_EQ(value(R"([5,"doc.insert","c",[{"a":1}]])"), Json::array({{{"a", 1}}}));
  EXPECT_EQ(value(R"([5,"doc.findOne","c",{"a":1}])"), Json({{"filter", {{"a", 1}}}}));
  EXPECT_EQ(value(R"([5,"doc.findOne","c","none"])"), nullptr);
  EXPECT_EQ(value(R"([5,"doc.update","c","x",{"b":2}])"), Json({{"b", 2}}));
  EXPECT_EQ(value(R"([5,"doc.update","c",{},{"b":2},{"many":true}])"), Json({{"count", 3}}));
  EXPECT_EQ(value(R"([5,"doc.remove","c","x"])"), Json({{"_id", "a"}}));
  EXPECT_EQ(value(R"([5,"doc.remove","c","none"])"), nullptr);
  EXPECT_EQ(value(R"([5,"doc.remove","c",{},{"many":true}])"), Json({{"count", 2}}));
  EXPECT_EQ(value(R"([5,"doc.count","c"])"), Json({{"count", 9}}));
  EXPECT_EQ(error(R"([5,"doc.count",""])")["code"], 3);
}

TEST_F(HostTest, Collections) {
  EXPECT_EQ(value(R"([5,"collection.create","c",{"type":"object"},7])"), Json({{"name", "c"}}));
  EXPECT_EQ(stores_.store->made.schema, R"({"type":"object"})");
  EXPECT_EQ(stores_.store->made.cap, 7u);
  EXPECT_EQ(value(R"([5,"collection.get","c"])"), Json::parse(R"({"name":"c","count":2,"schema":{"type":"object"},"cap":9,"indexes":[{"fields":["x","y"],"state":"ready"}]})"));
  EXPECT_EQ(value(R"([5,"collection.get","none"])"), nullptr);
  EXPECT_EQ(value(R"([5,"collection.list"])").size(), 2u);
  EXPECT_EQ(value(R"([5,"collection.drop","none"])"), false);
  EXPECT_EQ(value(R"([5,"schema.set","c",null])"), nullptr);
  EXPECT_EQ(stores_.store->made.schema, std::nullopt);
  EXPECT_EQ(value(R"([5,"schema.get","c"])"), Json({{"type", "object"}}));
  EXPECT_EQ(value(R"([5,"index.create","c",["a.b","c"]])"), nullptr);
  EXPECT_EQ(stores_.store->indexed, (std::vector<std::string>{"a.b", "c"}));
  EXPECT_EQ(value(R"([5,"index.remove","c",["a.b","c"]])"), true);
  EXPECT_EQ(error(R"([5,"index.create","c","a"])")["message"], "3 INVALID_ARGUMENT: fields must be an array of texts");
  EXPECT_EQ(error(R"([5,"collection.cap","c",0])")["code"], 3);
}

TEST_F(HostTest, APageOfTextIsItsCursorAndTheDocumentsAsTheyAre) {
  const auto page = call(R"([5,"doc.findText","c",{}])");
  ASSERT_EQ(page.kind, worker::CallReply::Kind::bytes) << page.json;
  ASSERT_GT(page.json.size(), 8u);
  EXPECT_EQ(page.json.substr(0, 8), std::string("\x01\0\0\0\0\0\0\0", 8));
  const Json items = value(R"([5,"doc.find","c",{}])")["items"];
  EXPECT_EQ(page.json.substr(8), items[0].dump() + ",\n" + items[1].dump());
  const auto rest = call(R"([5,"cursor.nextText",1])");
  EXPECT_EQ(rest.kind, worker::CallReply::Kind::bytes);
  EXPECT_EQ(rest.json.substr(8), "41");
}

TEST_F(HostTest, CursorsBelongToTheirWorkerAndInvocation) {
  Json page = value(R"([5,"doc.find","c",{}])");
  EXPECT_EQ(page["items"].size(), 2u);
  const std::string next = R"([5,"cursor.next",)" + page["cursor"].dump() + "]";
  EXPECT_EQ(error(next, 2)["code"], 5);  // another worker's
  EXPECT_EQ(value(next)["items"][0], 41);
  EXPECT_EQ(error(next)["code"], 5);     // it was taken
  EXPECT_EQ(error(R"([5,"cursor.nextText",)" + page["cursor"].dump() + "]")["code"], 5);

  page = value(R"([5,"doc.find","c",{}])");
  host_->invocationEnded(1, 6);
  EXPECT_TRUE(stores_.store->closed.empty());
  host_->invocationEnded(1, 5);
  EXPECT_EQ(stores_.store->closed, std::vector<std::uint64_t>{41});
}

TEST_F(HostTest, OnlyItsOwnSpace) {
  EXPECT_EQ(value(R"([5,"space.open","dev"])"), nullptr);
  EXPECT_EQ(error(R"([5,"space.open","prod"])")["status"], 403);
}

// RT-02: spec 10.3.
TEST_F(HostTest, AnOperationMayNameAnotherSpaceOfTheProject) {
  auto prod = std::make_shared<space::Space>(*space_);
  prod->name = "prod";
  std::vector<std::string> asked;
  host_ = Host::create(stores_, limits_, [&](const space::Space&, std::string_view name) -> space::SpacePtr {
    asked.emplace_back(name);
    return name == "prod" ? prod : nullptr;
  });
  EXPECT_EQ(value(R"([5,"prod/space.open","prod"])"), nullptr);
  EXPECT_EQ(value(R"([5,"prod/kv.incr","n",1])"), 1);
  EXPECT_EQ(value(R"([5,"dev/kv.get","a/b"])"), nullptr);
  EXPECT_EQ(error(R"([5,"nowhere/kv.get","a"])")["message"], "5 NOT_FOUND: the project has no space nowhere");
  EXPECT_EQ(asked, (std::vector<std::string>{"prod", "prod", "nowhere"}));
}

// What a timeline shows of a call: never a key, a value or a filter.
TEST_F(HostTest, CallsAreNamedByWhatTheyWorkOn) {
  const auto named = [&](std::string payload) {
    const auto trace = std::make_shared<worker::Trace>();
    payload.reserve(payload.size() + 64);
    host_->call({space_, 1, 5, payload, [](const worker::CallReply&) {}, {}, {trace, trace->begin(1)}});
    return std::string(trace->calls()[0].name) + " " + trace->calls()[0].detail;
  };
  EXPECT_EQ(named(R"([5,"doc.find","todos",{"secret":1},{}])"), "db.find todos");
  EXPECT_EQ(named(R"([5,"doc.findText","todos",{},{}])"), "db.find todos");
  EXPECT_EQ(named(R"([5,"doc.insert","to\"dos",{"secret":1}])"), "db.insert to\"dos");
  EXPECT_EQ(named(R"([5,"kv.get","secret"])"), "kv.get ");
  EXPECT_EQ(named(R"([5,"kv.get","secret","visits"])"), "kv.get visits");
  EXPECT_EQ(named(R"([5,"kv.set","secret","secret","visits",1000])"), "kv.set visits");
  EXPECT_EQ(named(R"([5,"kv.incr","secret too",1,"visits"])"), "kv.incr visits");
  EXPECT_EQ(named(R"([5,"kv.getAll","secret","visits",{}])"), "kv.getAll visits");
  EXPECT_EQ(named(R"([5,"file.open","/a/b.txt"])"), "file.open /a/b.txt");
  EXPECT_EQ(named(R"([5,"cursor.next",7])"), "cursor.next ");
  EXPECT_EQ(named(R"([5,"collection.get","todos"])"), "collection.get todos");
  EXPECT_EQ(named(R"([5,"doc.find",{"secret":1}])"), "db.find ") << "no text, no name";
  EXPECT_EQ(named(R"([5,"doc.find",")" + std::string(2'000, 'x') + R"("])"), "db.find ");
  EXPECT_EQ(named(R"([5,"kv.secret","secret"])"), " ");
  EXPECT_EQ(named(R"([5,"dev/doc.find","todos"])"), "db.find dev/todos");
  stores_.open = false;
  EXPECT_EQ(named(R"([5,"kv.get","secret","visits"])"), "kv.get visits") << "also after a wait for the store";
}

TEST_F(HostTest, UnknownOperationsAndHostileFrames) {
  EXPECT_EQ(error(R"([5,"kv.steal","x"])")["message"], "3 INVALID_ARGUMENT: unknown operation kv.steal");
  EXPECT_EQ(error("garbage")["code"], 3);
  EXPECT_EQ(error(R"([5,"cursor.next",-1])")["code"], 3);
  EXPECT_EQ(error(R"([5,"cursor.next",1e300])")["code"], 3);
}

}  // namespace
}  // namespace redd::host
