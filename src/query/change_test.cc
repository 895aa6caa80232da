#include "query/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/value.h"

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
  EXPECT_EQ(changed(R"({"a":[ {"b":1} ]})", R"({"$addToSet":{"a":{"b":1.0}}})"), R"({"a":[ {"b":1} ]})");
  EXPECT_EQ(changed(R"({"a":[1]})", R"({"$addToSet":{"a":2}})"), R"({"a":[1,2]})");
  EXPECT_EQ(changed(R"({"a":1,"b":2})", R"({"$rename":{"a":"c"}})"), R"({"b":2,"c":1})");
}

TEST(Change, OperatorsBeyondTheOriginal) {
  EXPECT_EQ(changed(R"({"a":2,"b":null})", R"({"$mul":{"a":1.5,"b":2,"c":3}})"), R"({"a":3,"b":0,"c":0})");
  EXPECT_EQ(changed(R"({"a":2,"b":"x"})", R"({"$min":{"a":1,"b":"y","c":5}})"), R"({"a":1,"b":"x","c":5})");
  EXPECT_EQ(changed(R"({"a":2,"b":"x","d":2.0})", R"({"$max":{"a":1,"b":"y","c":5,"d":2}})"), R"({"a":2,"b":"y","d":2.0,"c":5})");
  EXPECT_EQ(changed(R"({"a":2})", R"({"$max":{"a":"text"}})"), R"({"a":"text"})");  // in the order of sorts
  EXPECT_EQ(changed(R"({"a":1})", R"({"$setOnInsert":{"a":2,"b":3},"$inc":{"a":1}})"), R"({"a":2})");
  auto change = *Change::parse(R"({"$setOnInsert":{"a":2,"b":3,"_id":"y"},"$inc":{"a":1}})");
  EXPECT_EQ(*change.applyToNew(R"({"_id":"x"})"), R"({"_id":"x","a":3,"b":3})");
}

TEST(Change, ArraysAtTheirEdges) {
  EXPECT_EQ(changed(R"({"a":[[1],1]})", R"({"$pull":{"a":1}})"), R"({"a":[[1]]})");  // equal elements, not those that hold one
  EXPECT_EQ(changed(R"({"a":[{"b":{"c":1}},{"b":2},3]})", R"({"$pull":{"a":{"b.c":{"$gte":1}}}})"), R"({"a":[{"b":2},3]})");
  EXPECT_EQ(changed(R"({"a":["x1","y1"]})", R"({"$pull":{"a":{"$regex":"^x"}}})"), R"({"a":["y1"]})");
  EXPECT_EQ(changed(R"({"a":[ 1 ]})", R"({"$pull":{"a":2}})"), R"({"a":[ 1 ]})");  // what does not change keeps its text
  EXPECT_EQ(changed(R"({"a":5})", R"({"$pull":{"a":5},"$pullAll":{"a":[5]},"$pop":{"a":1}})"), R"({"a":5})");
  EXPECT_EQ(changed("{}", R"({"$pull":{"a":5},"$pop":"a"})"), "{}");
  EXPECT_EQ(changed(R"({"a":[]})", R"({"$pop":{"a":-1}})"), R"({"a":[]})");
  EXPECT_EQ(changed(R"({"a":[1]})", R"({"$addToSet":{"a":{"$each":[1,2,2.0,"2"]}}})"), R"({"a":[1,2,"2"]})");
  EXPECT_EQ(changed(R"({"a":null})", R"({"$addToSet":{"a":1}})"), R"({"a":[1]})");
  EXPECT_EQ(changed(R"({"a":1})", R"({"$set":{"a":[]},"$push":{"a":{"x":1}}})"), R"({"a":[{"x":1}]})");
}

TEST(Change, APatternThatTakesTooLongIsAnError) {
  const std::string document = R"({"a":[")" + std::string(60, 'a') + "b\"]}";
  EXPECT_THAT(changed(document, R"x({"$pull":{"a":{"$regex":"(?=a)(a+)+$"}}})x"), ::testing::HasSubstr("too many steps"));
}

TEST(Change, RenamesAndRemovals) {
  EXPECT_EQ(changed(R"({"a":1,"b":2})", R"({"$rename":{"a":"b"}})"), R"({"b":1})");
  EXPECT_EQ(changed(R"({"a":1,"b":2})", R"({"$rename":{"a":"a"}})"), R"({"a":1,"b":2})");
  EXPECT_EQ(changed(R"({"a":1})", R"({"$rename":{"none":"b"}})"), R"({"a":1})");
  EXPECT_EQ(changed(R"({"a":1,"":2})", R"({"$unset":{"a":1,"":1}})"), "{}");
  EXPECT_EQ(changed(R"({"a":1})", R"({"$unset":{"a":1},"$inc":{"a":2}})"), R"({"a":2})");
}

TEST(Change, TheIdIsNeverChanged) {
  for (const char* change : {R"({"$set":{"_id":"y"}})", R"({"$unset":{"_id":1}})", R"({"$unset":"_id"})", R"({"$rename":{"_id":"a"}})",
                             R"({"$rename":{"b":"_id"}})", R"({"$push":{"_id":1}})", R"({"$inc":{"_id":1}})", R"({"$pop":"_id"})"}) {
    EXPECT_EQ(changed(R"({"_id":"x","b":1})", change), R"({"_id":"x","b":1})") << change;
  }
}

TEST(Change, UntouchedMembersKeepTheirText) {
  EXPECT_EQ(changed(R"({"big":123456789012345678901234567890,"e":1.50e1,"ab":"é"})", R"({"n":1})"),
            R"({"big":123456789012345678901234567890,"e":1.50e1,"ab":"é","n":1})");
  EXPECT_EQ(changed(R"({"ab":1})", R"({"ab":2})"), R"({"ab":2})");
}

TEST(Change, ManyMembersAndManyChanges) {
  std::string document = "{", change = R"({"$inc":{)", expected = "{";
  for (int i = 0; i < 100; ++i) {
    const std::string key = "\"k" + std::to_string(i) + "\":";
    document += key + "1,";
    change += key + "1,";
    if (i >= 50) expected += key + "2,";
  }
  document.back() = change.back() = '}';
  change += R"(,"$set":{"new":0},"$unset":[)";
  for (int i = 0; i < 50; ++i) change += "\"k" + std::to_string(i) + "\",";
  change.back() = ']';
  change += "}";
  // $unset comes before $inc: what was removed is counted anew, at the end.
  expected += R"("new":0)";
  for (int i = 0; i < 50; ++i) expected += ",\"k" + std::to_string(i) + "\":1";
  EXPECT_EQ(changed(document, change), expected + "}");
}

TEST(Change, OrderIsFixedAndPlainFieldsCountAsSet) {
  EXPECT_EQ(changed("{}", R"({"$inc":{"n":1},"n":5})"), R"({"n":6})");
  EXPECT_EQ(changed(R"({"a":1})", R"({"$rename":{"a":"b"},"$set":{"a":2}})"), R"({"b":2})");
}

TEST(Change, Refusals) {
  EXPECT_EQ(changed("{}", R"({"$inc":1})"), "The value of $inc must be an object where each property is a number");
  EXPECT_EQ(changed("{}", R"({"$inc":{"a":"1"}})"), "The value of $inc must be an object where each property is a number");
  for (const char* change : {R"({"$foo":{"a":1}})", "[]", R"({"$set":1})", R"({"$rename":{"a":1}})", R"({"$pullAll":{"a":1}})", "{",
                             R"({"$push":{"a":{"$each":1}}})", R"({"$push":{"a":{"$each":[1],"$position":0}}})", R"({"$pop":{"a":2}})",
                             R"({"$unset":1})", R"({"$pull":{"a":{"$foo":1}}})", R"({"$setOnInsert":1})", R"({"$mul":{"a":"2"}})", R"({"$min":"a"})", R"({"$currentDate":{"a":true}})", R"({"$rename":"a"})"}) {
    EXPECT_THAT(changed("{}", change), ::testing::Not(::testing::StartsWith("{"))) << change;
  }
  EXPECT_EQ(changed("{}", R"({"$foo":{"a":1}})"), "unknown update operator $foo");
  EXPECT_EQ(changed("{}", R"({"$currentDate":{"a":true}})"), "unknown update operator $currentDate");
  EXPECT_EQ(changed("{}", R"({"$set":1})"), "$set needs an object of fields");
  EXPECT_EQ(changed("{}", R"({"$unset":[1]})"), "$unset needs field names");
  EXPECT_EQ(changed("{}", R"({"$addToSet":{"a":{"$each":1}}})"), "$addToSet: $each needs an array, and nothing beside it");
  EXPECT_THAT(changed(R"({"a":"x"})", R"({"$mul":{"a":1}})"), ::testing::HasSubstr("$mul: the field a is not a number"));
  EXPECT_THAT(changed(R"({"a":"x"})", R"({"$inc":{"a":1}})"), ::testing::HasSubstr("not a number"));
  EXPECT_THAT(changed(R"({"a":1e308})", R"({"$inc":{"a":1e308}})"), ::testing::HasSubstr("too large"));
}

TEST(Change, WhatGrowsBeyondTheNumberOfValuesIsRefused) {
  std::string document = R"({"a":[)";  // two values and one for each element
  for (std::size_t i = 3; i < kValuesMax; ++i) document += "1,";
  document += "1]}";
  EXPECT_THAT(changed(document, R"({"$inc":{"n":1}})"), ::testing::HasSubstr("too many values"));
  EXPECT_THAT(changed(document, R"({"$push":{"a":1}})"), ::testing::HasSubstr("too many values"));
  EXPECT_THAT(changed(document, R"({"$pop":"a"})"), ::testing::StartsWith(R"({"a":[1)"));
  EXPECT_FALSE(withId(document, "gen"));
}

TEST(Change, IdsOfNewDocuments) {
  EXPECT_EQ(withId(R"({"a":1})", "gen")->text, R"({"a":1,"_id":"gen"})");
  EXPECT_EQ(withId(R"({ "_id" : "own", "a":1})", "gen")->text, R"({ "_id" : "own", "a":1})");
  EXPECT_EQ(withId(R"({"_id":7,"a":1})", "gen")->text, R"({"_id":"7","a":1})");
  EXPECT_EQ(withId(R"({"_id":7})", "gen")->id, "7");
  EXPECT_EQ(withId(R"({"_id":7.0})", "gen")->id, "7");
  EXPECT_EQ(withId(R"({"_id":true})", "gen")->id, "true");
  EXPECT_EQ(withId(R"({"_id":"\u0061"})", "gen")->id, "a");
  EXPECT_EQ(withId(R"({"_id":null})", "gen")->id, "gen");
  EXPECT_FALSE(withId("[1]", "gen"));
  EXPECT_EQ(*withFixedId(R"({"a":1,"_id":"other"})", "x"), R"({"a":1,"_id":"x"})");
}

}  // namespace
}  // namespace redd::query
