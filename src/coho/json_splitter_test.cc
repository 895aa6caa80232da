#include "json_splitter.h"

#include <gtest/gtest.h>

#include <vector>

namespace redd::coho {
namespace {

// What came out of it, cut in two at `cut`: "line:document" each, and the error if there was one.
std::vector<std::string> split(std::string_view input, std::size_t cut) {
  std::vector<std::string> out;
  JsonSplitter splitter([&out](std::string_view text, std::uint64_t line) -> Result<void> {
    out.push_back(std::to_string(line) + ":" + std::string(text));
    return {};
  });
  auto done = splitter.feed(input.substr(0, cut));
  if (done) done = splitter.feed(input.substr(cut));
  if (done) done = splitter.finish();
  if (!done) out.push_back("error " + std::string(done.error().text()));
  return out;
}
std::vector<std::string> split(std::string_view input) { return split(input, input.size()); }

using List = std::vector<std::string>;

TEST(JsonSplitter, ArraysAndLines) {
  EXPECT_EQ(split("[\n{\"a\":1},\n {\"b\":[{}]}\n]\n"), (List{"2:{\"a\":1}", "3:{\"b\":[{}]}"}));
  EXPECT_EQ(split("{\"a\":1}\n\n{\"b\":2}"), (List{"1:{\"a\":1}", "3:{\"b\":2}"}));
  EXPECT_EQ(split("\xef\xbb\xbf[]"), List{});
  EXPECT_EQ(split(""), List{});
}

TEST(JsonSplitter, TheTextIsUntouchedButOnOneLine) {
  EXPECT_EQ(split("{ \"n\": 1.0,\r\n  \"big\": 12345678901234567890123, \"s\": \"}\\\"{\\\\\" }"),
            (List{"1:{ \"n\": 1.0,    \"big\": 12345678901234567890123, \"s\": \"}\\\"{\\\\\" }"}));
}

TEST(JsonSplitter, ErrorsNameTheLine) {
  EXPECT_EQ(split("[{\"a\":1}\n{\"b\":2}]"), (List{"1:{\"a\":1}", "error line 2: ',' or ']' was expected, and found '{'"}));
  EXPECT_EQ(split("{\"a\":1}\n7"), (List{"1:{\"a\":1}", "error line 2: an object was expected, and found '7'"}));
  EXPECT_EQ(split("\n{\"a\":\n1"), (List{"error line 2: the input ends inside the document that begins here"}));
  EXPECT_EQ(split("[{}"), (List{"1:{}", "error line 1: the input ends inside the array"}));
  EXPECT_EQ(split("[] []"), (List{"error line 1: the array has ended, and more follows: found '['"}));
  EXPECT_EQ(split("{\"a\":\"x\n"), (List{"error line 1: a text has no closing quote"}));
  EXPECT_EQ(split("{\"a\":\"x\\\ny\"}"), (List{"error line 1: a text has no closing quote"}));
  EXPECT_EQ(split("a,b\n"), (List{"error line 1: a JSON array of objects, or an object on each line, was expected, and found 'a'"}));
  EXPECT_EQ(split("\xef\xbb{}").size(), 1U);
  EXPECT_EQ(split("\x1b[31m").front(), "error line 1: a JSON array of objects, or an object on each line, was expected, and found '\\x1b'");
}

TEST(JsonSplitter, ADocumentHasABound) {
  const auto out = split("{\"a\":\"" + std::string(JsonSplitter::kDocumentBytesMax, 'x'));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_TRUE(out.front().contains("larger than")) << out.front();
}

TEST(JsonSplitter, CutAnywhereItGivesTheSame) {
  for (const std::string_view input :
       {"\xef\xbb\xbf[\r\n {\"a\\\"\\\\\":[1,{\"ä\":\"]}\"}],\r\n\"b\":\"\\u007b\"} ,\n{}\n,{\"c\":[[]]}]\n ", "{\"a\":1}{\"b\":{\"c\":\"}\"}}\n\n{}\n", "[{\"a\":1} {",
        "{\"a\":\"\\", "{}\n{\"x\":[}\n{}"}) {
    const auto whole = split(input);
    for (std::size_t cut = 0; cut < input.size(); ++cut) EXPECT_EQ(split(input, cut), whole) << "cut at " << cut;
  }
}

TEST(JsonSplitter, TheConsumerCanEndIt) {
  int seen = 0;
  JsonSplitter splitter([&seen](std::string_view, std::uint64_t) -> Result<void> {
    ++seen;
    return invalid("enough");
  });
  EXPECT_FALSE(splitter.feed("{}{}{}"));
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace redd::coho
