#include "query/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redd::query {
namespace {

std::string again(std::string_view json) {
  Parser parser;
  auto value = parser.parse(json);
  return value ? textOf(**value) : "refused: " + value.error().publicText;
}

TEST(Value, KeepsTheTextThatCameIn) {
  for (const char* json : {R"({"a":1.0,"b":[ 1, 2 ],"c":"\u00e9"})", "123456789012345680000", "[]", R"("x")", "-0", "1e-7"}) {
    EXPECT_EQ(again(json), json);
  }
}

TEST(Value, ReadsWhatJavaScriptPrints) {
  Parser parser;
  EXPECT_EQ((*parser.parse("123456789012345680000"))->number, 123456789012345680000.0);
  EXPECT_EQ((*parser.parse(R"("\ud83d\ude00\n\u00e9")"))->text, "\xF0\x9F\x98\x80\n\xC3\xA9");
  EXPECT_EQ((*parser.parse("1e-400"))->number, 0);
}

TEST(Value, LastOfEqualKeysWinsAtThePlaceOfTheFirst) {
  EXPECT_EQ(again(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
  std::string many = "{";
  for (int i = 0; i < 40; ++i) many += "\"k" + std::to_string(i % 20) + "\":" + std::to_string(i) + ",";
  many.back() = '}';
  Parser parser;
  const Value* value = *parser.parse(many);
  EXPECT_EQ(value->members.size(), 20U);
  EXPECT_EQ(find(*value, "k0")->number, 20);
}

TEST(Value, RefusesWhatIsNotJson) {
  for (const char* json : {"", " ", "{", "[1,]", "{\"a\"}", "{a:1}", "01", "1.", "1e", "+1", "nul", "\"\x01\"", "\"\xff\"", "\"\xed\xa0\x80\"",
                           R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\x")", "[1] 2", "1e400", "'a'", "\"abc", R"("\u12)"}) {
    EXPECT_THAT(again(json), ::testing::StartsWith("refused: not JSON")) << json;
  }
}

TEST(Value, DepthHasALimit) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(again(nested(100)), nested(100));
  EXPECT_THAT(again(nested(101)), ::testing::HasSubstr("deeper than 100"));
  EXPECT_THAT(again(nested(5'000'000)), ::testing::HasSubstr("deeper than 100"));
}

TEST(Value, OrderOfKinds) {
  const char* ascending[] = {"null", "-1", "0", "10", "\"\"", "\"a\"", "\"b\"", "{}", "{\"a\":1}", "[]", "[1]", "[1,0]", "[2]", "false", "true"};
  for (std::size_t i = 0; i < std::size(ascending); ++i) {
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      Parser left, right;
      const int expected = i < j ? -1 : i > j ? 1 : 0;
      EXPECT_EQ(compare(**left.parse(ascending[i]), **right.parse(ascending[j])), expected) << ascending[i] << " " << ascending[j];
    }
  }
}

TEST(Value, EqualityIsDeepAndIgnoresTheOrderOfKeys) {
  const auto same = [](std::string_view a, std::string_view b) {
    Parser left, right;
    return equal(**left.parse(a), **right.parse(b));
  };
  EXPECT_TRUE(same(R"({"a":1,"b":[1,{"c":null}]})", R"({"b":[1.0,{"c":null}],"a":1})"));
  EXPECT_FALSE(same(R"({"a":1})", R"({"a":1,"b":2})"));
  EXPECT_FALSE(same("[1,2]", "[2,1]"));
  EXPECT_FALSE(same("1", "\"1\""));
  std::string big = "{", turned = "{";
  for (int i = 0; i < 50; ++i) {
    big += "\"" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    turned += "\"" + std::to_string(49 - i) + "\":" + std::to_string(49 - i) + ",";
  }
  big.back() = turned.back() = '}';
  EXPECT_TRUE(same(big, turned));
}

TEST(Value, CanonicalTextIsTheSameExactlyForEqualValues) {
  const char* values[] = {"null", "0",     "1",          "\"1\"", "[1]",          "[1,2]",         "[[1],2]",        "[[1,2]]", "{}",
                          "[]",   "false", R"({"a":1})", R"("a")", R"({"a":[1]})", R"({"a":"1"})", R"({"a":1,"b":2})", R"({"a":{"b":2}})"};
  for (const char* a : values) {
    for (const char* b : values) {
      Parser left, right;
      const Value& x = **left.parse(a);
      const Value& y = **right.parse(b);
      EXPECT_EQ(canonical(x) == canonical(y), equal(x, y)) << a << " " << b;
    }
  }
  Parser left, right;
  EXPECT_EQ(canonical(**left.parse(R"({"a":-0,"b":[1e2,"\u0061"]})")), canonical(**right.parse(R"({"b":[100.0,"a"],"a":0})")));
}

TEST(Value, TheNumberOfValuesHasALimit) {
  std::string list = "[";
  for (std::size_t i = 1; i < kValuesMax; ++i) list += "1,";
  list.back() = ']';
  Parser parser;
  EXPECT_TRUE(parser.parse(list));
  list.back() = ',';
  EXPECT_THAT(again(list + "1]"), ::testing::HasSubstr("too many values"));
}

TEST(Value, EveryPlaceOfAWordIsSearchedForWhatEndsAText) {
  for (std::size_t length = 0; length < 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'x');
      for (const char c : {'\x01', '\x1f'}) {
        text[at] = c;
        EXPECT_THAT(again('"' + text + '"'), ::testing::HasSubstr("control character")) << at << " of " << length;
      }
      text.replace(at, 1, "\\\"\xC3\xA9\x7F ");
      EXPECT_EQ(again('"' + text + '"'), '"' + text + '"');
    }
  }
}

}  // namespace
}  // namespace redd::query
