#include "pattern.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace redd::gateway {
namespace {

// The same table drives the worker's matcher (runtime/test), so that gateway and worker cannot differ.
TEST(TextPattern, SharedTable) {
  std::ifstream file(REDD_SOURCE_DIR "/tests/vectors/route-patterns.json");
  ASSERT_TRUE(file) << "tests/vectors/route-patterns.json is missing";
  const auto table = nlohmann::json::parse(file);
  int seen = 0;
  for (const auto& row : table) {
    const std::string pattern = row.at("pattern");
    if (pattern.starts_with('{')) continue;
    ++seen;
    EXPECT_EQ(TextPattern(pattern).matches(row.at("path").get<std::string>()), row.at("match").get<bool>()) << row.dump();
  }
  EXPECT_GT(seen, 20);
}

TEST(TextPattern, HostilePathsTakeLinearTime) {
  const TextPattern pattern("/*a*a*a*a*a*a*a*a*a*a*b");
  EXPECT_FALSE(pattern.matches("/" + std::string(100'000, 'a')));
}

TEST(AuthHooks, TextFirstThenWorker) {
  EXPECT_EQ(matchAuthHooks({}, "/hello"), HookMatch::no);
  EXPECT_EQ(matchAuthHooks({"/public/*"}, "/hello"), HookMatch::no);
  EXPECT_EQ(matchAuthHooks({"/public/*"}, "/public/x"), HookMatch::yes);
  EXPECT_EQ(matchAuthHooks({R"({"$regex":"/^\\/x/"})", "/public/*"}, "/hello"), HookMatch::askWorker);
  EXPECT_EQ(matchAuthHooks({R"({"$regex":"/^\\/x/"})", "/public/*"}, "/public/x"), HookMatch::yes);
}

}  // namespace
}  // namespace redd::gateway
