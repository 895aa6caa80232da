#include "http/url.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace redd::http {
namespace {

TEST(NormalisePath, OneSpellingForEachPath) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"/", "/"},
      {"/dev/hello", "/dev/hello"},
      {"/dev/%68ell%6F", "/dev/hello"},
      {"/dev/pub/../hello", "/dev/hello"},
      {"/dev/pub/%2e%2E/hello", "/dev/hello"},
      {"/dev/pub/.%2e/hello", "/dev/hello"},
      {"/dev/./hello/.", "/dev/hello/"},
      {"/dev/hello/..", "/dev/"},
      {"/../../dev", "/dev"},
      {"/..", "/"},
      {"/.", "/"},
      {"//dev//hello", "//dev//hello"},
      {"/a//../b", "/a/b"},
      {"/dev/...", "/dev/..."},
      {"/dev/..;/x", "/dev/..;/x"},
      {"/dev/.well-known", "/dev/.well-known"},
      {"/dev/pub/..%2fhello", "/dev/pub/..%2Fhello"},
      {"/dev/pub/..%5chello", "/dev/pub/..%5Chello"},
      {"/dev/pub/%252e%252e/hello", "/dev/pub/%252e%252e/hello"},
      {"/%7Euser%20x", "/~user%20x"},
      {"/a:b@c!$&'()*+,;=", "/a:b@c!$&'()*+,;="},
  };
  for (const auto& [raw, expected] : cases) {
    const auto path = normalisePath(raw);
    ASSERT_TRUE(path) << raw;
    EXPECT_EQ(*path, expected) << raw;
    EXPECT_EQ(*normalisePath(*path), expected) << "normalising twice changes nothing";
  }
}

TEST(NormalisePath, RefusesWhatNoPathHolds) {
  for (const std::string_view raw : {"", "a", "*", "/%", "/%4", "/%zz", "/%u002e", "/a%00", "/a\\b", "/a b", "/h\xc3\xa9llo", "/a#b",
                                     "/a?b", "/a<b", "/\x01"}) {
    const auto path = normalisePath(raw);
    ASSERT_FALSE(path) << raw;
    EXPECT_EQ(httpStatus(path.error().code), 400) << raw;
  }
}

// SEC-16: whatever the spelling, the value that decides about access is the value that is routed, so it must be stable and hold no
// dot segment. A spelling whose one value is /dev/hello meets the check of /dev/hello, not that of /dev/pub/*.
TEST(NormalisePath, PathVectorsLeaveNothingToInterpret) {
  std::ifstream file(REDD_SOURCE_DIR "/tests/vectors/paths.json");
  ASSERT_TRUE(file) << "tests/vectors/paths.json is missing";
  const auto vectors = nlohmann::json::parse(file);
  int seen = 0;
  for (const auto& entry : vectors.at("request_paths")) {
    const auto text = entry.at("path").get<std::string>();
    const auto path = normalisePath(std::string_view(text).substr(0, text.find('?')));
    ++seen;
    if (!path) continue;
    EXPECT_EQ(*normalisePath(*path), *path) << text;
    EXPECT_EQ((*path + "/").find("/../"), std::string::npos) << text;
    EXPECT_EQ((*path + "/").find("/./"), std::string::npos) << text;
    EXPECT_EQ(path->find('\\'), std::string::npos) << text;
  }
  EXPECT_EQ(seen, 40);
}

TEST(PercentDecode, BytesOrRefusal) {
  EXPECT_EQ(*percentDecode("a%20b+%C3%a9"), "a b+\xc3\xa9");
  EXPECT_FALSE(percentDecode("%"));
  EXPECT_FALSE(percentDecode("%1"));
  EXPECT_FALSE(percentDecode("%g1"));
}

TEST(AdministrationPath, SecondSegmentAndInNoOtherSpelling) {
  for (const char* yes : {"/dev/_A_D_M_query", "/dev/_A_D_M_query/pets", "/a/_A_D_M_"}) EXPECT_TRUE(isAdministrationPath(yes)) << yes;
  for (const char* no : {"", "/", "/_A_D_M_x", "//_A_D_M_x", "/dev/%5FA_D_M_query", "/dev/./_A_D_M_query", "/dev/a/_A_D_M_x", "dev/_A_D_M_x", "/dev/_a_d_m_x"}) {
    EXPECT_FALSE(isAdministrationPath(no)) << no;
  }
}

TEST(SplitQuery, PairsInOrder) {
  const auto pairs = splitQuery("a=1&&b=%20x+y&c&=v&d=1=2&bad=%zz");
  ASSERT_EQ(pairs.size(), 6u);
  EXPECT_EQ(pairs[0].name, "a");
  EXPECT_EQ(pairs[0].value, "1");
  EXPECT_EQ(pairs[1].value, " x y");
  EXPECT_EQ(pairs[1].raw, "b=%20x+y");
  EXPECT_EQ(pairs[2].name, "c");
  EXPECT_EQ(pairs[2].value, "");
  EXPECT_EQ(pairs[3].name, "");
  EXPECT_EQ(pairs[4].value, "1=2");
  EXPECT_EQ(pairs[5].value, "%zz");
  EXPECT_TRUE(splitQuery("").empty());
}

TEST(Host, ValidAndNot) {
  for (const std::string_view host : {"a.test", "a", "A_b-c.d", "a:80", "127.0.0.1:4000", "[::1]", "[::1]:4000", "a:0", "a:65535"}) {
    EXPECT_TRUE(isValidHost(host)) << host;
  }
  for (const std::string_view host : {"", "a b", "a/b", "u@a", "a,b", "a:99999", "a:80x", "a:", "a:80:80", "a#b", "a?b", "[::1", "::1", "[]",
                                      "[::1]x", "[::1%25lo]", "[a]", ":80", "a:+1", "a:-1", "a%41"}) {
    EXPECT_FALSE(isValidHost(host)) << host;
  }
}

TEST(Host, Split) {
  EXPECT_EQ(splitHost("a.test:80").name, "a.test");
  EXPECT_EQ(splitHost("a.test:80").port, "80");
  EXPECT_EQ(splitHost("[::1]:81").name, "::1");
  EXPECT_EQ(splitHost("[::1]:81").port, "81");
  EXPECT_EQ(splitHost("a").port, "");
}

TEST(Host, LoopbackNamesAndLiterals) {
  for (const std::string_view name : {"localhost", "my-app.localhost", "127.0.0.1", "127.9.9.9", "::1"}) EXPECT_TRUE(isLoopbackName(name)) << name;
  for (const std::string_view name : {"localhost.evil.test", "evil-localhost", "127.0.0.1.evil.test", "128.0.0.1", "::2", ""}) {
    EXPECT_FALSE(isLoopbackName(name)) << name;
  }
  EXPECT_TRUE(isAddressLiteral("10.0.0.1"));
  EXPECT_TRUE(isAddressLiteral("fe80::1"));
  EXPECT_FALSE(isAddressLiteral("10.0.0"));
  EXPECT_FALSE(isAddressLiteral("a.test"));
}

}  // namespace
}  // namespace redd::http
