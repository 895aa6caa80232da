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

}  // namespace
}  // namespace redd::query
