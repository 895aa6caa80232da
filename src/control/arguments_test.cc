#include "arguments.h"

#include <gtest/gtest.h>

namespace redd::control {
namespace {

const std::vector<Argument> kDeclared = {
    {"name", Kind::text, Need::required}, {"on", Kind::flag}, {"tail", Kind::count}, {"audience", Kind::texts}};

std::string refusal(std::string_view body) {
  Arguments arguments;
  const auto read = arguments.addJson(body, kDeclared);
  return read ? "accepted" : std::string(read.error().text());
}

TEST(Arguments, JsonGivesTheDeclaredMembers) {
  Arguments arguments;
  ASSERT_TRUE(arguments.addJson(R"({"name":"é\n","on":true,"tail":7,"audience":["a","b"]})", kDeclared));
  EXPECT_EQ(arguments.text("name"), "é\n");
  EXPECT_EQ(arguments.flag("on"), true);
  EXPECT_EQ(arguments.count("tail"), 7);
  EXPECT_EQ(arguments.texts("audience"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(arguments.takeText("name"), "é\n");
}

TEST(Arguments, AbsentAndNullOptionalsAreAbsent) {
  Arguments arguments;
  ASSERT_TRUE(arguments.addJson(R"({"name":"x","on":null})", kDeclared));
  EXPECT_FALSE(arguments.flag("on"));
  EXPECT_FALSE(arguments.count("tail"));
  EXPECT_TRUE(arguments.texts("audience").empty());
}

TEST(Arguments, EveryRefusalNamesTheField) {
  EXPECT_EQ(refusal(""), "'name' is missing; it must be a string.");
  EXPECT_EQ(refusal(R"({"name":null})"), "'name' must be a string.");
  EXPECT_EQ(refusal(R"({"name":5})"), "'name' must be a string.");
  EXPECT_EQ(refusal(R"({"name":"x","on":"yes"})"), "'on' must be true or false.");
  EXPECT_EQ(refusal(R"({"name":"x","tail":-1})"), "'tail' must be a whole number, 0 or more.");
  EXPECT_EQ(refusal(R"({"name":"x","tail":1.5})"), "'tail' must be a whole number, 0 or more.");
  EXPECT_EQ(refusal(R"({"name":"x","audience":["a",1]})"), "'audience' must be a list of strings.");
  EXPECT_EQ(refusal(R"({"name":"x","nmae":1,"b":2})"), "Unknown field 'nmae', 'b'; allowed: name, on, tail, audience.");
}

TEST(Arguments, JsonStaysTheTextThatCameIn) {
  const std::vector<Argument> declared = {{"filter", Kind::json, Need::required}, {"fields", Kind::texts}};
  Arguments body;
  ASSERT_TRUE(body.addJson(R"({"filter": {"n": 1.0, "big": 12345678901234567890123 } })", declared));
  EXPECT_EQ(body.text("filter"), R"({"n": 1.0, "big": 12345678901234567890123 })");
  Arguments query;
  ASSERT_TRUE(query.addQuery("filter=%7B%22a%22:1%7D&fields=a&fields=b", declared));
  EXPECT_EQ(query.text("filter"), R"({"a":1})");
  EXPECT_EQ(query.texts("fields"), (std::vector<std::string>{"a", "b"}));
  Arguments words;
  ASSERT_TRUE(words.addQuery("filter=-age,name", declared));
  EXPECT_EQ(words.text("filter"), R"("-age,name")");
  EXPECT_FALSE(Arguments().addQuery("fields=a", declared)) << "the filter is required";
}

TEST(Arguments, WhatIsNoObjectIsRefused) {
  EXPECT_EQ(refusal("[]"), "The body must be a JSON object.");
  EXPECT_EQ(refusal("{"), "The body is not valid JSON.");
  EXPECT_EQ(refusal("{\"name\":\"\xff\"}"), "The body is not valid JSON.");
  EXPECT_EQ(refusal(R"({"name":"x"} x)"), "The body is not valid JSON.");
  EXPECT_EQ(refusal(R"({"name":)" + std::string(200'000, '[')), "The body is nested too deeply.");
}

TEST(Arguments, QueryIsDecodedAndChecked) {
  Arguments arguments;
  ASSERT_TRUE(arguments.addQuery("name=a%20b+c&tail=12&", kDeclared));
  EXPECT_EQ(arguments.text("name"), "a b c");
  EXPECT_EQ(arguments.count("tail"), 12);
  for (const char* bad : {"tail=x", "tail=-1", "tail=", "unknown=1", "tail=1&tail=2", "name=%00", "name=%ff", "na%6de=1&name=2"}) {
    Arguments fresh;
    EXPECT_FALSE(fresh.addQuery(bad, kDeclared)) << bad;
  }
}

}  // namespace
}  // namespace redd::control
