#include "transcoder.h"

#include <gtest/gtest.h>

namespace redd::coho {
namespace {

std::string decode(const std::string& encoding, std::string_view input, std::size_t cut) {
  auto transcoder = Transcoder::open(encoding);
  if (!transcoder) return std::string(transcoder.error().text());
  std::string out;
  for (const auto piece : {input.substr(0, cut), input.substr(cut)}) {
    auto text = transcoder->feed(piece);
    if (!text) return std::string(text.error().text());
    out += *text;
  }
  const auto done = transcoder->finish();
  return done ? out : std::string(done.error().text());
}

TEST(Transcoder, IntoUtf8WhereverItIsCut) {
  const std::string_view wide("\xff\xfe\xe4\x00\x3d\xd8\x00\xde\n\x00", 10);
  for (std::size_t cut = 0; cut <= wide.size(); ++cut) EXPECT_EQ(decode("utf-16", wide, cut), "ä😀\n") << cut;
  EXPECT_EQ(decode("latin1", "caf\xe9", 2), "café");
  EXPECT_EQ(decode("", "caf\xe9", 2), "caf\xe9");
}

TEST(Transcoder, Refusals) {
  EXPECT_TRUE(decode("klingon", "", 0).starts_with("the encoding 'klingon' is not known"));
  EXPECT_EQ(decode("utf-16le", "a", 0), "the input ends inside a character of utf-16le");
  EXPECT_EQ(decode("ascii", "ab\xff", 1), "byte 3 of the input is not ascii text");
}

}  // namespace
}  // namespace redd::coho
