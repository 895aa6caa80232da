// What the room does at its bounds: JSON that only looks like a document, depth, cursors that nobody reads.
#include <gtest/gtest.h>

#include "arguments.h"
#include "cursors.h"

namespace redd::host {
namespace {

class BoundsTest : public testing::Test {
 protected:
  // The document as it would reach the store, or the message.
  std::string insert(const std::string& document) {
    bytes_ = R"([1,"doc.insert",)" + document + "]";
    bytes_.reserve(bytes_.size() + simdjson::SIMDJSON_PADDING);
    auto arguments = Arguments::parse(parser_, bytes_, 100);
    if (!arguments) return arguments.error().publicText;
    auto documents = arguments->documents("document");
    return documents ? documents->texts.at(0) : documents.error().publicText;
  }
  static std::string nested(int levels) {
    return std::string("{\"a\":") + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
  }

  simdjson::ondemand::parser parser_;
  std::string bytes_;
};

TEST_F(BoundsTest, WhatIsStoredIsValidJson) {
  for (const char* bad : {R"({"a":nul})", R"({"a":01})", R"({"a" 1})", R"({a:1})", R"({"a":"\ud800"})", R"({"a":"\x"})", R"({"a":[1,]})",
                          "{\"a\":\"\xff\"}"}) {
    EXPECT_NE(insert(bad), bad);
    EXPECT_NE(insert(bad).find("not valid JSON"), std::string::npos) << bad << ": " << insert(bad);
    EXPECT_NE(insert("[" + std::string(bad) + "]").find("not valid JSON"), std::string::npos) << bad;
  }
}

TEST_F(BoundsTest, WhatJavaScriptPrintsIsAccepted) {
  for (const char* good : {R"({"a":123456789012345680000})", R"({"a":-1e-7,"b":1.7976931348623157e+308})", R"({"a":"]},{[\"\\"})", "{}"}) {
    EXPECT_EQ(insert(good), good);
    EXPECT_EQ(insert("[" + std::string(good) + "," + good + "]"), good);
  }
}

TEST_F(BoundsTest, DepthEndsAtItsLimit) {
  EXPECT_EQ(insert(nested(100)), nested(100));
  EXPECT_EQ(insert(nested(101)), "document is nested deeper than 100");
  EXPECT_NE(insert(nested(5'000)), nested(5'000));
  EXPECT_NE(insert(nested(200'000)), nested(200'000));
}

TEST_F(BoundsTest, AnInsertHoldsSoManyDocuments) {
  std::string many = "[{}";
  for (std::size_t i = 1; i < Arguments::kDocumentsMax; ++i) many += ",{}";
  EXPECT_EQ(insert(many + "]"), "{}");
  EXPECT_EQ(insert(many + ",{}]"), "document has more than 10000 elements");
}

TEST(CursorsTest, TheOldestGivesWay) {
  Cursors cursors;
  const std::uint64_t first = cursors.open({1, 0, {}, KeysLeft{}});
  for (std::size_t i = 1; i < Cursors::kPerWorkerMax; ++i) cursors.open({1, 0, {}, KeysLeft{}});
  const std::uint64_t other = cursors.open({2, 0, {}, KeysLeft{}});
  const std::uint64_t last = cursors.open({1, 7, {}, KeysLeft{}});
  EXPECT_FALSE(cursors.take(first, 1));
  EXPECT_FALSE(cursors.take(last, 2));
  EXPECT_TRUE(cursors.take(first + 1, 1));
  EXPECT_TRUE(cursors.take(other, 2));
  cursors.invocationEnded(1, 7);
  EXPECT_FALSE(cursors.take(last, 1));
  cursors.workerEnded(1);
  EXPECT_FALSE(cursors.take(first + 2, 1));
}

}  // namespace
}  // namespace redd::host
