#include "query/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redd::query {
namespace {

struct Case {
  const char* filter;
  const char* document;
  bool matches;
};

void check(std::initializer_list<Case> cases) {
  for (const auto& one : cases) {
    auto filter = Filter::parse(one.filter);
    ASSERT_TRUE(filter) << one.filter << ": " << filter.error().publicText;
    Parser parser;
    auto document = parser.parse(one.document);
    ASSERT_TRUE(document) << one.document;
    EXPECT_EQ(filter->matches(**document), one.matches) << one.filter << " on " << one.document;
  }
}

TEST(Filter, Equality) {
  check({{"{}", "{}", true},
         {R"({"a":1})", R"({"a":1})", true},
         {R"({"a":1})", R"({"a":1.0})", true},
         {R"({"a":1})", R"({"a":"1"})", false},
         {R"({"a":1})", R"({"b":1})", false},
         {R"({"a":1,"b":2})", R"({"b":2,"a":1})", true},
         {R"({"a":1,"b":2})", R"({"a":1})", false},
         {R"({"a":{"x":1,"y":2}})", R"({"a":{"y":2,"x":1}})", true},
         {R"({"a":{}})", R"({"a":{}})", true},
         {R"({"a":"x"})", R"({"a":["y","x"]})", true},
         {R"({"a":["y","x"]})", R"({"a":["y","x"]})", true},
         {R"({"a":["x"]})", R"({"a":["y","x"]})", false},
         {R"({"a":null})", R"({})", true},
         {R"({"a":null})", R"({"a":null})", true},
         {R"({"a":null})", R"({"a":0})", false},
         {R"({"A":1})", R"({"a":1})", false}});
}

TEST(Filter, Paths) {
  check({{R"({"a.b":1})", R"({"a":{"b":1}})", true},
         {R"({"a.b":1})", R"({"a.b":1})", true},
         {R"({"a.b":1})", R"({"a.b":2,"a":{"b":1}})", false},
         {R"({"a.b":1})", R"({"a":[{"b":0},{"b":1}]})", true},
         {R"({"a.b":1})", R"({"a":[{"b":[3,1]}]})", true},
         {R"({"a.1":5})", R"({"a":[4,5]})", true},
         {R"({"a.0":5})", R"({"a":[4,5]})", false},
         {R"({"a.1.b":5})", R"({"a":[{},{"b":5}]})", true},
         {R"({"a.b.c":1})", R"({"a":{"b":7}})", false},
         {R"({"a.b":null})", R"({"a":7})", true},
         {R"({"a.b":null})", R"({"a":{"b":1}})", false}});
}

TEST(Filter, Comparisons) {
  check({{R"({"a":{"$gt":1}})", R"({"a":2})", true},
         {R"({"a":{"$gt":2}})", R"({"a":2})", false},
         {R"({"a":{"$gte":2,"$lt":3}})", R"({"a":2})", true},
         {R"({"a":{"$lte":2}})", R"({"a":"1"})", false},
         {R"({"a":{"$gt":"a"}})", R"({"a":"b"})", true},
         {R"({"a":{"$gt":1}})", R"({})", false},
         {R"({"a":{"$gt":4}})", R"({"a":[1,5]})", true},
         {R"({"a":{"$ne":1}})", R"({"a":2})", true},
         {R"({"a":{"$ne":1}})", R"({})", true},
         {R"({"a":{"$ne":1}})", R"({"a":[1,2]})", false},
         {R"({"a":{"$ne":null}})", R"({})", false},
         {R"({"a":{"$in":[1,"x"]}})", R"({"a":"x"})", true},
         {R"({"a":{"$in":[1,null]}})", R"({})", true},
         {R"({"a":{"$in":[]}})", R"({"a":1})", false},
         {R"({"a":{"$in":[{"$regex":"^p"}]}})", R"({"a":["q","po"]})", true},
         {R"({"a":{"$nin":[1,2]}})", R"({"a":[3,2]})", false},
         {R"({"a":{"$nin":[1,2]}})", R"({})", true},
         {R"({"a":{"$exists":true}})", R"({"a":null})", true},
         {R"({"a":{"$exists":false}})", R"({"a":null})", false},
         {R"({"a.b":{"$exists":false}})", R"({"a":{}})", true}});
}

TEST(Filter, Logic) {
  check({{R"({"$or":[{"a":1},{"b":1}]})", R"({"b":1})", true},
         {R"({"$and":[{"a":1},{"b":1}]})", R"({"b":1})", false},
         {R"({"$nor":[{"a":1},{"b":1}]})", R"({"c":1})", true},
         {R"({"a":1,"$or":[{"b":1},{"b":2}]})", R"({"a":1,"b":2})", true},
         {R"({"a":{"$not":{"$gt":5}}})", R"({"a":5})", true},
         {R"({"a":{"$not":{"$gt":5}}})", R"({})", true},
         {R"({"a":{"$not":5}})", R"({"a":5})", false},
         {R"({"a":{"$not":{"$regex":"^x"}}})", R"({"a":"xy"})", false}});
}

TEST(Filter, Texts) {
  check({{R"({"a":{"$regex":"^PO","$options":"i"}})", R"({"a":"polly"})", true},
         {R"({"a":{"$regex":{"$regex":"john","$options":"i"}}})", R"({"a":"Elton JOHN"})", true},
         {R"({"a":{"$regex":"b$","$options":"m"}})", "{\"a\":\"b\\nc\"}", true},
         {R"({"a":{"$regex":"b$"}})", "{\"a\":\"b\\nc\"}", false},
         {R"({"a":{"$regex":"a.c","$options":"s"}})", "{\"a\":\"a\\nc\"}", true},
         {R"({"a":{"$regex":"(?<year>\\d{4})\\/\\u00e9"}})", "{\"a\":\"2024/\xC3\xA9\"}", true},
         {R"({"a":{"$regex":"1"}})", R"({"a":1})", false},
         {R"({"a":{"$startsWith":"po"}})", R"({"a":"polly"})", true},
         {R"({"a":{"$endssWith":"ly"}})", R"({"a":"polly"})", true},
         {R"({"a":{"$endsWith":"po"}})", R"({"a":"polly"})", false}});
}

TEST(Filter, Arrays) {
  check({{R"({"a":{"$elemMatch":{"b":1,"c":2}}})", R"({"a":[{"b":1},{"c":2}]})", false},
         {R"({"a":{"$elemMatch":{"b":1,"c":2}}})", R"({"a":[{"b":1,"c":2}]})", true},
         {R"({"a":{"$elemMatch":{"$gt":1,"$lt":3}}})", R"({"a":[0,2]})", true},
         {R"({"a":{"$elemMatch":{"$gt":1,"$lt":3}}})", R"({"a":[0,4]})", false},
         {R"({"a":{"$elemMatch":{"$or":[{"b":1},{"b":2}]}}})", R"({"a":[{"b":2}]})", true},
         {R"({"a":{"$elemMatch":{"$or":[{"b":1},{"b":2}]}}})", R"({"a":[{"b":3}]})", false},
         {R"({"a":{"$all":["x","y"]}})", R"({"a":["y","z","x"]})", true},
         {R"({"a":{"$all":["x","y"]}})", R"({"a":["x"]})", false},
         {R"({"a":{"$size":2}})", R"({"a":[1,2]})", true},
         {R"({"a":{"$size":2}})", R"({"a":"ab"})", false},
         {R"({"a":{"$type":"string"}})", R"({"a":"x"})", true},
         {R"({"a":{"$mod":[4,1]}})", R"({"a":5})", true}});
}

TEST(Filter, Dates) {
  check({{R"({"a":{"$gt":{"$date":"2024-01-01T00:00:00Z"}}})", R"({"a":"2024-01-01T00:00:00.001Z"})", true},
         {R"({"a":{"$gt":{"$date":"2024-01-01T00:00:00Z"}}})", R"({"a":1704067200001})", true},
         {R"({"a":{"$lte":{"$date":1704067200000}}})", R"({"a":"2024-01-01T01:00:00+01:00"})", true},
         {R"({"a":{"$date":"2024-01-01"}})", R"({"a":"2024-01-01T00:00:00.000Z"})", true},
         {R"({"a":{"$lt":{"$date":"2024-01-01"}}})", R"({"a":"no date"})", false}});
}

TEST(Filter, RefusesWhatItDoesNotKnow) {
  for (const char* filter : {R"({"$where":"1"})", R"({"a":{"$where":"1"}})", R"({"a":{"$foo":1}})", R"({"$foo":[]})", R"({"$or":1})",
                             R"({"$or":[1]})", R"({"a":{"$in":1}})", R"x({"a":{"$regex":"("}})x", R"x({"a":{"$regex":"(?=x)"}})x",
                             R"({"a":{"$regex":"x","$options":"q"}})", R"({"a":{"$mod":[0,1]}})", R"({"a":{"$gt":1,"b":2}})", "[]", "1", "{",
                             R"({"a":{"$type":"regex"}})", R"({"a":{"$gt":{"$date":"x"}}})"}) {
    auto parsed = Filter::parse(filter);
    ASSERT_FALSE(parsed) << filter;
    EXPECT_THAT(parsed.error().publicText, ::testing::StartsWith("Invalid query: ")) << filter;
  }
}

TEST(Filter, DepthAndSizeHaveLimits) {
  std::string deep = "1";
  for (int i = 0; i < 60; ++i) deep = R"({"a":{"$not":)" + deep + "}}";
  EXPECT_FALSE(Filter::parse(deep));
  std::string many = R"({"$or":[)";
  for (std::size_t i = 0; i <= Filter::kConditionsMax; ++i) many += R"({"a":1},)";
  many.back() = ']';
  EXPECT_FALSE(Filter::parse(many + "}"));
  EXPECT_FALSE(Filter::parse("{\"a\":\"" + std::string(Filter::kTextBytesMax, 'x') + "\"}"));
}

TEST(Filter, WhatPlannersAsk) {
  using ::testing::ElementsAre;
  EXPECT_THAT(*Filter::parse(R"({"_id":"x","a":1})")->ids(), ElementsAre("x"));
  EXPECT_THAT(*Filter::parse(R"({"_id":{"$in":["x","y"]}})")->ids(), ElementsAre("x", "y"));
  EXPECT_FALSE(Filter::parse(R"({"$or":[{"_id":"x"},{"a":1}]})")->ids());
  EXPECT_FALSE(Filter::parse(R"({"_id":{"$in":[{"$regex":"x"}]}})")->ids());
  EXPECT_THAT(Filter::parse(R"({"a":1,"b":{"$gt":1},"$and":[{"c":"x"}],"$or":[{"d":1}]})")->equalities(),
              ElementsAre(std::pair("a", "1"), std::pair("c", "\"x\"")));
}

}  // namespace
}  // namespace redd::query
