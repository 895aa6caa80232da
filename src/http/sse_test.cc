#include "http/sse.h"

#include <gtest/gtest.h>

namespace redd::http {
namespace {

TEST(Sse, EventWithEverything) {
  EXPECT_EQ(sseText({.id = "7", .event = "tick", .data = "a"}), "id: 7\nevent: tick\ndata: a\n\n");
}

TEST(Sse, EachLineOfTheDataGetsItsName) {
  EXPECT_EQ(sseText({.id = {}, .event = {}, .data = "a\nb\r\nc\rd"}), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(sseText({.id = {}, .event = {}, .data = ""}), "data: \n\n");
  EXPECT_EQ(sseText({.id = {}, .event = {}, .data = "a\n"}), "data: a\ndata: \n\n");
}

TEST(Sse, NothingCanBeInjected) {
  using namespace std::string_view_literals;
  EXPECT_EQ(sseText({.id = "1\ndata: x", .event = "e\r\nid: 2", .data = "ok"}), "id: 1data: x\nevent: eid: 2\ndata: ok\n\n");
  EXPECT_EQ(sseText({.id = "a\0b"sv, .event = {}, .data = "x"}), "id: ab\ndata: x\n\n");
  EXPECT_EQ(sseComment("keep\ndata: x"), ": keep\n: data: x\n\n");
}

TEST(Sse, Retry) { EXPECT_EQ(sseRetry(1500), "retry: 1500\n\n"); }

}  // namespace
}  // namespace redd::http
