#include "bundle_messages.h"

#include <gtest/gtest.h>

namespace redd::coho {
namespace {

constexpr std::string_view kText = R"(▲ [WARNING] Comparison with NaN is always false [equals-nan]

    index.js:2:7:
      2 │  if (a === NaN) {}
        ╵        ~~~

  Floating-point equality is defined such that NaN is never equal to anything.

✘ [ERROR] The symbol "a" has already been declared

    lib/a b.js:1:12:
      1 │ let a=1;let a=2;
        ╵             ^

  The symbol "a" was originally declared here:

    lib/a b.js:1:4:
      1 │ let a=1;let a=2;
        ╵     ^

✘ [ERROR] Could not resolve "@scope/name/deep"

    index.js:1:14:
      1 │ import x from "@scope/name/deep";
        ╵               ~~~~~~~~~~~~~~~~~~

  You can mark the path "@scope/name/deep" as external.

✘ [ERROR] Without a place
)";

TEST(BundleMessages, AreReadFromTheText) {
  const auto messages = readBundleMessages(kText);
  ASSERT_EQ(messages.warnings.size(), 1u);
  ASSERT_EQ(messages.errors.size(), 3u);
  EXPECT_EQ(messages.warnings[0].place, "index.js:2:7");
  EXPECT_EQ(messages.errors[0].place, "lib/a b.js:1:12");
  EXPECT_EQ(messages.errors[0].excerpt, "      1 │ let a=1;let a=2;\n        ╵             ^");
  EXPECT_EQ(messages.errors[0].fix, "");
  EXPECT_EQ(describe(messages.errors[1]),
            "Could not resolve \"@scope/name/deep\"\n    index.js:1:14\n      1 │ import x from \"@scope/name/deep\";\n"
            "        ╵               ~~~~~~~~~~~~~~~~~~\n  Fix: npm i @scope/name");
  EXPECT_EQ(describe(messages.errors[2]), "Without a place");
  EXPECT_TRUE(readBundleMessages("").errors.empty());
}

TEST(PackageOf, NamesWhatNpmTakes) {
  EXPECT_EQ(packageOf("lodash"), "lodash");
  EXPECT_EQ(packageOf("lodash/get"), "lodash");
  EXPECT_EQ(packageOf("@a/b/c"), "@a/b");
  EXPECT_EQ(packageOf("@a/b"), "@a/b");
  for (const auto* import : {"", "./x", "../x", "/x", "#lib/x", "node:fs", "https://x"}) EXPECT_EQ(packageOf(import), "") << import;
}

}  // namespace
}  // namespace redd::coho
