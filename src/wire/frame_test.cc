#include "wire/frame.h"

#include <gtest/gtest.h>

namespace redd::wire {
namespace {

constexpr std::size_t kMax = 1 << 20;

struct Seen {
  FromWorker type;
  std::uint8_t flags;
  std::uint32_t id;
  std::string payload;
  bool operator==(const Seen&) const = default;
};

void add(std::string& out, FromWorker type, std::uint8_t flags, std::uint32_t id, std::string_view payload) {
  appendFrame(out, static_cast<std::uint8_t>(type), flags, id, payload);
}

// All frames that come out, and the error that ended them, if one did.
std::vector<Seen> drain(FrameReader& reader, std::string* error = nullptr) {
  std::vector<Seen> seen;
  for (;;) {
    auto next = reader.next();
    if (!next) {
      if (error) *error = next.error().detail;
      return seen;
    }
    if (!*next) return seen;
    const Frame& frame = **next;
    seen.push_back({frame.type, frame.flags, frame.id, std::string(frame.payload)});
  }
}

std::string refusal(std::string_view bytes, std::size_t max = kMax) {
  FrameReader reader(max);
  reader.feed(bytes);
  std::string error;
  EXPECT_TRUE(drain(reader, &error).empty());
  return error;
}

std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t id, std::string_view payload) {
  std::string out;
  appendFrame(out, type, flags, id, payload);
  return out;
}

TEST(FrameReader, GivesTheSameFramesWhereverTheStreamIsSplit) {
  std::string stream;
  add(stream, FromWorker::ready, 0, 0, R"({"protocol":1})");
  add(stream, FromWorker::body, kFlagEnd, 7, "");
  add(stream, FromWorker::answer, 0, 8, std::string("\x02\0\0\0{}body", 10));
  add(stream, FromWorker::settled, 0, 0xfffffffe, "");
  add(stream, FromWorker::log, 0, 0, "{}");
  FrameReader whole(kMax);
  whole.feed(stream);
  const auto expected = drain(whole);
  ASSERT_EQ(expected.size(), 5u);
  EXPECT_EQ(expected[1], (Seen{FromWorker::body, kFlagEnd, 7, ""}));
  EXPECT_EQ(expected[3].id, 0xfffffffe);

  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    FrameReader reader(kMax);
    reader.feed(std::string_view(stream).substr(0, cut));
    auto seen = drain(reader);
    reader.feed(std::string_view(stream).substr(cut));
    for (auto& rest : drain(reader)) seen.push_back(rest);
    EXPECT_EQ(seen, expected) << "cut at " << cut;
  }
  FrameReader bytewise(kMax);
  std::vector<Seen> seen;
  for (const char c : stream) {
    bytewise.feed({&c, 1});
    for (auto& one : drain(bytewise)) seen.push_back(one);
  }
  EXPECT_EQ(seen, expected);
}

TEST(FrameReader, LargeFramesBetweenSmallOnes) {
  std::string stream;
  for (std::uint32_t i = 1; i <= 20; ++i) {
    add(stream, FromWorker::call, 0, i, "[" + std::string(i % 3 == 0 ? 300'000 : 20'000, 'x') + "]");
    add(stream, FromWorker::settled, 0, i, "");
  }
  FrameReader reader(kMax);
  std::vector<Seen> seen;
  for (std::size_t at = 0; at < stream.size(); at += 7'001) {
    reader.feed(std::string_view(stream).substr(at, 7'001));
    for (auto& one : drain(reader)) seen.push_back(one);
  }
  ASSERT_EQ(seen.size(), 40u);
  EXPECT_EQ(seen[4].payload.size(), 300'002u);
  EXPECT_EQ(seen[39].id, 20u);
}

TEST(FrameReader, PaddingBehindEveryPayloadIsReadable) {
  for (const std::size_t size : {std::size_t{2}, std::size_t{65'524}, std::size_t{65'536}, std::size_t{200'000}}) {
    FrameReader reader(kMax);
    reader.feed(frame(71, 0, 1, std::string(size, '[')));
    const auto next = reader.next();
    ASSERT_TRUE(next && *next);
    const std::string_view payload = (*next)->payload;
    unsigned sum = 0;  // AddressSanitizer is the judge
    for (std::size_t i = 0; i < kPaddingBytes; ++i) sum += static_cast<unsigned char>(payload.data()[payload.size() + i]);
    EXPECT_LT(sum, 256 * kPaddingBytes);
  }
}

TEST(FrameReader, RefusesWhatTheProtocolDoesNotKnow) {
  EXPECT_EQ(refusal(frame(64, 0, 0, "{}")), "frame of type 64: unknown type");
  EXPECT_EQ(refusal(frame(77, 0, 0, "{}")), "frame of type 77: unknown type");
  EXPECT_EQ(refusal(frame(3, 0, 1, "{}")), "frame of type 3: unknown type");
  EXPECT_EQ(refusal(frame(0, 0, 0, "")), "frame of type 0: unknown type");
  EXPECT_EQ(refusal(frame(68, 4, 1, "")), "frame of type 68: flags that it cannot have");
  EXPECT_EQ(refusal(frame(67, kFlagEnd, 1, "{}")), "frame of type 67: flags that it cannot have");
  EXPECT_EQ(refusal(frame(68, 0, 0, "x")), "frame of type 68: an id that it cannot have");
  EXPECT_EQ(refusal(frame(65, 0, 1, "{}")), "frame of type 65: an id that it cannot have");
  EXPECT_EQ(refusal(frame(76, 0, 0, "\2\2\2\2[]")), "frame of type 76: an id that it cannot have");
  EXPECT_EQ(refusal(frame(76, 0, 1, "[]")), "frame of type 76: a length that it cannot have");
  EXPECT_EQ(refusal(frame(70, 0, 1, "abc")), "frame of type 70: a length that it cannot have");
  EXPECT_EQ(refusal(frame(72, 0, 1, "x")), "frame of type 72: a length that it cannot have");
  std::string reserved = frame(72, 0, 1, "");
  reserved[7] = 1;
  EXPECT_EQ(refusal(reserved), "frame of type 72: reserved bytes are not zero");
}

TEST(FrameReader, RefusesALongPayloadFromItsHeaderAlone) {
  const std::string bytes = frame(68, 0, 1, std::string(101, 'x'));
  EXPECT_EQ(refusal(bytes.substr(0, kHeaderBytes), 100), "frame of type 68: payload of 101 bytes is over the limit");
  FrameReader reader(101);
  reader.feed(bytes);
  EXPECT_EQ(drain(reader).size(), 1u);
  EXPECT_NE(refusal(std::string("\xff\xff\xff\xff\x44\0\0\0\1\0\0\0", 12)), "");
}

TEST(FrameReader, GoodFramesBeforeABadOneComeOut) {
  FrameReader reader(kMax);
  reader.feed(frame(72, 0, 1, "") + frame(9, 0, 1, "") + frame(72, 0, 2, ""));
  std::string error;
  EXPECT_EQ(drain(reader, &error).size(), 1u);
  EXPECT_EQ(error, "frame of type 9: unknown type");
  EXPECT_TRUE(drain(reader).empty());
}

Frame answerOf(std::string_view payload) { return {FromWorker::answer, 0, 1, payload}; }

TEST(Answer, IsSplitIntoHeadAndBody) {
  const auto parts = splitJson(answerOf(std::string_view("\x02\0\0\0{}body", 10)));
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->json, "{}");
  EXPECT_EQ(parts->bytes, "body");
  EXPECT_FALSE(splitJson(answerOf(std::string_view("\x03\0\0\0{}", 6))));
  EXPECT_FALSE(splitJson(answerOf(std::string_view("\xff\xff\xff\xff{}", 6))));
  EXPECT_FALSE(splitJson(answerOf("abc")));
}

// The bytes as PROTOCOL.md lays them out.
TEST(Builders, LayOutFrames) {
  const auto built = [](auto append) {
    std::string out = "before";
    append(out);
    return out.substr(6);
  };
  using namespace std::string_literals;
  EXPECT_EQ(built([](auto& o) { appendHello(o, "{}"); }), "\2\0\0\0\1\0\0\0\0\0\0\0{}"s);
  EXPECT_EQ(built([](auto& o) { appendBundle(o, "ab", Piece::more); }), "\2\0\0\0\2\0\0\0\0\0\0\0ab"s);
  EXPECT_EQ(built([](auto& o) { appendBundle(o, "", Piece::last); }), "\0\0\0\0\2\1\0\0\0\0\0\0"s);
  EXPECT_EQ(built([](auto& o) { appendInvoke(o, 0x01020304, "{}", Piece::last); }), "\2\0\0\0\3\1\0\0\4\3\2\1{}"s);
  EXPECT_EQ(built([](auto& o) { appendBody(o, 1, "x", Piece::more); }), "\1\0\0\0\4\0\0\0\1\0\0\0x"s);
  EXPECT_EQ(built([](auto& o) { appendCredit(o, 1, 0x00040001); }), "\4\0\0\0\5\0\0\0\1\0\0\0\1\0\4\0"s);
  EXPECT_EQ(built([](auto& o) { appendResult(o, 9, "1", ResultKind::value); }), "\1\0\0\0\6\0\0\0\x9\0\0\0001"s);
  EXPECT_EQ(built([](auto& o) { appendResult(o, 9, "1", ResultKind::error); }), "\1\0\0\0\6\2\0\0\x9\0\0\0001"s);
  EXPECT_EQ(built([](auto& o) { appendAbort(o, 2, "client"); }), "\x13\0\0\0\7\0\0\0\2\0\0\0{\"reason\":\"client\"}"s);
  EXPECT_EQ(built([](auto& o) { appendDrain(o); }), "\0\0\0\0\x8\0\0\0\0\0\0\0"s);
  EXPECT_EQ(built([](auto& o) { appendPing(o, 3); }), "\0\0\0\0\x9\0\0\0\3\0\0\0"s);
  EXPECT_EQ(readU32("\1\2\3\4"), 0x04030201u);
}

}  // namespace
}  // namespace redd::wire
