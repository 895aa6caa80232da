// Collections: schemas, caps, documents that expire, dropping. Held against every store.
#include <algorithm>

#include "testing/contract.h"

namespace redd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CollectionContract : public StoreContract {
 protected:
  Result<void> create(const std::string& name, CollectionOptions options = {}) {
    return await<void>(loop_, [&](auto done) { store_->createCollection(name, options, std::move(done)); });
  }
  std::optional<CollectionInfo> info(const std::string& name) {
    return *await<std::optional<CollectionInfo>>(loop_, [&](auto done) { store_->collection(name, std::move(done)); });
  }
  std::vector<std::string> names() {
    std::vector<std::string> out;
    const auto infos = await<std::vector<CollectionInfo>>(loop_, [&](auto done) { store_->collections(std::move(done)); });
    for (const auto& one : *infos) out.push_back(one.name);
    return out;
  }
  bool drop(const std::string& name) {
    return *await<bool>(loop_, [&](auto done) { store_->dropCollection(name, std::move(done)); });
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, CollectionContract, allStores(), nameOf);

constexpr const char* kSchema = R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false})";

TEST_P(CollectionContract, AreMadeOnceListedAndDropped) {
  EXPECT_TRUE(create("b"));
  EXPECT_TRUE(create("b"));
  ASSERT_TRUE(insert("a", {R"({"_id":"1"})"}));
  EXPECT_THAT(names(), ElementsAre("a", "b"));
  EXPECT_EQ(info("a")->documents, 1U);
  EXPECT_GT(info("a")->createdMs, 0);
  EXPECT_FALSE(info("none"));
  EXPECT_TRUE(update("none", {.id = "1"}, "{}"));
  EXPECT_FALSE(info("none"));  // a write that finds nothing makes nothing
  EXPECT_TRUE(drop("a"));
  EXPECT_FALSE(drop("a"));
  EXPECT_THAT(names(), ElementsAre("b"));
  EXPECT_EQ(*count("a"), 0U);
  ASSERT_TRUE(insert("a", {R"({"_id":"2"})"}));
  EXPECT_EQ(*count("a"), 1U);
}

TEST_P(CollectionContract, ASchemaHoldsForEveryWayIn) {
  ASSERT_TRUE(create("c", {.schema = kSchema}));
  EXPECT_EQ(info("c")->options.schema, kSchema);
  ASSERT_TRUE(insert("c", {R"({"_id":"x","n":1})"}));
  const auto refused = insert("c", {R"({"n":"one"})"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalidArgument);
  EXPECT_EQ(refused.error().text(), "Schema validation failed");
  EXPECT_THAT(refused.error().members, HasSubstr(R"("schemaError":[{"instancePath":"/n")"));
  EXPECT_FALSE(update("c", {.id = "x"}, R"({"$set":{"n":1.5}})"));
  EXPECT_FALSE(update("c", {.id = "x"}, R"({"$unset":{"n":""}})"));
  EXPECT_FALSE(update("c", {.id = "y"}, R"({"m":1})", Many::one, Upsert::yes));
  EXPECT_FALSE(replace("c", {.id = "x"}, R"({"n":1,"m":1})"));
  EXPECT_EQ(findOne("c", {.id = "x"}), R"({"_id":"x","n":1})");
  ASSERT_TRUE(await<void>(loop_, [&](auto done) { store_->setSchema("c", std::nullopt, std::move(done)); }));
  EXPECT_TRUE(insert("c", {R"({"n":"one"})"}));
  const auto nonsense = await<void>(loop_, [&](auto done) { store_->setSchema("c", R"({"type":"nothing"})", std::move(done)); });
  EXPECT_EQ(nonsense.error().code, ErrorCode::invalidArgument);
}

TEST_P(CollectionContract, ACapKeepsTheNewest) {
  ASSERT_TRUE(create("c", {.cap = 3}));
  for (const char* id : {"e", "d", "c", "b"}) ASSERT_TRUE(insert("c", {std::string(R"({"_id":")") + id + "\"}"}));
  EXPECT_EQ(find("c", "{}")->items, (std::vector<std::string>{R"({"_id":"b"})", R"({"_id":"c"})", R"({"_id":"d"})"}));
  ASSERT_TRUE(remove("c", {.id = "c"}));
  ASSERT_TRUE(insert("c", {R"({"_id":"f"})"}));
  EXPECT_EQ(*count("c"), 3U);
  ASSERT_TRUE(insert("c", {R"({"_id":"g"})", R"({"_id":"h"})"}));
  EXPECT_EQ(find("c", "{}")->items, (std::vector<std::string>{R"({"_id":"f"})", R"({"_id":"g"})", R"({"_id":"h"})"}));
  ASSERT_TRUE(await<void>(loop_, [&](auto done) { store_->setCap("c", 1, std::move(done)); }));
  EXPECT_EQ(*count("c"), 1U);
  ASSERT_TRUE(await<void>(loop_, [&](auto done) { store_->setCap("c", std::nullopt, std::move(done)); }));
  ASSERT_TRUE(insert("c", {"{}", "{}", "{}"}));
  EXPECT_EQ(*count("c"), 4U);
  EXPECT_EQ(await<void>(loop_, [&](auto done) { store_->setCap("c", 0, std::move(done)); }).error().code, ErrorCode::invalidArgument);
}

TEST_P(CollectionContract, ADocumentWithTtlGoesByItself) {
  // Replacing takes the moment away. On a machine that stood still for two seconds it has come before: then once more.
  for (bool replaced = false; !replaced;) {
    ASSERT_TRUE(insert("c", {R"({"_id":"kept","_ttl":2000})"}));
    const auto change = replace("c", {.id = "kept"}, R"({"a":1})");
    ASSERT_TRUE(change);
    replaced = change->count == 1;
  }
  ASSERT_TRUE(insert("c", {R"({"_id":"soon","_ttl":2500})", R"({"_id":"later","_ttl":3600000})", R"({"_id":"never"})"}));
  while (*count("c") > 3) loop_.restart(), loop_.poll();  // "soon" went, so the moment that "kept" had is past too
  EXPECT_FALSE(findOne("c", {.id = "soon"}));
  EXPECT_TRUE(findOne("c", {.id = "kept"}));
}

TEST_P(CollectionContract, OldRowsOfADroppedCollectionNeverComeBack) {
  std::vector<std::string> documents(2'500, R"({"k":1})");
  ASSERT_TRUE(insert("c", documents));
  ASSERT_TRUE(await<void>(loop_, [&](auto done) { store_->createIndex("c", {"k"}, {}, std::move(done)); }));
  EXPECT_TRUE(drop("c"));
  ASSERT_TRUE(insert("c", {R"({"_id":"1","k":1})"}));
  ASSERT_TRUE(await<void>(loop_, [&](auto done) { store_->createIndex("c", {"k"}, {}, std::move(done)); }));
  EXPECT_EQ(find("c", R"({"k":1})")->items.size(), 1U);
  EXPECT_EQ(*count("c"), 1U);
}

}  // namespace
}  // namespace redd::store
