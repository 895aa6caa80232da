#include "query/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redd::query {
namespace {

std::string changed(std::string_view document, std::string_view change) {
  auto parsed = Change::parse(change);
  if (!parsed) return parsed.error().publicText;
  auto result = parsed->apply(document);
  return result ? *result : result.error().publicText;
}

TEST(Change, PatchSetsTopLevelFieldsAndLeavesTheRestAsItWas) {
  EXPECT_EQ(changed(R"({"a": 1.0, "b":[ 1 ],"_id":"x"})", R"({"b":2,"c":{"d": 1}})"), R"({"a":1.0,"b":2,"_id":"x","c":{"d": 1}})");
  EXPECT_EQ(changed(R"({"_id":"x","a":1})", R"({"_id":"y"})"), R"({"_id":"x","a":1})");
  EXPECT_EQ(changed(R"({"a":{"x":1}})", R"({"a":{"y":2}})"), R"({"a":{"y":2}})");
}

TEST(Change, DotsAreLiteral) {
  EXPECT_EQ(changed(R"({"stats":{"total":1}})", R"({"$inc":{"stats.total":1}})"), R"({"stats":{"total":1},"stats.total":1})");
  EXPECT_EQ(changed(R"({"a.b":1,"a":{"b":2}})", R"({"$unset":{"a.b":""}})"), R"({"a":{"b":2}})");
}

TEST(Change, Operators) {
  EXPECT_EQ(changed(R"({"n":1})", R"({"$inc":{"n":0.1,"m":-2}})"), R"({"n":1.1,"m":-2})");
  EXPECT_EQ(changed(R"({"a":1,"b":2,"c":3})", R"({"$unset":["a","b"]})"), R"({"c":3})");
  EXPECT_EQ(changed(R"({"a":1})", R"({"$unset":"a"})"), "{}");
  EXPECT_EQ(changed(R"({"a":[1, 2]})", R"({"$push":{"a":3,"b":1}})"), R"({"a":[1,2,3],"b":[1]})");
  EXPECT_EQ(changed(R"({"a":5})", R"({"$push":{"a":{"$each":[1,2]}}})"), R"({"a":[1,2]})");
  EXPECT_EQ(changed(R"({"a":[1,2,1]})", R"({"$pull":{"a":1,"none":1}})"), R"({"a":[2]})");
  EXPECT_EQ(changed(R"({"a":[{"x":1,"y":1},{"x":2}]})", R"({"$pull":{"a":{"x":1}}})"), R"({"a":[{"x":2}]})");
  EXPECT_EQ(changed(R"({"a":[1,5,9]})", R"({"$pull":{"a":{"$gt":4}}})"), R"({"a":[1]})");
  EXPECT_EQ(changed(R"({"a":[1,2,3,{}]})", R"({"$pullAll":{"a":[1,{}]}})"), R"({"a":[2,3]})");
  EXPECT_EQ(changed(R"({"a":[1,2,3]})", R"({"$pop":{"a":1}})"), R"({"a":[1,2]})");
  EXPECT_EQ(changed(R"({"a":[1,2,3]})", R"({"$pop":{"a":-1}})"), R"({"a":[2,3]})");
  EXPECT_EQ(changed(R"({"a":[1,2]})", R"({"$pop":"a"})"), R"({"a":[1]})");
  EXPECT_EQ(changed(R"({"a":[ {"b":1} ]})", R"({"$addToSet":{"a":{"b":1.0}}})"), R"({"a":[{"b":1}]})");
  EXPECT_EQ(changed(R"({"a":[1]})", R"({"$addToSet":{"a":2}})"), R"({"a":[1,2]})");
  EXPECT_EQ(changed(R"({"a":1,"b":2})", R"({"$rename":{"a":"c"}})"), R"({"b":2,"c":1})");
}

TEST(Change, OrderIsFixedAndPlainFieldsCountAsSet) {
  EXPECT_EQ(changed("{}", R"({"$inc":{"n":1},"n":5})"), R"({"n":6})");
  EXPECT_EQ(changed(R"({"a":1})", R"({"$rename":{"a":"b"},"$set":{"a":2}})"), R"({"b":2})");
}

TEST(Change, Refusals) {
  EXPECT_EQ(changed("{}", R"({"$inc":1})"), "The value of $inc must be an object where each property is a number");
  EXPECT_EQ(changed("{}", R"({"$inc":{"a":"1"}})"), "The value of $inc must be an object where each property is a number");
  for (const char* change : {R"({"$foo":{"a":1}})", "[]", R"({"$set":1})", R"({"$rename":{"a":1}})", R"({"$pullAll":{"a":1}})", "{"}) {
    EXPECT_THAT(changed("{}", change), ::testing::StartsWith("3 INVALID_ARGUMENT: ")) << change;
  }
  EXPECT_THAT(changed(R"({"a":"x"})", R"({"$inc":{"a":1}})"), ::testing::HasSubstr("not a number"));
  EXPECT_THAT(changed(R"({"a":1e308})", R"({"$inc":{"a":1e308}})"), ::testing::HasSubstr("too large"));
}

TEST(Change, IdsOfNewDocuments) {
  EXPECT_EQ(withId(R"({"a":1})", "gen")->text, R"({"a":1,"_id":"gen"})");
  EXPECT_EQ(withId(R"({ "_id" : "own", "a":1})", "gen")->text, R"({ "_id" : "own", "a":1})");
  EXPECT_EQ(withId(R"({"_id":7,"a":1})", "gen")->text, R"({"_id":"7","a":1})");
  EXPECT_EQ(withId(R"({"_id":7})", "gen")->id, "7");
  EXPECT_EQ(withId(R"({"_id":null})", "gen")->id, "gen");
  EXPECT_FALSE(withId("[1]", "gen"));
  EXPECT_EQ(*withFixedId(R"({"a":1,"_id":"other"})", "x"), R"({"a":1,"_id":"x"})");
}

}  // namespace
}  // namespace redd::query
