#include "filter_text.h"

#include <gtest/gtest.h>

namespace redd::coho {
namespace {

std::string json(std::string_view text) {
  const auto made = filterJson(text);
  return made ? *made : "error: " + std::string(made.error().text());
}

// CP-03, spec 80.2
TEST(FilterText, Conditions) {
  EXPECT_EQ(json(""), "{}");
  EXPECT_EQ(json("name=/^a/i age>=18 status=open,closed"),
            R"({"name":{"$regex":"^a","$options":"i"},"age":{"$gte":18},"status":{"$in":["open","closed"]}})");
  EXPECT_EQ(json("a=1&b=true&c=null&d=-1.5&e=x"), R"({"a":1,"b":true,"c":null,"d":-1.5,"e":"x"})");
  EXPECT_EQ(json("a!=1 b=!x c!=1,2 d!=/x/"), R"({"a":{"$ne":1},"b":{"$ne":"x"},"c":{"$nin":[1,2]},"d":{"$not":{"$regex":"x","$options":""}}})");
  EXPECT_EQ(json("a !b"), R"({"a":{"$exists":true},"b":{"$exists":false}})");
  EXPECT_EQ(json("a>1 b<2 c<=3"), R"({"a":{"$gt":1},"b":{"$lt":2},"c":{"$lte":3}})");
  EXPECT_EQ(json("name:startsWith=Al tags:all=x a.b=1"), R"({"name":{"$startsWith":"Al"},"tags":{"$all":["x"]},"a.b":1})");
}

TEST(FilterText, ValuesKeepTheirKind) {
  EXPECT_EQ(json("a=007 b=\"18\" c='two words' d=\"\" e=2024-01-01 f=1e3"),
            R"({"a":"007","b":"18","c":"two words","d":"","e":"2024-01-01","f":1e3})");
  EXPECT_EQ(json(R"(a="x, y & \"z\"")"), R"({"a":"x, y & \"z\""})");
  EXPECT_EQ(json("path=/a/b url=/x"), R"({"path":"/a/b","url":"/x"})");
  EXPECT_EQ(json(R"(p=/a b[/]\/c/gim,x)"), R"({"p":{"$in":[{"$regex":"a b[/]\\/c","$options":"im"},"x"]}})");
}

TEST(FilterText, SeveralConditionsOnAField) {
  EXPECT_EQ(json("age>=18 age<65 x=1"), R"({"age":{"$gte":18,"$lt":65},"x":1})");
  EXPECT_EQ(json("t=/a/ t=/b/"), R"({"t":{"$regex":"a","$options":""},"$and":[{"t":{"$regex":"b","$options":""}}]})");
  EXPECT_EQ(json("t=/a/ t!=b"), R"({"t":{"$regex":"a","$options":"","$ne":"b"}})");
}

TEST(FilterText, JsonPassesThrough) {
  EXPECT_EQ(json(R"( {"a": {"$gte": 1.0}} )"), R"({"a": {"$gte": 1.0}} )");
  EXPECT_TRUE(json("{a:1}").starts_with("error: the filter begins with '{'"));
  EXPECT_TRUE(json(R"({"a":1}, "limit": 1)").starts_with("error:"));
}

TEST(FilterText, RefusalsQuoteTheCondition) {
  EXPECT_EQ(json("x=1 =2"), "error: the condition '=2' names no field. Write it as in age>=18, name=/^a/i or status=open,closed");
  EXPECT_EQ(json("a= b=1"), "error: the condition 'a=' has no value. For an empty text write \"\"");
  EXPECT_EQ(json("a=\"open"), "error: the condition 'a=\"open' has no closing \"");
  EXPECT_TRUE(json("a>1,2").contains("needs one value after '>'"));
  EXPECT_TRUE(json("\x1b[31m=").contains("\\x1b"));
}

}  // namespace
}  // namespace redd::coho
