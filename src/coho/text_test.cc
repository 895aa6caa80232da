#include "text.h"

#include <gtest/gtest.h>

namespace redd::coho {
namespace {

TEST(Inert, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(inert("plain ü 漢 🙌\n"), "plain ü 漢 🙌\n");
  EXPECT_EQ(inert("\x1b[31mred\x1b]0;t\a"), "\\x1b[31mred\\x1b]0;t\\x07");
  EXPECT_EQ(inert("a\rb\bc\x7f"), "a\\x0db\\x08c\\x7f");
  EXPECT_EQ(inert("\xc2\x9b"
                  "2J"),
            "\\x9b2J");  // C1 CSI as UTF-8
  EXPECT_EQ(inert("\x9b"
                  "2J"),
            "\\x9b2J");  // and as a raw byte
  EXPECT_EQ(inert("\xe2\x80\xae"
                  "gnp"),
            "\\u{202e}gnp");  // right-to-left override
  EXPECT_EQ(inert("a\tb"), "a b");
  EXPECT_EQ(inertLine("a\nb"), "a\\nb");
}

TEST(Inert, InvalidUtf8IsShownByteByByte) {
  EXPECT_EQ(inert("\xc0\x80"), "\\xc0\\x80");  // overlong
  EXPECT_EQ(inert("\xe0\x80\x80"), "\\xe0\\x80\\x80");
  EXPECT_EQ(inert("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(inert("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(inert("x\xe2\x82"), "x\\xe2\\x82");  // cut off
  EXPECT_EQ(inert("\xc3\x1b["), "\\xc3\\x1b[");  // a lead byte hides no escape
  EXPECT_EQ(inert("\xff"), "\\xff");
}

TEST(Excerpt, BoundsLinesAndBytes) {
  EXPECT_EQ(inertExcerpt("a\nb\nc", 3), "a\nb\nc");
  EXPECT_EQ(inertExcerpt("a\nb\nc\n", 2), "a\nb\n… and 2 bytes more");
  const auto flood = inertExcerpt(std::string(1 << 20, 'x'), 5);
  EXPECT_LT(flood.size(), std::size_t{17 << 10});
  EXPECT_TRUE(flood.ends_with(" more"));
  std::string wide((16 << 10) - 1, 'x');  // the cut falls inside a character
  EXPECT_TRUE(inertExcerpt(wide + "漢漢", 1).starts_with(wide + "\n"));
}

TEST(Columns, CountTerminalCells) {
  EXPECT_EQ(columns("abc"), 3u);
  EXPECT_EQ(columns("über"), 4u);
  EXPECT_EQ(columns("漢字"), 4u);
  EXPECT_EQ(columns("e\xcc\x81"), 1u);  // combining acute
  EXPECT_EQ(columns("🙌"), 2u);
}

TEST(Cut, NeverExceedsAndNeverSplits) {
  EXPECT_EQ(cut("abc", 3), "abc");
  EXPECT_EQ(cut("abcd", 3), "ab…");
  EXPECT_EQ(cut("漢字漢", 4), "漢…");
  EXPECT_EQ(columns(cut("漢字漢", 5)), 5u);
}

TEST(Inert, JsonStaysJson) {
  EXPECT_EQ(inertJson("{\"a\":\"ü \x1b\xc2\x9b\xe2\x80\xae\xf3\xa0\x81\x81\xff\"}\n"),
            "{\"a\":\"ü \\u001b\\u009b\\u202e\\udb40\\udc41\\u00ff\"}\n");
}

TEST(Grouped, ByThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(123'456'789), "123,456,789");
}

TEST(SizeText, ReadsLikeASize) {
  EXPECT_EQ(sizeText(0), "0 bytes");
  EXPECT_EQ(sizeText(934'664), "935 KB");
  EXPECT_EQ(sizeText(1'356'572), "1.4 MB");
}

}  // namespace
}  // namespace redd::coho
