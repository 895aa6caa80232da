#include "base/json.h"

#include <gtest/gtest.h>

#include <limits>

namespace redd::json {
namespace {

// Right column: what Node 24 prints for JSON.stringify of the left.
TEST(JsonNumber, PrintsAsJavaScript) {
  EXPECT_EQ(number(0.0), "0");
  EXPECT_EQ(number(-0.0), "0");
  EXPECT_EQ(number(1.0), "1");
  EXPECT_EQ(number(-12.5), "-12.5");
  EXPECT_EQ(number(1532.75), "1532.75");
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(number(300.0), "300");
  EXPECT_EQ(number(1e-6), "0.000001");
  EXPECT_EQ(number(1e-7), "1e-7");
  EXPECT_EQ(number(1.5e-9), "1.5e-9");
  EXPECT_EQ(number(1e20), "100000000000000000000");
  EXPECT_EQ(number(1e21), "1e+21");
  EXPECT_EQ(number(123456789012345680000.0), "123456789012345680000");
  EXPECT_EQ(number(9007199254740993.0), "9007199254740992");
  EXPECT_EQ(number(5e-324), "5e-324");
  EXPECT_EQ(number(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(JsonString, EscapesAsJavaScript) {
  EXPECT_EQ(quoted("plain"), "\"plain\"");
  EXPECT_EQ(quoted("a\"b\\c\n\t\x01\x1f"), R"("a\"b\\c\n\t\u0001\u001f")");
  EXPECT_EQ(quoted("\xc3\xa5/\x7f"), "\"\xc3\xa5/\x7f\"");
}

}  // namespace
}  // namespace redd::json
