#include "chunked.h"

#include <gtest/gtest.h>

#include <string>

namespace redd::http {
namespace {

// The decoded body, or the error's code in angle brackets, or "<more>". `piece` bytes are offered at a time.
std::string decode(std::string_view raw, std::size_t piece, const Limits& limits) {
  ChunkDecoder decoder(limits);
  std::string body;
  while (!raw.empty() && !decoder.done()) {
    const auto step = decoder.next(raw.substr(0, piece));
    if (!step) return "<" + std::string(name(step.error().code)) + ">";
    body += step->data;
    raw.remove_prefix(step->used);
  }
  return decoder.done() ? body + "|" + std::string(raw) : "<more>";
}

std::string decode(std::string_view raw, const Limits& limits = {}) {
  const std::string whole = decode(raw, raw.size(), limits);
  for (const std::size_t piece : {1u, 2u, 3u, 7u}) EXPECT_EQ(decode(raw, piece, limits), whole) << raw;
  return whole;
}

const std::string kInvalid = "<" + std::string(name(ErrorCode::invalidArgument)) + ">";
const std::string kTooLarge = "<" + std::string(name(ErrorCode::payloadTooLarge)) + ">";

TEST(Chunked, Bodies) {
  EXPECT_EQ(decode("5\r\nhello\r\n0\r\n\r\nGET"), "hello|GET");
  EXPECT_EQ(decode("0\r\n\r\n"), "|");
  EXPECT_EQ(decode("A\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n"), "0123456789x|");
  EXPECT_EQ(decode("0000000000000005;a=\"b c\";d\r\nhello\r\n00;z\r\nX-T: 1\r\nY:\r\n\r\n"), "hello|");
  EXPECT_EQ(decode("5\r\nhel"), "<more>");
}

TEST(Chunked, MalformedFraming) {
  for (const std::string_view raw : {"+5\r\n", "-5\r\n", "0x5\r\n", " 5\r\n", "5 \r\n", "5\t\r\n", "g\r\n", "\r\n", ";a\r\n", "5these\r\n", "5\n",
                                     "5\rh", "5;a\n", "5;a\rb", "00000000000000005\r\n", "5\r\nhello0\r\n", "5\r\nhello\n", "5\r\nhelloXX",
                                     "0\r\n\n", "0\r\nfoo\r\n", "0\r\nfoo : 1\r\n", "0\r\n: 1\r\n", "0\r\n x: 1\r\n", "0\r\nx: 1\n",
                                     "0\r\nx: 1\r\n\rZ", "0\r\nx: \x01\r\n"}) {
    EXPECT_EQ(decode(raw), kInvalid) << raw;
  }
}

TEST(Chunked, Limits) {
  Limits limits;
  limits.streamedBodyBytesMax = 10;
  limits.chunkExtensionBytesMax = 4;
  limits.trailerBytesMax = 9;
  EXPECT_EQ(decode("5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n", limits), "hellohello|");
  EXPECT_EQ(decode("5\r\nhello\r\n6\r\n", limits), kTooLarge);
  EXPECT_EQ(decode("ffffffffffffffff\r\n", limits), kTooLarge);
  EXPECT_EQ(decode("b;", limits), kTooLarge) << "before the extension is read";
  EXPECT_EQ(decode("1;abcd\r\nx\r\n0\r\n\r\n", limits), "x|");
  EXPECT_EQ(decode("1;ab\r\nx\r\n0;abc\r\n\r\n", limits), kInvalid) << "extensions count over the whole body";
  EXPECT_EQ(decode("0\r\nab:cd\r\n\r\n", limits), "|");
  EXPECT_EQ(decode("0\r\nab:cdef\r\n\r\n", limits), kInvalid);
}

TEST(Chunked, LimitMayBeSetWhileTheBodyArrives) {
  const Limits limits;
  ChunkDecoder decoder(limits);
  ASSERT_TRUE(decoder.next("5\r\nhello"));
  decoder.setBodyLimit(4);
  EXPECT_FALSE(decoder.next("\r\n1\r\n"));
}

}  // namespace
}  // namespace redd::http
