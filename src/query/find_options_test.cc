#include "query/find_options.h"

#include <gtest/gtest.h>

namespace redd::query {
namespace {

std::string projected(std::string_view fields, std::string_view document) {
  Parser options, documents;
  auto projection = Projection::parse(**options.parse(fields));
  return projection ? projection->apply(**documents.parse(document)) : projection.error().publicText;
}

TEST(FindOptions, Numbers) {
  EXPECT_EQ(FindOptions::parse(R"({"limit":5,"offset":2})")->limit, 5U);
  EXPECT_EQ(FindOptions::parse(R"({"limit":"5"})")->limit, 5U);
  EXPECT_FALSE(FindOptions::parse(R"({"limit":0})")->limit);
  EXPECT_FALSE(FindOptions::parse(R"({"limit":-3})")->limit);
  EXPECT_FALSE(FindOptions::parse(R"({"limit":"x"})")->limit);
  EXPECT_FALSE(FindOptions::parse(R"({"hints":{"$max":-1}})")->limit);
  EXPECT_EQ(FindOptions::parse(R"({"hints":{"$limit":7,"skip":"3"}})")->offset, 3U);
  EXPECT_EQ(FindOptions::parse(R"({"limit":1,"hints":{"$limit":7}})")->limit, 1U);
  EXPECT_FALSE(FindOptions::parse("{"));
}

TEST(FindOptions, SortTextObjectAndHints) {
  const auto before = [](std::string_view options, std::string_view a, std::string_view b) {
    const Sort sort = FindOptions::parse(options)->sort;
    Parser left, right;
    return sort.before(sort.keys(**left.parse(a)), sort.keys(**right.parse(b)));
  };
  EXPECT_TRUE(before(R"({"sort":{"a":1}})", R"({"a":1})", R"({"a":2})"));
  EXPECT_TRUE(before(R"({"sort":"-a"})", R"({"a":2})", R"({"a":1})"));
  EXPECT_TRUE(before(R"({"sort":"a,-b"})", R"({"a":1,"b":2})", R"({"a":1,"b":1})"));
  EXPECT_TRUE(before(R"({"hints":{"sort":{"a.b":1}}})", R"({"a":{"b":1}})", R"({"a":{"b":"x"}})"));
  EXPECT_TRUE(before(R"({"sort":{"a":1}})", R"({})", R"({"a":0})"));
  EXPECT_FALSE(before(R"({"sort":{"a":1}})", R"({"a":1})", R"({"a":1})"));
  EXPECT_FALSE(FindOptions::parse(R"({"sort":{"a":"up"}})"));
}

TEST(FindOptions, IndexScan) {
  const auto options = FindOptions::parse(R"({"useIndex":"age","start":3,"endIndex":9,"reverse":true})");
  EXPECT_EQ(options->bounds, R"({"age":{"$gte":3,"$lte":9}})");
  EXPECT_FALSE(options->sort.empty());
}

TEST(Projection, IncludesOmitsAndNests) {
  EXPECT_EQ(projected(R"({"a":1})", R"({"a":1,"b":2,"_id":"x"})"), R"({"a":1,"_id":"x"})");
  EXPECT_EQ(projected(R"({"a":1,"_id":0})", R"({"a":1,"b":2,"_id":"x"})"), R"({"a":1})");
  EXPECT_EQ(projected(R"({"a":0})", R"({"a":1,"b": 2,"_id":"x"})"), R"({"b":2,"_id":"x"})");
  EXPECT_EQ(projected(R"({"_id":0})", R"({"a":1,"_id":"x"})"), R"({"a":1})");
  EXPECT_EQ(projected(R"({"_id":1})", R"({"a":1,"_id":"x"})"), R"({"_id":"x"})");
  EXPECT_EQ(projected(R"({"a.b":1})", R"({"a":{"b":1,"c":2},"_id":"x"})"), R"({"a":{"b":1},"_id":"x"})");
  EXPECT_EQ(projected(R"({"a.b":0})", R"({"a":[{"b":1,"c":2},3]})"), R"({"a":[{"c":2},3]})");
  EXPECT_EQ(projected(R"({"a":1,"b":0})", R"({"a":1,"b":2,"c":3})"), R"({"a":1})");
}

TEST(Projection, LiteralKeysNamesAndArrays) {
  EXPECT_EQ(projected(R"({"a.b":1})", R"({"a.b":1,"a":{"b":2}})"), R"({"a.b":1})");
  EXPECT_EQ(projected(R"({"a.b":0})", R"({"a.b":1,"a":{"b":2}})"), R"({"a":{"b":2}})");
  EXPECT_EQ(projected(R"({"a.b":1,"a.c":1})", R"({"a":[{"b":1,"c":2,"d":3},5,{}]})"), R"({"a":[{"b":1,"c":2},{}]})");
  EXPECT_EQ(projected(R"({"a.b":1})", R"({"a":5,"_id":"x"})"), R"({"_id":"x"})");
  EXPECT_EQ(projected(R"({"a":1,"a.b":0})", R"({"a":{"b":1,"c":2}})"), R"({"a":{"c":2}})");
  EXPECT_EQ(projected(R"({"a":1,"a.b":1})", R"({"a":{"b":1,"c":2}})"), R"({"a":{"b":1,"c":2}})");
  EXPECT_EQ(projected(R"({"a.b.c":1})", R"({"a":{"b.c":1,"b":{"c":2}}})"), R"({"a":{"b.c":1}})");
  EXPECT_EQ(projected(R"("a, b")", R"({"a":1,"b":2,"c":3,"_id":"x"})"), R"({"a":1,"b":2,"_id":"x"})");
  EXPECT_EQ(projected(R"(["b"])", R"({"a":1,"b":2,"_id":"x"})"), R"({"b":2,"_id":"x"})");
  EXPECT_EQ(projected(R"({"a":true,"b":"1","c":false})", R"({"a":1,"b":2,"c":3,"d":4})"), R"({"a":1,"b":2})");
  EXPECT_EQ(projected("{}", R"({ "a":1})"), R"({"a":1})");
}

TEST(FindOptions, Aliases) {
  for (const char* text : {R"({"fields":{"a":1}})", R"({"projection":{"a":1}})", R"({"hints":{"$fields":{"a":1}}})", R"({"hints":{"fields":{"a":1}}})",
                           R"({"hints":{"projection":{"a":1}}})"}) {
    Parser parser;
    EXPECT_EQ(FindOptions::parse(text)->projection.apply(**parser.parse(R"({"a":1,"b":2})")), R"({"a":1})") << text;
  }
  for (const char* text : {R"({"sort":{"a":"desc"}})", R"({"hints":{"$sort":{"a":-1}}})", R"({"hints":{"sort":"-a"}})", R"({"hints":{"$orderby":{"a":"-1"}}})",
                           R"({"sort":{"a":-1},"hints":{"sort":{"a":1}}})"}) {
    const Sort sort = FindOptions::parse(text)->sort;
    Parser left, right;
    EXPECT_TRUE(sort.before(sort.keys(**left.parse(R"({"a":2})")), sort.keys(**right.parse(R"({"a":1})")))) << text;
  }
  for (const char* text : {R"({"hints":{"$limit":4}})", R"({"hints":{"limit":"4"}})", R"({"hints":{"$max":4}})"}) EXPECT_EQ(FindOptions::parse(text)->limit, 4U) << text;
  for (const char* text : {R"({"hints":{"$offset":4}})", R"({"hints":{"offset":4}})", R"({"hints":{"skip":4}})"}) EXPECT_EQ(FindOptions::parse(text)->offset, 4U) << text;
  for (const char* text : {R"({"hints":{"$onlycount":true}})", R"({"hints":{"$count":1}})", R"({"hints":{"count":"true"}})"}) {
    EXPECT_EQ(FindOptions::parse(text)->answer, FindOptions::Answer::count) << text;
  }
  EXPECT_EQ(FindOptions::parse(R"({"hints":{"$onlyids":true}})")->answer, FindOptions::Answer::ids);
  EXPECT_EQ(FindOptions::parse(R"({"hints":{"$count":"false"}})")->answer, FindOptions::Answer::documents);
  for (const char* text : {"{}", "null", R"({"hints":null,"sort":null,"limit":null})", R"({"hints":"x","unknown":1,"filter":{"a":1}})"}) {
    const auto options = FindOptions::parse(text);
    ASSERT_TRUE(options) << text;
    EXPECT_TRUE(options->sort.empty() && options->projection.all() && !options->limit && options->offset == 0) << text;
  }
}

// Every kind in its place, through arrays and literal keys (spec 40.5).
TEST(FindOptions, SortOrderOfMixedTypes) {
  const Sort sort = FindOptions::parse(R"({"sort":"a.b"})")->sort;
  const char* ascending[] = {"{}",                        R"({"a":{"b":-1}})",   R"({"a":[{},{"b":3}]})",        R"({"a.b":"A","a":{"b":0}})", R"({"a":{"b":"\uffff"}})",
                             R"({"a":{"b":"\ud83d\ude00"}})", R"({"a":{"b":{}}})", R"({"a":{"b":[]}})", R"({"a":{"b":false}})",          R"({"a":{"b":true}})"};
  for (std::size_t i = 0; i < std::size(ascending); ++i) {
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      Parser left, right;
      EXPECT_EQ(sort.before(sort.keys(**left.parse(ascending[i])), sort.keys(**right.parse(ascending[j]))), i < j) << ascending[i] << " " << ascending[j];
    }
  }
}

}  // namespace
}  // namespace redd::query
