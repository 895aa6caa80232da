#include "timeline.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace redd::gateway {
namespace {

using nlohmann::json;

space::Space someSpace() {
  space::Space space;
  space.settings.env["KEY"] = {"s3cr3t-value", space::Secrecy::encrypted};
  return space;
}

json entriesOf(const Timeline& timeline, std::int64_t endNs) { return json::parse(timelineJson(someSpace(), timeline, endNs)); }

TEST(Timeline, ARefusalEndsWhereItWasRefused) {
  EXPECT_EQ(entriesOf({.startNs = 1'000'000}, 1'250'999), json::parse(R"([{"name":"gateway","startUs":0,"durationUs":250}])"));
  EXPECT_EQ(entriesOf({.startNs = 1'000'000, .doorNs = 1'010'000, .knownNs = 1'300'000}, 1'400'000),
            json::parse(R"([{"name":"gateway","startUs":0,"durationUs":10},{"name":"auth","startUs":10,"durationUs":290}])"));
}

TEST(Timeline, ARequestThatNeverLeftTheQueueHasNoWorker) {
  const auto trace = std::make_shared<worker::Trace>();
  const auto entries = entriesOf({.startNs = 1'000, .doorNs = 2'000, .knownNs = 3'000, .trace = trace}, 9'000);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[2], json::parse(R"({"name":"queue","startUs":2,"durationUs":6})"));
}

TEST(Timeline, CallsLieInsideTheWorker) {
  const auto trace = std::make_shared<worker::Trace>();
  trace->sentNs = 5'900;
  const auto find = trace->begin(6'100);
  trace->name(find, "db.find", "todos");
  const auto late = trace->begin(7'200);
  trace->name(late, "kv.set", {});
  trace->end(find, 8'900);
  trace->begin(8'950);  // never named, never answered
  trace->endNs = 9'950;
  trace->end(late, 20'000);
  const auto entries = entriesOf({.startNs = 1'000, .doorNs = 2'000, .knownNs = 3'000, .trace = trace}, 30'000);
  EXPECT_EQ(entries, json::parse(R"([{"name":"gateway","startUs":0,"durationUs":1},{"name":"auth","startUs":1,"durationUs":1},
    {"name":"queue","startUs":2,"durationUs":2},{"name":"worker","startUs":4,"durationUs":4},
    {"name":"db.find","startUs":5,"durationUs":2,"detail":"todos"},{"name":"kv.set","startUs":6,"durationUs":2},
    {"name":"unknown","startUs":7,"durationUs":1}])"));
}

TEST(Timeline, CallsAreBoundedAndTheRestIsCounted) {
  const auto trace = std::make_shared<worker::Trace>();
  trace->sentNs = 1'000;
  for (int i = 0; i < 70; ++i) {
    const auto call = trace->begin(2'000);
    trace->name(call, "kv.get", {});
    trace->end(call, 3'000);
  }
  trace->endNs = 4'000;
  const auto entries = entriesOf({.startNs = 1'000, .doorNs = 1'000, .knownNs = 1'000, .trace = trace}, 5'000);
  ASSERT_EQ(entries.size(), 4U + 64U + 1U);
  EXPECT_EQ(entries.back(), json::parse(R"({"name":"more","detail":"6 further calls"})"));
}

TEST(Timeline, DetailsAreMaskedBeforeTheyAreCut) {
  const auto trace = std::make_shared<worker::Trace>();
  trace->sentNs = 1'000;
  trace->name(trace->begin(2'000), "file.open", "/" + std::string(113, 'x') + "s3cr3t-value/and/more");
  trace->name(trace->begin(2'000), "file.open", "/" + std::string(118, 'x') + "é");
  const auto entries = entriesOf({.startNs = 1'000, .doorNs = 1'000, .knownNs = 1'000, .trace = trace}, 5'000);
  EXPECT_EQ(entries[4]["detail"], "/" + std::string(113, 'x') + "******…");
  EXPECT_EQ(entries[5]["detail"], "/" + std::string(118, 'x') + "…") << "no half of a character";
}

}  // namespace
}  // namespace redd::gateway
