// Indexes narrow and order what queries read; they never change what queries mean. Held against every store.
#include <algorithm>
#include <random>
#include <ranges>
#include <set>

#include "testing/contract.h"

namespace redd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class IndexContract : public StoreContract {
 protected:
  Result<void> createIndex(const std::string& collection, std::vector<std::string> fields) {
    return await<void>(loop_, [&](auto done) { store_->createIndex(collection, fields, {}, std::move(done)); });
  }
  Result<bool> removeIndex(const std::string& collection, std::vector<std::string> fields) {
    return await<bool>(loop_, [&](auto done) { store_->removeIndex(collection, fields, std::move(done)); });
  }
  std::string explain(const std::string& filter, std::string options = "{}") {
    options.insert(1, options.size() > 2 ? R"("explain":true,)" : R"("explain":true)");
    return find("c", filter, options)->items.front();
  }
  std::vector<std::string> all(const std::string& filter, const std::string& options = "{}") {
    auto page = find("c", filter, options);
    EXPECT_TRUE(page) << filter << options << (page ? "" : page.error().detail);
    std::vector<std::string> items;
    while (page) {
      std::ranges::copy(page->items, std::back_inserter(items));
      if (page->cursor == 0) break;
      page = next(page->cursor);
    }
    return items;
  }
};
class AdviceContract : public IndexContract {
 protected:
  std::vector<IndexAdvice> advice() {
    auto all = await<std::vector<IndexAdvice>>(loop_, [&](auto done) { store_->advice(std::move(done)); });
    EXPECT_TRUE(all) << all.error().detail;
    return all.value_or(std::vector<IndexAdvice>());
  }
  std::vector<std::string> advised() {  // "collection:field,field"
    std::vector<std::string> out;
    for (const auto& one : advice()) {
      std::string text = one.collection + ":";
      for (const auto& field : one.fields) text += (text.ends_with(':') ? "" : ",") + field;
      out.push_back(text);
    }
    return out;
  }
  void fill(const std::string& collection, int documents) {
    std::vector<std::string> texts;
    for (int i = 0; i < documents; ++i) {
      texts.push_back(R"({"_id":")" + std::to_string(10'000 + i) + R"(","n":)" + std::to_string(i) + R"(,"t":"t)" + std::to_string(i % 500) + R"(","a":{"b":)" + std::to_string(i % 7) + "}}");
    }
    ASSERT_TRUE(insert(collection, std::move(texts)));
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, AdviceContract, allStores(), nameOf);

TEST_P(AdviceContract, ASlowShapeIsToldUntilAnIndexServesIt) {
  fill("c", 2'000);
  EXPECT_EQ(all(R"({"t":"t7"})").size(), 4U);
  EXPECT_EQ(all(R"({"t":"t8"})").size(), 4U);
  EXPECT_EQ(all(R"({"t":"none"})").size(), 0U);
  const auto told = advice();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].collection, "c");
  EXPECT_THAT(told[0].fields, ElementsAre("t"));
  EXPECT_EQ(told[0].queries, 3U);
  EXPECT_EQ(told[0].documentsRead, 6'000U);
  EXPECT_EQ(told[0].documentsReturned, 8U);
  EXPECT_GT(told[0].slowestNs, 0);
  EXPECT_NEAR(static_cast<double>(told[0].lastMs), static_cast<double>(nowMs()), 60'000);
  ASSERT_TRUE(createIndex("c", {"t"}));
  EXPECT_THAT(advised(), ElementsAre());
  EXPECT_EQ(all(R"({"t":"t7"})").size(), 4U);
  EXPECT_THAT(advised(), ElementsAre()) << "what the index serves is not slow";
  ASSERT_TRUE(removeIndex("c", {"t"}));
  EXPECT_THAT(advised(), ElementsAre()) << "it is forgotten, not hidden";
}

TEST_P(AdviceContract, EqualFieldsComeFirstThenTheSortOrOneRange) {
  fill("c", 2'000);
  all(R"({"n":{"$gt":1990},"t":"t5"})");
  all(R"({"t":"t5"})", R"({"sort":{"n":-1}})");
  all(R"({"t":{"$in":["t5","t6"]},"a.b":3})");
  all("{}", R"({"sort":{"n":1},"limit":5})");
  all(R"({"n":{"$gt":1990}})", R"({"sort":{"a.b":1}})");
  EXPECT_THAT(advised(), ::testing::UnorderedElementsAre("c:t,n", "c:a.b,t", "c:n"));
  all(R"({"n":{"$gt":1990}})", R"({"sort":{"a.b":1,"t":-1},"limit":1})");  // no index runs both ways
  EXPECT_EQ(advised().size(), 3U);
  ASSERT_TRUE(createIndex("c", {"t", "a.b", "n"}));  // equal fields in any order; gives no order of n behind t alone
  EXPECT_THAT(advised(), ::testing::UnorderedElementsAre("c:t,n", "c:n"));
  ASSERT_TRUE(createIndex("c", {"t", "n"}));
  EXPECT_THAT(advised(), ElementsAre("c:n"));
  ASSERT_TRUE(createIndex("c", {"n"}));
  EXPECT_THAT(advised(), ElementsAre());
}

TEST_P(AdviceContract, FastOnesAndThoseThatNoIndexServesLeaveNothing) {
  fill("c", 2'000);
  fill("few", 900);
  all(R"({"t":"t7"})", R"({"limit":1})");              // ended early
  all(R"({"a.b":3})");                                 // returns a seventh
  all(R"({"$or":[{"n":7},{"t":"none"}]})");            // no field that all matches have
  all(R"({"_id":"none"})");
  all("{}", R"({"sort":{"n":1}})");                    // returns all it reads
  EXPECT_EQ(find("few", R"({"t":"none"})", "{}")->items.size(), 0U);
  EXPECT_EQ(find("nothing", R"({"t":"none"})", "{}")->items.size(), 0U);
  explain(R"({"t":"none"})");
  EXPECT_THAT(advised(), ElementsAre());
}

TEST_P(AdviceContract, CountsAndSingleDocumentsTooWorstFirstAndNoneOfWhatIsGone) {
  fill("c", 2'000);
  fill("d", 1'500);
  const auto count = await<std::uint64_t>(loop_, [&](auto done) { store_->count("c", R"({"n":1999})", std::move(done)); });
  EXPECT_EQ(*count, 1U);
  const auto one = await<std::optional<std::string>>(loop_, [&](auto done) { store_->findOne("d", {.filter = R"({"n":1499})"}, "{}", std::move(done)); });
  ASSERT_TRUE(one && *one);
  EXPECT_THAT(advised(), ElementsAre("c:n", "d:n"));
  EXPECT_TRUE(find("d", R"({"n":1})", "{}"));
  EXPECT_THAT(advised(), ElementsAre("d:n", "c:n"));
  ASSERT_TRUE(await<bool>(loop_, [&](auto done) { store_->dropCollection("d", std::move(done)); }));
  EXPECT_THAT(advised(), ElementsAre("c:n"));
}

TEST_P(AdviceContract, ShapesAreBounded) {
  fill("c", 1'000);
  for (int i = 0; i < 120; ++i) EXPECT_TRUE(find("c", R"({"f)" + std::to_string(i) + R"(":1})", "{}"));
  EXPECT_EQ(advised().size(), 100U);
}

INSTANTIATE_TEST_SUITE_P(Stores, IndexContract, allStores(), nameOf);

TEST_P(IndexContract, ServesEqualityRangeListPrefixAndSort) {
  std::vector<std::string> documents;
  for (int i = 0; i < 300; ++i) {
    documents.push_back(R"({"_id":")" + std::to_string(1'000 + i) + R"(","n":)" + std::to_string(i) + R"(,"t":"t)" + std::to_string(i % 10) +
                        R"(","a":{"b":)" + std::to_string(i % 7) + "}}");
  }
  ASSERT_TRUE(insert("c", documents));
  EXPECT_THAT(explain(R"({"n":5})"), HasSubstr(R"("access":"scan","index":null,"keysRead":0,"documentsRead":300)"));
  ASSERT_TRUE(createIndex("c", {"n"}));
  ASSERT_TRUE(createIndex("c", {"t"}));
  ASSERT_TRUE(createIndex("c", {"a.b", "n"}));
  EXPECT_THAT(explain(R"({"n":5})"), HasSubstr(R"("access":"index","index":["n"],"keysRead":1,"documentsRead":1)"));
  EXPECT_THAT(explain(R"({"n":{"$gte":290}})"), HasSubstr(R"("index":["n"],"keysRead":10,"documentsRead":10)"));
  EXPECT_THAT(explain(R"({"n":{"$in":[1,2,3]}})"), HasSubstr(R"("documentsRead":3)"));
  EXPECT_THAT(explain(R"({"t":{"$regex":"^t3"}})"), HasSubstr(R"("index":["t"],"keysRead":30,"documentsRead":30)"));
  EXPECT_THAT(explain(R"({"t":{"$startsWith":"t3"}})"), HasSubstr(R"("documentsRead":30)"));
  EXPECT_THAT(explain(R"({"a.b":3,"n":{"$lt":10}})"), HasSubstr(R"("index":["a.b","n"],"keysRead":1,"documentsRead":1)"));
  EXPECT_THAT(explain("{}", R"({"sort":{"n":-1},"limit":5})"), HasSubstr(R"("index":["n"],"keysRead":5,"documentsRead":5,"sort":"index","returned":5)"));
  EXPECT_THAT(explain(R"({"a.b":3})", R"({"sort":{"n":1},"limit":2})"), HasSubstr(R"("index":["a.b","n"],"keysRead":2)"));
  EXPECT_THAT(explain("{}", R"({"sort":{"x":1}})"), HasSubstr(R"("sort":"memory")"));
  EXPECT_THAT(explain(R"({"t":{"$ne":"t3"}})"), HasSubstr(R"("access":"scan")"));
  EXPECT_THAT(explain("{}", R"({"useIndex":"n","start":10,"end":12,"reverse":true})"), HasSubstr(R"("keysRead":3,"documentsRead":3,"sort":"index")"));
  EXPECT_THAT(all("{}", R"({"useIndex":"n","start":10,"end":12,"reverse":true,"fields":{"n":1,"_id":0}})"),
              ElementsAre(R"({"n":12})", R"({"n":11})", R"({"n":10})"));
  EXPECT_EQ(*removeIndex("c", {"n"}), true);
  EXPECT_EQ(*removeIndex("c", {"n"}), false);
  EXPECT_THAT(explain(R"({"n":5})"), HasSubstr(R"("access":"scan")"));
}

TEST_P(IndexContract, FollowsEveryWrite) {
  ASSERT_TRUE(createIndex("c", {"k"}));
  ASSERT_TRUE(insert("c", {R"({"_id":"a","k":1})", R"({"_id":"b","k":2})", R"({"_id":"d"})"}));
  ASSERT_TRUE(update("c", {.id = "a"}, R"({"k":5})"));
  EXPECT_THAT(all(R"({"k":1})"), ElementsAre());
  EXPECT_THAT(all(R"({"k":5})"), ElementsAre(R"({"_id":"a","k":5})"));
  ASSERT_TRUE(replace("c", {.id = "b"}, R"({"k":[6,7]})"));
  EXPECT_THAT(all(R"({"k":7})"), ElementsAre(R"({"k":[6,7],"_id":"b"})"));
  EXPECT_THAT(all(R"({"k":null})"), ElementsAre(R"({"_id":"d"})"));
  ASSERT_TRUE(remove("c", {.id = "a"}));
  EXPECT_THAT(all(R"({"k":5})"), ElementsAre());
  ASSERT_TRUE(update("c", {.filter = R"({"k":9})"}, R"({"$inc":{"n":1}})", Many::one, Upsert::yes));
  EXPECT_EQ(all(R"({"k":9})").size(), 1U);
  EXPECT_EQ(*await<std::uint64_t>(loop_, [&](auto done) { store_->put("c", {R"({"_id":"d","k":10})", R"({"_id":"e","k":10})"}, std::move(done)); }), 2U);
  EXPECT_EQ(all(R"({"k":10})").size(), 2U);
  // A failed operation leaves no key behind.
  EXPECT_FALSE(insert("c", {R"({"_id":"f","k":11})", R"({"_id":"d"})"}));
  EXPECT_THAT(explain(R"({"k":11})"), HasSubstr(R"("keysRead":0)"));
}

TEST_P(IndexContract, ArraysAreFoundByTheirElementsAndComeOnce) {
  ASSERT_TRUE(createIndex("c", {"tags"}));
  ASSERT_TRUE(insert("c", {R"({"_id":"1","tags":["x","y"]})", R"({"_id":"2","tags":"x"})", R"({"_id":"3","tags":["y","z"]})"}));
  EXPECT_EQ(all(R"({"tags":{"$in":["x","y"]}})").size(), 3U);
  EXPECT_EQ(all(R"({"tags":{"$gt":"x"}})").size(), 2U);
  EXPECT_EQ(all(R"({"tags":["x","y"]})").size(), 1U);
  EXPECT_EQ(all(R"({"tags":{"$gt":"x","$lt":"y"}})").size(), all(R"({"$and":[{"tags":{"$gt":"x"}},{"tags":{"$lt":"y"}}]})").size());
  EXPECT_THAT(explain("{}", R"({"sort":{"tags":1}})"), HasSubstr(R"("sort":"memory")"));
}

TEST_P(IndexContract, BuildsOverWhatIsThereAndRefusesNonsense) {
  std::vector<std::string> documents;
  for (int i = 0; i < 2'500; ++i) documents.push_back(R"({"k":)" + std::to_string(i % 50) + "}");
  ASSERT_TRUE(insert("c", documents));
  std::uint64_t last = 0;
  ASSERT_TRUE(await<void>(loop_, [&](auto done) {
    store_->createIndex("c", {"k"}, [&last](std::uint64_t n) {
      EXPECT_GE(n, last);
      last = n;
    }, std::move(done));
  }));
  EXPECT_EQ(last, 2'500U);
  EXPECT_THAT(explain(R"({"k":3})"), HasSubstr(R"("documentsRead":50)"));
  EXPECT_TRUE(createIndex("c", {"k"}));
  EXPECT_EQ(createIndex("c", {}).error().code, ErrorCode::invalidArgument);
  EXPECT_EQ(createIndex("c", {"a", "a"}).error().code, ErrorCode::invalidArgument);
  EXPECT_EQ(createIndex("c", {""}).error().code, ErrorCode::invalidArgument);
}

TEST_P(IndexContract, AStreamInIndexOrderMeetsNoDocumentTwice) {
  std::vector<std::string> documents;
  for (int i = 0; i < 350; ++i) documents.push_back(R"({"_id":"d)" + std::to_string(1'000 + i) + R"(","k":)" + std::to_string(i) + "}");
  ASSERT_TRUE(createIndex("c", {"k"}));
  ASSERT_TRUE(insert("c", documents));
  auto page = find("c", "{}", R"({"sort":{"k":1}})");
  ASSERT_TRUE(page);
  std::vector<std::string> seen = page->items;
  ASSERT_TRUE(update("c", {.id = "d1000"}, R"({"k":1000})"));  // seen already, and now ahead
  while (page->cursor != 0) {
    page = next(page->cursor);
    ASSERT_TRUE(page);
    std::ranges::copy(page->items, std::back_inserter(seen));
  }
  EXPECT_EQ(seen.size(), 350U);
  EXPECT_THAT(seen.back(), HasSubstr("d1349"));
}

TEST_P(IndexContract, AnIndexRemovedUnderAStreamEndsItWithAnError) {
  std::vector<std::string> documents(250, R"({"k":1})");
  ASSERT_TRUE(insert("c", documents));
  ASSERT_TRUE(createIndex("c", {"k"}));
  const auto page = find("c", R"({"k":1})");
  ASSERT_NE(page->cursor, 0U);
  ASSERT_TRUE(removeIndex("c", {"k"}));
  const auto more = next(page->cursor);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::cancelled);
}

TEST_P(IndexContract, IdsGiveRangesAndOrderThemselves) {
  std::vector<std::string> documents;
  for (int i = 0; i < 300; ++i) {
    documents.push_back(R"({"_id":"d)" + std::to_string(1'000 + i) + R"(","n":)" + std::to_string(i) + R"(,"t":"t)" + std::to_string(i % 10) + "\"}");
  }
  ASSERT_TRUE(insert("c", documents));
  EXPECT_THAT(explain(R"({"_id":{"$gt":"d1289"}})"), HasSubstr(R"("access":"range","index":null,"keysRead":0,"documentsRead":10)"));
  EXPECT_THAT(explain(R"({"_id":{"$regex":"^d101"}})"), HasSubstr(R"("documentsRead":10)"));
  EXPECT_THAT(explain(R"({"$or":[{"_id":{"$lt":"d1003"}},{"_id":{"$gte":"d1298"}}]})"), HasSubstr(R"("documentsRead":5)"));
  EXPECT_THAT(explain(R"({"_id":{"$gt":5}})"), HasSubstr(R"("documentsRead":0)"));
  EXPECT_THAT(explain("{}", R"({"sort":{"_id":-1},"limit":3})"), HasSubstr(R"("access":"scan","index":null,"keysRead":0,"documentsRead":3,"sort":"_id","returned":3)"));
  EXPECT_THAT(explain(R"({"_id":{"$lt":"d1100"}})", R"({"sort":{"_id":-1},"limit":3})"), HasSubstr(R"("access":"range","index":null,"keysRead":0,"documentsRead":3)"));
  ASSERT_TRUE(createIndex("c", {"t"}));
  ASSERT_TRUE(createIndex("c", {"n"}));
  EXPECT_THAT(explain(R"({"t":"t3"})", R"({"sort":{"_id":-1},"limit":3})"), HasSubstr(R"("index":["t"],"keysRead":3,"documentsRead":3,"sort":"_id")"));
  EXPECT_THAT(all(R"({"t":"t3","_id":{"$lt":"d1200"}})", R"({"sort":{"_id":-1},"limit":2,"fields":{"n":1,"_id":0}})"), ElementsAre(R"({"n":193})", R"({"n":183})"));
  EXPECT_THAT(explain(R"({"t":"t3","_id":{"$lt":"d1200"}})", R"({"sort":{"_id":-1},"limit":2})"), HasSubstr(R"("documentsRead":2)"));
  EXPECT_THAT(explain("{}", R"({"sort":{"n":-1,"_id":1},"limit":2})"), HasSubstr(R"("documentsRead":2,"sort":"index")"));
  EXPECT_THAT(explain("{}", R"({"sort":{"n":-1,"_id":-1},"limit":2})"), HasSubstr(R"("sort":"memory")"));
  EXPECT_THAT(explain("{}", R"({"sort":{"n":1},"offset":250,"limit":2})"), HasSubstr(R"("documentsRead":2,"sort":"index","returned":2)"));
  EXPECT_THAT(all("{}", R"({"sort":{"n":-1},"offset":298,"fields":{"n":1,"_id":0}})"), ElementsAre(R"({"n":1})", R"({"n":0})"));
  EXPECT_THAT(all("{}", R"({"sort":{"n":1},"offset":300})"), ElementsAre());
  EXPECT_THAT(all("{}", R"({"sort":{"n":1},"offset":301})"), ElementsAre());
  // In pages, backward, from the end to the beginning.
  const auto newest = all("{}", R"({"sort":{"_id":-1}})");
  EXPECT_EQ(newest.size(), 300U);
  EXPECT_TRUE(std::ranges::equal(newest, all("{}") | std::views::reverse));
  // Indexes that hold _id themselves, gathered ids, and one on _id alone, which the documents serve better.
  ASSERT_TRUE(removeIndex("c", {"t"}));
  ASSERT_TRUE(removeIndex("c", {"n"}));
  for (const auto& fields : std::vector<std::vector<std::string>>{{"t", "_id"}, {"n", "_id"}, {"_id"}, {"t", "n"}}) ASSERT_TRUE(createIndex("c", fields));
  EXPECT_THAT(explain(R"({"t":"t3"})", R"({"sort":{"_id":-1},"limit":3})"), HasSubstr(R"("index":["t","_id"],"keysRead":3,"documentsRead":3,"sort":"index")"));
  EXPECT_THAT(explain("{}", R"({"sort":{"n":1,"_id":1},"limit":3})"), HasSubstr(R"("index":["n","_id"],"keysRead":3,"documentsRead":3,"sort":"index")"));
  EXPECT_THAT(explain("{}", R"({"sort":{"n":-1,"_id":-1},"limit":3})"), HasSubstr(R"("keysRead":3,"documentsRead":3,"sort":"index")"));
  EXPECT_THAT(explain(R"({"_id":{"$gt":"d1100"}})", R"({"sort":{"_id":1},"limit":3})"), HasSubstr(R"("access":"range","index":null,"keysRead":0,"documentsRead":3,"sort":"_id")"));
  ASSERT_TRUE(removeIndex("c", {"t", "_id"}));
  EXPECT_THAT(explain(R"({"t":"t3","_id":{"$lt":"d1050"}})", R"({"sort":{"_id":-1}})"), HasSubstr(R"("index":["t","n"],"keysRead":30,"documentsRead":5,"sort":"_id")"));
  EXPECT_EQ(update("c", {.filter = R"({"_id":{"$gte":"d1290"}})"}, R"({"late":true})", Many::all)->count, 10U);
}

// What is asked of _id means what it means asked of a field that holds the same.
TEST_P(IndexContract, NeverChangesWhatIdsMean) {
  std::mt19937 random(20'261'130);
  const auto below = [&random](std::size_t n) { return random() % n; };
  const std::vector<std::string> parts = {"a", "b", "ab", "\\u0000", "é", "😀", "\\uffff", "1", ""};
  std::vector<std::string> documents;
  std::set<std::string> ids;
  const auto id = [&] { return "\"" + parts[below(parts.size())] + parts[below(parts.size())] + parts[below(parts.size())] + "\""; };
  while (ids.size() < 250) {
    const auto own = id();
    if (own == "\"\"" || !ids.insert(own).second) continue;
    documents.push_back(R"({"_id":)" + own + R"(,"i":)" + own + R"(,"x":)" + std::to_string(below(3)) + "}");
  }
  ASSERT_TRUE(insert("c", documents));
  const std::vector<std::vector<std::string>> indexes = {{"x"}, {"_id"}, {"x", "_id"}, {"_id", "x"}, {"x", "i"}};
  const auto test = [&]() -> std::string {
    static const std::vector<std::string> one = {"$gt", "$gte", "$lt", "$lte", "$startsWith", "$ne"};
    switch (below(4)) {
      case 0: return R"({"$gte":)" + id() + R"(,"$lt":)" + id() + "}";
      case 1: return R"({"$in":[)" + id() + "," + id() + "]}";
      default: return R"({")" + one[below(one.size())] + R"(":)" + id() + "}";
    }
  };
  const std::vector<std::string> options = {"{}", R"({"sort":{"@":-1}})", R"({"sort":{"@":1},"limit":9})", R"({"sort":{"x":1,"@":1},"offset":3})", R"({"sort":{"@":-1,"x":1},"offset":2,"limit":120})"};
  const auto with = [](std::string text, std::string_view name) {
    for (std::size_t at = 0; (at = text.find('@', at)) != std::string::npos;) text.replace(at, 1, name);
    return text;
  };
  for (int i = 0; i < 600; ++i) {
    std::string filter = R"({"@":)" + test();
    if (below(2) == 0) filter += R"(,"x":)" + std::to_string(below(3));
    filter += "}";
    if (below(4) == 0) filter = R"({"$or":[)" + filter + R"(,{"@":)" + test() + "}]}";
    const auto& how = options[below(options.size())];
    if (i % 20 == 0) {  // other indexes
      for (const auto& fields : indexes) ASSERT_TRUE(removeIndex("c", fields));
      for (const auto& fields : indexes) {
        if (below(2) == 0) ASSERT_TRUE(createIndex("c", fields));
      }
    }
    ASSERT_EQ(all(with(filter, "_id"), with(how, "_id")), all(with(filter, "i"), with(how, "i"))) << filter << " " << how;
  }
}

// The same random queries over two equal collections, one with indexes: the same documents in the same order.
TEST_P(IndexContract, NeverChangesWhatAQueryMeans) {
  std::mt19937 random(20'261'124);
  const auto below = [&random](std::size_t n) { return random() % n; };
  const std::vector<std::string> values = {"null", "1", "2", "3", "2.5", "-1", R"("a")", R"("ab")", R"("b")", "true", R"(["a",1])", R"([[2],3])", R"({"b":2})", "[]"};
  const auto value = [&] { return values[below(values.size())]; };
  std::vector<std::string> documents;
  for (int i = 0; i < 400; ++i) {
    std::string document = R"({"_id":")" + std::to_string(1'000 + i) + R"(","x":)" + value();
    if (below(3) != 0) document += R"(,"y":)" + value();
    if (below(2) != 0) document += R"(,"z":{"b":)" + value() + "}";
    documents.push_back(document + "}");
  }
  ASSERT_TRUE(insert("c", documents));
  ASSERT_TRUE(insert("plain", documents));
  ASSERT_TRUE(createIndex("c", {"x"}));
  ASSERT_TRUE(createIndex("c", {"y", "x"}));
  ASSERT_TRUE(createIndex("c", {"z.b"}));
  const auto test = [&]() -> std::string {
    switch (below(6)) {
      case 0: return R"({"$gt":)" + value() + "}";
      case 1: return R"({"$gte":)" + value() + R"(,"$lt":)" + value() + "}";
      case 2: return R"({"$in":[)" + value() + "," + value() + "]}";
      case 3: return R"({"$ne":)" + value() + "}";
      case 4: return R"({"$regex":"^a"})";
      default: return value();
    }
  };
  const std::vector<std::string> fields = {R"("x")", R"("y")", R"("z.b")"};
  const std::vector<std::string> sorts = {"{}", R"({"sort":{"x":1}})", R"({"sort":{"x":-1},"limit":7})", R"({"sort":{"y":1,"x":1},"offset":3})", R"({"reverse":true})", R"({"limit":5,"offset":2})", R"({"sort":{"z.b":-1}})"};
  for (int i = 0; i < 600; ++i) {
    const auto a = below(3), b = (a + 1 + below(2)) % 3;
    std::string filter = "{" + fields[a] + ":" + test() + "," + fields[b] + ":" + test() + "}";
    if (below(4) == 0) filter = R"({"$or":[)" + filter + ",{" + fields[a] + ":" + test() + "}]}";
    if (below(3) == 0) filter = "{" + fields[a] + ":" + test() + "}";
    const auto& options = sorts[below(sorts.size())];
    const auto expected = find("plain", filter, options), found = find("c", filter, options);
    ASSERT_TRUE(expected) << filter;
    ASSERT_TRUE(found) << filter;
    ASSERT_EQ(found->items, expected->items) << filter << " " << options;
    if (i % 10 == 0) {
      const std::string change = R"({"x":)" + value() + "}";
      ASSERT_EQ(update("c", {.filter = filter}, change, Many::all)->count, update("plain", {.filter = filter}, change, Many::all)->count) << filter;
    }
  }
}

}  // namespace
}  // namespace redd::store
