#include "query/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

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

TEST(Filter, ElementsThatLackAMemberCountAsNull) {
  check({{R"({"a.b":null})", R"({"a":[{"b":1},{}]})", true},
         {R"({"a.b":null})", R"({"a":[{"b":1}]})", false},
         {R"({"a.b":{"$ne":null}})", R"({"a":[{"b":1},{}]})", false},
         {R"({"a.b":{"$exists":true}})", R"({"a":[{},{"b":1}]})", true},
         {R"({"a.b":{"$exists":false}})", R"({"a":[{},{"b":1}]})", false},
         {R"({"a.b":{"$in":[null]}})", R"({"a":[{"b":1},{}]})", true}});
}

TEST(Filter, ArraysInArraysAreEntered) {
  check({{R"({"a":1})", R"({"a":[[0,[1]]]})", true},
         {R"({"a":[1]})", R"({"a":[[0,[1]]]})", true},
         {R"({"a":{"$gt":1}})", R"({"a":[[0,[2]]]})", true},
         {R"({"a":{"$in":[1]}})", R"({"a":[[[1]]]})", true},
         {R"({"a":{"$in":[[1]]}})", R"({"a":[[[1]]]})", true},
         {R"({"a":{"$ne":1}})", R"({"a":[[[1]]]})", false},
         {R"({"a":{"$size":2}})", R"({"a":[[1,2]]})", true},
         {R"({"a.b":1})", R"({"a":[[{"b":1}]]})", true},
         {R"({"a.b":1})", R"({"a":[0,[{"b":[[1]]}]]})", true},
         {R"({"a":{"$elemMatch":{"b":1}}})", R"({"a":[[{"b":1}]]})", true}});
}

TEST(Filter, WhereAPathLeads) {
  check({{R"({"a.1":5})", R"({"a":[{"1":5}]})", false},  // a number is an index in an array
         {R"({"a.1":5})", R"({"a":{"1":5}})", true},
         {R"({"a.01":5})", R"({"a":[4,5]})", false},
         {R"({"a.01":5})", R"({"a":[{"01":5}]})", true},
         {R"({"a.0.1":5})", R"({"a":[[4,5]]})", true},
         {R"({"a.b":null})", R"({"a":[7,{"b":1}]})", true},  // 7 has no b
         {R"({"a.b":null})", R"({"a":[]})", true},           // nowhere: missing
         {R"({"a.5":null})", R"({"a":[1]})", true},
         {R"({"a.b":null})", R"({"a":[[],{"b":1}]})", false},
         {R"({"a.b":{"$exists":false}})", R"({"a":null})", true}});
}

TEST(Filter, NestedSearchesStayLinear) {
  // Each level could be reached in two ways, were arrays in arrays searched one by one.
  std::string filter = R"({"b":1})", document = "0";
  for (int i = 0; i < 30; ++i) filter = R"({"b":{"$elemMatch":)" + filter + "}}";
  for (int i = 0; i < 30; ++i) document = R"({"b":[[)" + document + "]]}";
  check({{filter.c_str(), document.c_str(), false}});
}

TEST(Filter, NullBooleansAndMixedTypes) {
  check({{R"({"a":{"$gte":null}})", R"({})", false},
         {R"({"a":{"$gte":null}})", R"({"a":null})", false},
         {R"({"a":{"$gt":null}})", R"({})", false},
         {R"({"a":{"$lte":null}})", R"({"a":0})", false},
         {R"({"a":{"$gt":false}})", R"({"a":true})", true},
         {R"({"a":{"$lt":true}})", R"({"a":0})", false},
         {R"({"a":{"$gt":[1]}})", R"({"a":[2]})", false},
         {R"({"a":{"$lt":"\ue000"}})", R"({"a":"\ud83d\ude00"})", false},
         {R"({"a":{"$gt":1}})", R"({"a":123456789012345678901234567890})", true},
         {R"({"a":0})", R"({"a":-0})", true},
         {R"({"a":{"$in":[{"x":1,"y":[2]}]}})", R"({"a":{"y":[2.0],"x":1}})", true},
         {R"({"a":{"$nin":[null]}})", R"({})", false},
         {R"({"a":{"$exists":"false"}})", R"({})", true},
         {R"({"a":{"$exists":1}})", R"({"a":0})", true},
         {R"({"":1})", R"({"":1})", true},
         {R"({"a.":1})", R"({"a":{"":1}})", true},
         {R"({"a..b":1})", R"({"a":{"b":1}})", false}});
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

TEST(Filter, JavaScriptExpressions) {
  const auto matches = [](std::string_view source, std::string_view text) {
    auto filter = Filter::parse(R"({"a":{"$regex":)" + json::quoted(source) + "}}");
    EXPECT_TRUE(filter) << source << ": " << filter.error().publicText;
    const std::string document = R"({"a":)" + json::quoted(text) + "}";
    Parser parser;
    return filter && filter->matches(**parser.parse(document));
  };
  EXPECT_TRUE(matches(R"(^\s$)", "\xC2\xA0"));
  EXPECT_FALSE(matches(R"(\S)", "\xC2\xA0"));
  EXPECT_TRUE(matches(R"([\s,]$)", "a\xE2\x80\xA8"));
  EXPECT_TRUE(matches(R"(^[[]$)", "["));
  EXPECT_TRUE(matches(R"(^[[:alpha:]]$)", ":]"));
  EXPECT_TRUE(matches(R"(^[^]$)", "\n"));
  EXPECT_FALSE(matches("[]", "a"));
  EXPECT_TRUE(matches(R"([(?=])", "="));
  EXPECT_TRUE(matches(R"(\(?=)", "(="));
  EXPECT_TRUE(matches(R"(^\Q\a\e$)", "Qae"));
  EXPECT_TRUE(matches(R"(^\x41\u0042\u{43}\cA\0$)", std::string_view("ABC\1\0", 5)));
  EXPECT_TRUE(matches(R"(^\ud83d\ude00$)", "\xF0\x9F\x98\x80"));
  EXPECT_TRUE(matches(R"([\b])", "\b"));
  EXPECT_TRUE(matches(R"(\bada\b)", "x ada y"));
  EXPECT_TRUE(matches(R"(^\/\-\.\+$)", "/-.+"));
  EXPECT_TRUE(matches(R"(^(?:a|b){2,3}?$)", "ab"));
  EXPECT_TRUE(matches(R"(^\p{Lu}$)", "\xC3\x89"));
  EXPECT_TRUE(matches("", "anything"));
  EXPECT_TRUE(matches("^(a+)+$", std::string(100'000, 'a')));
  EXPECT_FALSE(matches("^(a+)+$", std::string(100'000, 'a') + "b"));
}

TEST(Filter, ExpressionsThatAreRefusedSayWhy) {
  struct Refusal {
    const char* source;
    const char* why;
  };
  for (const auto& [source, why] : {Refusal{R"([\1])", "a number behind a backslash in a class"}, {R"((a)\2)", "reference"}, {"(?<=a+)x", "lookbehind"},
                                    {"(?>x)", "(?"}, {"(*ACCEPT)(?=x)", "(*"}, {"(?i)x", "(?"}, {R"(\ud800)", "surrogate"},
                                    {"(", "missing"}, {"a**", "repetition"}, {"a{5000}", "repetition"}, {"x\\", "backslash"}, {"[b-a]", "range"}}) {
    auto filter = Filter::parse(R"({"a":{"$regex":)" + json::quoted(source) + "}}");
    ASSERT_FALSE(filter) << source;
    EXPECT_THAT(filter.error().publicText, ::testing::StartsWith("Invalid query: ")) << source;
    EXPECT_THAT(filter.error().publicText, ::testing::HasSubstr(why)) << source;
  }
}

TEST(Filter, LookAroundAndBackReferences) {
  check({{R"x({"a":{"$regex":"^(?=.*[A-Z])(?=.*\\d).{4,}$"}})x", R"({"a":"abC1"})", true},
         {R"x({"a":{"$regex":"^(?=.*[A-Z])(?=.*\\d).{4,}$"}})x", R"({"a":"abc1"})", false},
         {R"x({"a":{"$regex":"^(?!.*admin)","$options":"i"}})x", R"({"a":"the ADMIN"})", false},
         {R"x({"a":{"$regex":"(?<=\\$)\\d+"}})x", R"({"a":"$42"})", true},
         {R"x({"a":{"$regex":"(?<!\\$)\\b\\d+"}})x", R"({"a":"$42"})", false},
         {R"x({"a":{"$regex":"^(.)\\1$"}})x", R"({"a":"\u00e9\u00e9"})", true},
         {R"x({"a":{"$regex":"(?<q>['x]).*?\\k<q>"}})x", R"({"a":"a'b'"})", true},
         {R"x({"a":{"$regex":"^(?:(a)|b)\\1$"}})x", R"({"a":"b"})", true},
         {R"x({"a":{"$in":[{"$regex":"^(?!x)."}]}})x", R"({"a":["x","y"]})", true},
         {R"x({"a":{"$regex":"(?=b$)b","$options":"m"}})x", "{\"a\":\"b\\nc\"}", true},
         {R"x({"a":{"$regex":"^(?=\\s)[^][\\s]$"}})x", "{\"a\":\"\\u00a0\\u2028\"}", true}});
}

TEST(Filter, BacktrackingHasABound) {
  const std::string document = R"({"a":")" + std::string(60, 'a') + "b\"}";
  Parser parser;
  const Value& value = **parser.parse(document);
  for (const char* text : {R"x({"a":{"$regex":"(?=a)(a+)+$"}})x", R"x({"a":{"$not":{"$regex":"(?=a)(a+)+$"}}})x"}) {
    const auto filter = *Filter::parse(text);
    EXPECT_FALSE(filter.gaveUp());
    EXPECT_FALSE(filter.matches(value)) << text;
    ASSERT_TRUE(filter.gaveUp());
    EXPECT_THAT(filter.gaveUp()->publicText, ::testing::StartsWith("Invalid query: a regular expression takes too many steps"));
  }
  // The bound is also on all texts together.
  const auto filter = *Filter::parse(R"x({"a":{"$regex":"^(?=(.*){3}c)"}})x");
  int searched = 0;
  while (!filter.gaveUp() && searched < 1'000'000) filter.matches(value), ++searched;
  EXPECT_GT(searched, 1);
  EXPECT_LT(searched, 1'000'000);
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
         {R"({"a.t":{"$all":["x","y"]}})", R"({"a":[{"t":"x"},{"t":"y"}]})", true},
         {R"({"a":{"$all":[{"$elemMatch":{"b":1}},{"$elemMatch":{"b":2}}]}})", R"({"a":[{"b":1},{"b":2}]})", true},
         {R"({"a":{"$all":[{"$regex":"^x"}]}})", R"({"a":["y","xy"]})", true},
         {R"({"a":{"$all":[]}})", R"({"a":[]})", false},
         {R"({"a":{"$all":["x"]}})", R"({"a":"x"})", true},
         {R"({"a":{"$elemMatch":{"b":1}}})", R"({"a":{"b":1}})", false},
         {R"({"a":{"$elemMatch":{"$elemMatch":{"$gt":4}}}})", R"({"a":[[1],[5]]})", true},
         {R"({"a":{"$elemMatch":{"b":1,"$or":[{"c":1},{"c":2}]}}})", R"({"a":[{"b":1,"c":2}]})", true},
         {R"({"a":{"$elemMatch":{}}})", R"({"a":[{}]})", true},
         {R"({"a":{"$not":{"$size":2}}})", R"({"a":[1]})", true},
         {R"({"a":{"$type":2}})", R"({"a":"x"})", true},
         {R"({"a":{"$type":["null","array"]}})", R"({"a":[1]})", true},
         {R"({"a":{"$type":"number"}})", R"({"a":"1"})", false},
         {R"({"a":{"$type":"null"}})", R"({})", false},
         {R"({"a":{"$mod":[4,1]}})", R"({"a":4})", false},
         {R"({"a":{"$mod":[4,0]}})", R"({"a":"4"})", false},
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
         {R"({"a":{"$lt":{"$date":"2024-01-01"}}})", R"({"a":"no date"})", false},
         {R"({"a":{"$in":[{"$date":"2024-01-01"}]}})", R"({"a":1704067200000})", true},
         {R"({"a":{"$nin":[{"$date":"2024-01-01"}]}})", R"({"a":"2024-01-01"})", false},
         {R"({"a":{"$ne":{"$date":"2024-01-01"}}})", R"({"a":"2024-01-01T00:00Z"})", false},
         {R"({"a":{"$date":"2024-02-29T23:59:59.9999-02:30"}})", R"({"a":"2024-03-01T02:29:59.999Z"})", true},
         {R"({"a":{"$lt":{"$date":0}}})", R"({"a":"1969-12-31T23:59:59.999Z"})", true}});
}

TEST(Filter, RefusesWhatItDoesNotKnow) {
  for (const char* filter : {R"({"$where":"1"})", R"({"a":{"$where":"1"}})", R"({"a":{"$foo":1}})", R"({"$foo":[]})", R"({"$or":1})",
                             R"({"$or":[1]})", R"({"a":{"$in":1}})", R"x({"a":{"$regex":"("}})x", R"x({"a":{"$regex":"(?>x)"}})x",
                             R"({"a":{"$regex":"x","$options":"q"}})", R"({"a":{"$mod":[0,1]}})", R"({"a":{"$gt":1,"b":2}})", "[]", "1", "{",
                             R"({"a":{"$type":"regex"}})", R"({"a":{"b":2,"$gt":1}})", R"({"$or":[]})", R"({"$and":[]})", R"({"a":{"$all":1}})",
                             R"({"a":{"$options":"i"}})", R"({"a":{"$date":"2023-02-29"}})", R"({"a":{"$gt":1,"$date":2}})", R"({"a":{"$size":"2"}})",
                             R"({"a":{"$elemMatch":1}})", R"({"a":{"$not":{"$foo":1}}})", R"({"a":{"$in":[{"$regex":"("}]}})", R"({"a":{"$startsWith":1}})",
                             R"({"a":{"$mod":[1]}})", R"({"$not":{"a":1}})", R"({"$gt":1})", "null", "", R"({"a":{"$gt":{"$date":"x"}}})"}) {
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

TEST(Filter, LongListsAreLookedUp) {
  std::string list;
  for (int i = 0; i < 20'000; ++i) list += "\"id" + std::to_string(i) + "\",";
  list.back() = ']';
  const auto filter = *Filter::parse(R"({"a":{"$in":[)" + list + "}}");
  const std::string document = R"({"a":[)" + list + "}";
  Parser parser;
  EXPECT_TRUE(filter.matches(**parser.parse(document)));
  std::string other = document;
  for (auto at = other.find("id"); at != std::string::npos; at = other.find("id", at)) other[at] = 'x';
  EXPECT_FALSE(filter.matches(**parser.parse(other)));  // four hundred million comparisons, were they one by one
}

TEST(Filter, TheErrorOfAnUnknownOperatorNamesIt) {
  EXPECT_EQ(Filter::parse(R"({"a":{"$foo":1}})").error().publicText, "Invalid query: unknown operator $foo");
  EXPECT_EQ(Filter::parse(R"({"$foo":1})").error().publicText, "Invalid query: unknown operator $foo");
  EXPECT_EQ(Filter::parse("{").error().publicText, "Invalid query: not JSON: a key in quotes is missing at byte 1");
}

TEST(Filter, WhatPlannersAsk) {
  using ::testing::ElementsAre;
  EXPECT_THAT(*Filter::parse(R"({"_id":"x","a":1})")->ids(), ElementsAre("x"));
  EXPECT_THAT(*Filter::parse(R"({"_id":{"$in":["x","y"]}})")->ids(), ElementsAre("x", "y"));
  EXPECT_FALSE(Filter::parse(R"({"$or":[{"_id":"x"},{"a":1}]})")->ids());
  EXPECT_FALSE(Filter::parse(R"({"_id":{"$in":[{"$regex":"x"}]}})")->ids());
  EXPECT_THAT(Filter::parse(R"({"a":1,"b":{"$gt":1},"$and":[{"c":"x"}],"$or":[{"d":1}]})")->equalities(),
              ElementsAre(std::pair("a", "1"), std::pair("c", "\"x\"")));
  EXPECT_THAT(Filter::parse(R"({"a.b":1})")->equalities(), ElementsAre(std::pair("a.b", "1")));  // a literal key of the new document
}

}  // namespace
}  // namespace redd::query
