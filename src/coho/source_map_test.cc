#include "source_map.h"

#include <gtest/gtest.h>

namespace redd::coho {
namespace {

// Sources: a package's file, then the app's. Line 1: package at column 0, app (line 1) at 10. Line 3: app (line 5, column 2) at 4, package
// at 9.
constexpr std::string_view kMap =
    R"({"version":3,"sources":["../app/node_modules/p/i.js","../app/lib/x.js"],"names":[],"mappings":"AAAA,UCAA;;IAIE,KDJA"})";

SourceMap small() { return SourceMap::ofApp(kMap, "/out", "/app").value(); }

TEST(SourceMap, KnowsTheAppsPlacesOnly) {
  const auto map = small();
  const auto first = map.find(1, 15);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->file, "lib/x.js");
  EXPECT_EQ(first->line, 1u);
  const auto second = map.find(3, 5);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->line, 5u);
  EXPECT_EQ(second->column, 3u);
  for (const auto& [line, column] : std::vector<std::pair<unsigned, unsigned>>{{1, 1}, {1, 10}, {2, 1}, {3, 4}, {3, 10}, {9, 1}, {0, 0}}) {
    EXPECT_FALSE(map.find(line, column)) << line << ":" << column;
  }
}

TEST(SourceMap, SurvivesBeingWrittenAndRead) {
  const auto text = small().toJson();
  EXPECT_EQ(text.find("node_modules"), std::string::npos);
  const auto again = SourceMap::ofApp(text, "/app", "/app").value();
  for (unsigned line = 1; line < 5; ++line) {
    for (unsigned column = 1; column < 20; ++column) {
      const auto before = small().find(line, column);
      const auto after = again.find(line, column);
      ASSERT_EQ(before.has_value(), after.has_value()) << line << ":" << column;
      if (!before || !after) continue;
      EXPECT_EQ(after->line, before->line);
      EXPECT_EQ(after->column, before->column);
    }
  }
}

TEST(SourceMap, ExplainsStacks) {
  EXPECT_EQ(small().explain("at f (bundle.js:3:5)\nat g (/x/bundle.js:1:1)\nat bundle.js:3:5 bundle.js:3 bundle.js:", "bundle.js"),
            "at f (lib/x.js:5:3)\nat g (/x/bundle.js:1:1)\nat lib/x.js:5:3 bundle.js:3 bundle.js:");
  EXPECT_EQ(small().explain("", "bundle.js"), "");
  EXPECT_EQ(small().explain("bundle.js:99999999999999999999:1", "bundle.js"), "bundle.js:99999999999999999999:1");
}

TEST(SourceMap, RefusesWhatIsNone) {
  for (const auto* text :
       {"", "{}", R"({"version":2})", R"({"version":3,"sources":[],"mappings":"!"})",
        R"({"version":3,"sources":[],"mappings":"gggggggggggg"})", R"({"version":3,"sources":[],"mappings":"AAAAAA"})"}) {
    EXPECT_FALSE(SourceMap::ofApp(text, "/out", "/app")) << text;
  }
  const auto negative = SourceMap::ofApp(R"({"version":3,"sources":["a.js"],"mappings":"ADAA,AEAA"})", "/app", "/app");
  ASSERT_TRUE(negative);  // sources -1 and 1 do not exist
  EXPECT_FALSE(negative->find(1, 1));
}

}  // namespace
}  // namespace redd::coho
