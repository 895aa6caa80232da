#include "event_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace redd::coho {
namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

Events readIn(std::string_view text, std::size_t pieceBytes) {
  Events out;
  EventReader reader([&out](std::string_view event, std::string_view data) {
    out.emplace_back(event, data);
    return true;
  });
  for (std::size_t i = 0; i < text.size(); i += pieceBytes) reader.feed(text.substr(i, pieceBytes));
  return out;
}

TEST(EventReader, ReadsEventsFromPiecesOfAnySize) {
  constexpr std::string_view kText =
      ": comment\r\n\r\nid: 1\nevent: log\ndata: {\"a\":1}\n\ndata:x\rdata: y\r\revent: none\n\ndata\n\nfoo: bar\ndata: cut";
  const Events expected{{"log", "{\"a\":1}"}, {"message", "x\ny"}, {"message", ""}};
  for (std::size_t size = 1; size < 12; ++size) EXPECT_EQ(readIn(kText, size), expected) << size;
}

TEST(EventReader, StopsWhenToldAndWhenALineHasNoEnd) {
  int count = 0;
  EventReader told([&count](std::string_view, std::string_view) { return ++count < 2; });
  EXPECT_EQ(told.feed("data: 1\n\ndata: 2\n\ndata: 3\n\n"), EventReader::State::ended);
  EXPECT_EQ(count, 2);
  EventReader flooded([](std::string_view, std::string_view) { return true; });
  EXPECT_EQ(flooded.feed(std::string((1 << 20) + 1, 'x')), EventReader::State::tooLong);
  EventReader gathered([](std::string_view, std::string_view) { return true; });
  auto state = EventReader::State::more;
  for (int i = 0; i < 1100 && state == EventReader::State::more; ++i) state = gathered.feed("data: " + std::string(1000, 'x') + "\n");
  EXPECT_EQ(state, EventReader::State::tooLong);
}

}  // namespace
}  // namespace redd::coho
