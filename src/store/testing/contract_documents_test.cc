#include "testing/contract.h"

#include <algorithm>
#include <set>

namespace redd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

Selector byId(std::string id) { return {.id = std::move(id)}; }
Selector by(std::string filter) { return {.id = std::nullopt, .filter = std::move(filter)}; }

class DocumentContract : public StoreContract {};
INSTANTIATE_TEST_SUITE_P(Stores, DocumentContract, allStores(), nameOf);

TEST_P(DocumentContract, InsertAddsIdLastAndKeepsTheText) {
  auto stored = insert("c", {R"({"title": "x",  "n":1.0})"});
  ASSERT_TRUE(stored);
  EXPECT_THAT(stored->front(), MatchesRegex(R"(\{"title":"x","n":1\.0,"_id":"[0-9a-f]{24}"\})"));
  stored = insert("c", {R"({ "_id" : "own" , "n": 1.0 })"});
  EXPECT_EQ(stored->front(), R"({ "_id" : "own" , "n": 1.0 })");
  EXPECT_EQ(findOne("c", byId("own")), R"({ "_id" : "own" , "n": 1.0 })");
  EXPECT_EQ(insert("c", {R"({"_id":7})"})->front(), R"({"_id":"7"})");
}

TEST_P(DocumentContract, GeneratedIdsGrow) {
  auto stored = insert("c", {"{}", "{}", "{}"});
  ASSERT_TRUE(stored);
  EXPECT_TRUE(std::ranges::is_sorted(*stored));
  EXPECT_EQ(find("c", "{}")->items, *stored);
}

TEST_P(DocumentContract, DuplicateIdIsRefusedAndArraysAreAllOrNone) {
  ASSERT_TRUE(insert("c", {R"({"_id":"a"})"}));
  auto again = insert("c", {R"({"_id":"new"})", R"({"_id":"a"})"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::alreadyExists);
  EXPECT_EQ(again.error().text(), "6 ALREADY_EXISTS: duplicate _id");
  EXPECT_EQ(*count("c"), 1U);
  EXPECT_TRUE(insert("other", {R"({"_id":"a"})"}));
}

TEST_P(DocumentContract, BadDocumentsAreRefused) {
  for (const char* document : {"[]", "1", "{", R"({"a":"\ud800"})"}) {
    EXPECT_EQ(insert("c", {document}).error().code, ErrorCode::invalidArgument) << document;
  }
  EXPECT_EQ(*count("c"), 0U);
}

TEST_P(DocumentContract, AFailureSparesItsNeighboursInTheSameTurn) {
  int good = 0, bad = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string document = i % 4 == 3 ? R"({"_id":"same"})" : "{}";
    store_->insert("c", {"{}", document}, [&](auto stored) { ++(stored ? good : bad); });
    store_->kvIncr("", "n", 1, std::nullopt, [](auto value) { EXPECT_TRUE(value); });
  }
  EXPECT_EQ(*count("c"), 32U);
  EXPECT_EQ(good, 16);
  EXPECT_EQ(bad, 4);
  EXPECT_EQ(*incr("n", 0), 20);
}

TEST_P(DocumentContract, FindOneByIdAndByFilter) {
  ASSERT_TRUE(insert("c", {R"({"_id":"2","t":"b","n":1})", R"({"_id":"1","t":"a","n":1})"}));
  EXPECT_EQ(findOne("c", byId("2")), R"({"_id":"2","t":"b","n":1})");
  EXPECT_EQ(findOne("c", by(R"({"n":1})")), R"({"_id":"1","t":"a","n":1})");
  EXPECT_EQ(findOne("c", by(R"({"t":"b"})"), R"({"fields":{"t":1,"_id":0}})"), R"({"t":"b"})");
  EXPECT_EQ(findOne("c", by(R"({"_id":"1","t":"b"})")), std::nullopt);
  EXPECT_EQ(findOne("c", byId("3")), std::nullopt);
  EXPECT_EQ(findOne("none", byId("1")), std::nullopt);
  EXPECT_EQ(findOne("c", by("{}"), R"({"sort":{"t":-1}})"), R"({"_id":"2","t":"b","n":1})");
}

TEST_P(DocumentContract, FindOrdersLimitsAndProjects) {
  ASSERT_TRUE(insert("c", {R"({"_id":"a","n":3})", R"({"_id":"b","n":1})", R"({"_id":"c","n":"x"})", R"({"_id":"d"})"}));
  const std::string ids = R"("fields":{"_id":1})";
  const auto idsOf = [&](const std::string& filter, const std::string& options) {
    auto page = find("c", filter, "{" + options + (options.empty() ? "" : ",") + ids + "}");
    EXPECT_TRUE(page);
    EXPECT_EQ(page->cursor, 0U);
    std::string all;
    for (const auto& item : page->items) all += item.substr(8, 1);
    return all;
  };
  EXPECT_EQ(idsOf("{}", ""), "abcd");
  EXPECT_EQ(idsOf("{}", R"("reverse":true)"), "dcba");
  EXPECT_EQ(idsOf("{}", R"("limit":2,"offset":1)"), "bc");
  EXPECT_EQ(idsOf("{}", R"("sort":{"n":1})"), "dbac");
  EXPECT_EQ(idsOf("{}", R"("hints":{"sort":{"n":-1}},"limit":3)"), "cab");
  EXPECT_EQ(idsOf("{}", R"("sort":"n","offset":1,"limit":2)"), "ba");
  EXPECT_EQ(idsOf("{}", R"("useIndex":"n","start":2,"end":5)"), "a");
  EXPECT_EQ(idsOf(R"({"n":{"$exists":true}})", ""), "abc");
  EXPECT_EQ(idsOf(R"({"_id":{"$in":["d","a","zz","a"]}})", R"("reverse":true)"), "da");
  EXPECT_THAT(find("c", R"({"n":1})", R"({"hints":{"$onlycount":true}})")->items, ElementsAre(R"({"count":1})"));
  EXPECT_THAT(find("c", R"({"n":1})", R"({"hints":{"$onlyids":true}})")->items, ElementsAre(R"({"_id":"b"})"));
  EXPECT_THAT(find("none", "{}")->items, IsEmpty());
}

TEST_P(DocumentContract, BadQueriesAreRefused) {
  EXPECT_EQ(find("c", R"({"$where":"1"})").error().code, ErrorCode::invalidArgument);
  EXPECT_THAT(std::string(count("c", R"({"a":{"$x":1}})").error().text()), ::testing::StartsWith("Invalid query: "));
  EXPECT_EQ(find("c", "{}", R"({"sort":1})").error().code, ErrorCode::invalidArgument);
}

TEST_P(DocumentContract, CursorsGoPageByPage) {
  std::vector<std::string> documents;
  for (int i = 0; i < 250; ++i) documents.push_back(R"({"n":)" + std::to_string(i) + "}");
  ASSERT_TRUE(insert("c", documents));
  for (const char* options : {"{}", R"({"sort":{"n":-1}})", R"({"limit":220})"}) {
    auto page = find("c", "{}", options);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->items.size(), 100U);
    std::set<std::string> seen(page->items.begin(), page->items.end());
    const auto first = page->cursor;
    while (page->cursor != 0) {
      page = next(page->cursor);
      ASSERT_TRUE(page);
      seen.insert(page->items.begin(), page->items.end());
    }
    EXPECT_EQ(seen.size(), std::string(options).find("220") == std::string::npos ? 250U : 220U) << options;
    EXPECT_EQ(next(first).error().code, ErrorCode::notFound);
  }
  const auto closed = find("c", "{}")->cursor;
  store_->closeCursor(closed);
  EXPECT_EQ(next(closed).error().code, ErrorCode::notFound);
}

TEST_P(DocumentContract, PagesAreBoundedInBytes) {
  const std::string large = R"({"t":")" + std::string(100'000, 'x') + "\"}";
  ASSERT_TRUE(insert("c", {large, large, large, large}));
  EXPECT_EQ(find("c", "{}")->items.size(), 3U);
}

TEST_P(DocumentContract, UpdateOneAndMany) {
  ASSERT_TRUE(insert("c", {R"({"_id":"1","n":1})", R"({"_id":"2","n":1})", R"({"_id":"3","n":2})"}));
  auto change = update("c", by(R"({"n":1})"), R"({"$inc":{"n":10},"x":true})");
  ASSERT_TRUE(change);
  EXPECT_EQ(change->count, 1U);
  EXPECT_EQ(change->document, R"({"_id":"1","n":11,"x":true})");
  EXPECT_EQ(update("c", by("{}"), R"({"y":0})", Many::all)->count, 3U);
  EXPECT_EQ(findOne("c", byId("3")), R"({"_id":"3","n":2,"y":0})");
  EXPECT_EQ(update("c", byId("none"), R"({"y":0})")->count, 0U);
  EXPECT_EQ(update("c", byId("1"), R"({"$foo":{}})").error().code, ErrorCode::invalidArgument);
  EXPECT_EQ(update("c", byId("1"), R"({"$inc":{"x":1}})").error().code, ErrorCode::invalidArgument);
}

TEST_P(DocumentContract, UpdateIsCompareAndSet) {
  ASSERT_TRUE(insert("c", {R"({"_id":"job","owner":null})"}));
  int won = 0;
  for (int i = 0; i < 10; ++i) {
    store_->update("c", by(R"({"_id":"job","owner":null})"), R"({"owner":)" + std::to_string(i) + "}", Many::one, Upsert::no,
                   [&won](auto change) { won += static_cast<int>(change->count); });
  }
  EXPECT_EQ(findOne("c", byId("job")), R"({"_id":"job","owner":0})");
  EXPECT_EQ(won, 1);
}

TEST_P(DocumentContract, UpdateManyTouchesEachOnce) {
  std::vector<std::string> documents(1'203, R"({"n":0})");
  ASSERT_TRUE(insert("c", documents));
  EXPECT_EQ(update("c", by(R"({"n":{"$gte":0}})"), R"({"$inc":{"n":1}})", Many::all)->count, 1'203U);
  EXPECT_EQ(*count("c", R"({"n":1})"), 1'203U);
}

TEST_P(DocumentContract, Upserts) {
  EXPECT_EQ(update("c", byId("k"), R"({"$inc":{"n":1}})", Many::one, Upsert::yes)->document, R"({"_id":"k","n":1})");
  EXPECT_EQ(update("c", byId("k"), R"({"$inc":{"n":1}})", Many::one, Upsert::yes)->document, R"({"_id":"k","n":2})");
  auto made = update("c", by(R"({"a":1,"b":{"$gt":2}})"), R"({"c":3})", Many::one, Upsert::yes);
  EXPECT_THAT(*made->document, MatchesRegex(R"(\{"a":1,"c":3,"_id":"[0-9a-f]{24}"\})"));
  EXPECT_EQ(update("c", by(R"({"_id":"q"})"), R"({"c":3})", Many::one, Upsert::yes)->document, R"({"_id":"q","c":3})");
  EXPECT_EQ(replace("c", byId("r"), R"({"_id":"no","z":1})", Many::one, Upsert::yes)->document, R"({"_id":"r","z":1})");
  EXPECT_EQ(*count("c"), 4U);
}

TEST_P(DocumentContract, ReplaceKeepsTheId) {
  ASSERT_TRUE(insert("c", {R"({"_id":"1","n":1})", R"({"_id":"2","n":1})"}));
  EXPECT_EQ(replace("c", byId("1"), R"({"m": 2})")->document, R"({"m":2,"_id":"1"})");
  EXPECT_EQ(replace("c", by("{}"), R"({"z":1})", Many::all)->count, 2U);
  EXPECT_EQ(findOne("c", byId("2")), R"({"z":1,"_id":"2"})");
  EXPECT_EQ(replace("c", byId("none"), "{}")->count, 0U);
}

TEST_P(DocumentContract, AChangeMayExpectWhatItChanges) {
  ASSERT_TRUE(insert("c", {R"({"_id":"1","n":1,"list":[1,{"a":2}]})"}));
  const auto expecting = [](const std::string& document) { return Selector{.id = "1", .expect = document}; };
  EXPECT_EQ(replace("c", expecting(R"({"list":[1.0,{"a":2}],"_id":"1","n":1})"), R"({"n":2})")->count, 1U);
  for (const auto& late : {update("c", expecting(R"({"_id":"1","n":1})"), R"({"n":3})"), replace("c", expecting(R"({"_id":"1"})"), "{}")}) {
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::alreadyExists);
    EXPECT_EQ(late.error().members, R"("current":{"n":2,"_id":"1"})");
  }
  EXPECT_EQ(findOne("c", byId("1")), R"({"n":2,"_id":"1"})");
  EXPECT_EQ(update("c", expecting("{"), R"({"n":4})").error().code, ErrorCode::invalidArgument);
  const Selector gone{.id = "2", .expect = R"({"_id":"2"})"};
  EXPECT_EQ(update("c", gone, R"({"n":1})", Many::one, Upsert::yes)->count, 0U) << "a removed document does not come back";
  EXPECT_EQ(replace("c", gone, R"({"n":1})", Many::one, Upsert::yes)->count, 0U);
  EXPECT_EQ(findOne("c", byId("2")), std::nullopt);
}

TEST_P(DocumentContract, Remove) {
  ASSERT_TRUE(insert("c", {R"({"_id":"1","n":1})", R"({"_id":"2","n":1})", R"({"_id":"3"})"}));
  EXPECT_THAT(*remove("c", by(R"({"n":1})")), ElementsAre("1"));
  EXPECT_THAT(*remove("c", byId("1")), IsEmpty());
  EXPECT_THAT(*remove("c", by("{}"), Many::all), ElementsAre("2", "3"));
  EXPECT_EQ(*count("c"), 0U);
}

TEST_P(DocumentContract, CollectionsAreListedWithTheirSizes) {
  ASSERT_TRUE(insert("b", {"{}", "{}"}));
  ASSERT_TRUE(insert("a'; DROP TABLE document", {"{}"}));
  std::vector<std::pair<std::string, std::uint64_t>> all;
  for (const auto& one : *await<std::vector<CollectionInfo>>(loop_, [&](auto done) { store_->collections(std::move(done)); })) {
    all.emplace_back(one.name, one.documents);
  }
  EXPECT_THAT(all, ElementsAre(std::pair("a'; DROP TABLE document", 1U), std::pair("b", 2U)));
}

TEST_P(DocumentContract, AReadSeesTheWritesThatWereCalledBeforeIt) {
  for (int i = 0; i < 50; ++i) {
    const std::string id = std::to_string(i);
    store_->insert("c", {R"({"_id":")" + id + "\"}"}, [](auto) {});
    EXPECT_NE(findOne("c", byId(id)), std::nullopt);
  }
}

}  // namespace
}  // namespace redd::store
