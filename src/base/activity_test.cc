#include "base/activity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace redd {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr UnixMs kStartedMs = 1'700'000'003'000;  // three seconds into a step
constexpr std::int64_t kStartedNs = 77 * kMs;

std::int64_t after(std::int64_t ms) { return kStartedNs + ms * kMs; }

TEST(Durations, PercentilesAreWrongByFivePercentAtMost) {
  for (std::int64_t ns = 1'000; ns < 900'000 * kMs; ns += ns / 37 + 1) {
    Durations one;
    one.add(ns);
    const double trueMs = static_cast<double>(ns) / 1e6;
    ASSERT_NEAR(*one.percentileMs(50) / trueMs, 1, 0.05) << ns;
  }
}

TEST(Durations, PercentilesOfMany) {
  Durations durations;
  EXPECT_FALSE(durations.percentileMs(50));
  for (int ms = 1; ms <= 1'000; ++ms) durations.add(ms * kMs);
  EXPECT_NEAR(*durations.percentileMs(50), 500, 25);
  EXPECT_NEAR(*durations.percentileMs(99), 990, 50);
  EXPECT_NEAR(*durations.percentileMs(0), 1, 0.05);
  EXPECT_NEAR(*durations.percentileMs(100), 1'000, 50);
  durations.clear();
  EXPECT_FALSE(durations.percentileMs(50));
}

TEST(Durations, TheRankIsTheNearest) {
  Durations durations;
  for (int i = 0; i < 99; ++i) durations.add(1 * kMs);
  durations.add(1'000 * kMs);
  EXPECT_NEAR(*durations.percentileMs(99), 1, 0.05) << "99 of 100 ended within a millisecond";
  EXPECT_NEAR(*durations.percentileMs(99.5), 1'000, 50);
}

TEST(Durations, WhatIsOutOfRangeCountsAtItsEnd) {
  Durations durations;
  durations.add(0);
  durations.add(-5);
  EXPECT_NEAR(*durations.percentileMs(100), 0.001, 0.0001);
  durations.add(INT64_MAX);
  EXPECT_GT(*durations.percentileMs(100), 900'000);
}

TEST(Activity, ASpaceWithoutRequestsIsEmpty) {
  const Activity activity(kStartedMs, kStartedNs);
  EXPECT_TRUE(activity.view("a", after(0)).points.empty());
  EXPECT_EQ(activity.view("a", after(0)).requestsTotal, 0);
  EXPECT_EQ(activity.startedMs(), kStartedMs);
}

TEST(Activity, CountsByHowARequestEnded) {
  Activity activity(kStartedMs, kStartedNs);
  using enum RequestEnd::Kind;
  activity.record("a", {served, 200, 10 * kMs}, after(1));
  activity.record("a", {served, 500, 30 * kMs}, after(2));
  activity.record("a", {served, 404, 10 * kMs}, after(3));
  activity.record("a", {refused, 401, 5'000 * kMs}, after(4));
  activity.record("a", {refused, 508, 5'000 * kMs}, after(4));
  activity.record("a", {aside, 204, 5'000 * kMs}, after(5));
  activity.record("b", {aside, 204, 1 * kMs}, after(6));
  const auto view = activity.view("a", after(6));
  ASSERT_EQ(view.points.size(), 1U);
  const auto& point = view.points[0];
  EXPECT_EQ(point.timeMs, 1'700'000'000'000) << "steps are whole ten seconds";
  EXPECT_EQ(point.requests, 6U);
  EXPECT_EQ(point.failures, 1U) << "a refusal is no failure";
  EXPECT_EQ(point.refusals, 2U);
  EXPECT_NEAR(*point.p50Ms, 10, 0.5) << "only what was served has a time";
  EXPECT_NEAR(*point.p99Ms, 30, 1.5);
  EXPECT_EQ(view.requestsTotal, 6);
  EXPECT_EQ(view.refusalsTotal, 2);
  const auto other = activity.view("b", after(6));
  ASSERT_EQ(other.points.size(), 1U);
  EXPECT_FALSE(other.points[0].p50Ms);
}

TEST(Activity, StepsRollOverAndKeepTheirPercentiles) {
  Activity activity(kStartedMs, kStartedNs);
  activity.record("a", {.status = 200, .tookNs = 10 * kMs}, after(6'999));
  activity.record("a", {.status = 200, .tookNs = 90 * kMs}, after(7'000));
  activity.record("a", {.kind = RequestEnd::Kind::refused, .status = 401}, after(37'000));
  const auto points = activity.view("a", after(60'000)).points;
  ASSERT_EQ(points.size(), 3U) << "steps without requests are left out";
  EXPECT_EQ(points[0].timeMs, 1'700'000'000'000);
  EXPECT_EQ(points[1].timeMs, 1'700'000'010'000);
  EXPECT_EQ(points[2].timeMs, 1'700'000'040'000);
  EXPECT_NEAR(*points[0].p99Ms, 10, 0.5);
  EXPECT_NEAR(*points[1].p50Ms, 90, 4.5);
  EXPECT_FALSE(points[2].p50Ms) << "the times of an earlier step are not carried over";
}

TEST(Activity, AnHourIsKept) {
  Activity activity(kStartedMs, kStartedNs);
  constexpr std::int64_t kSteps = 1'000;
  for (std::int64_t i = 0; i < kSteps; ++i) activity.record("a", {.status = 200, .tookNs = kMs}, after(i * Activity::kStepMs));
  const auto last = after((kSteps - 1) * Activity::kStepMs);
  const auto view = activity.view("a", last);
  ASSERT_EQ(view.points.size(), 360U);
  EXPECT_EQ(view.points.front().timeMs, 1'700'000'000'000 + (kSteps - 360) * Activity::kStepMs);
  EXPECT_EQ(view.requestsTotal, kSteps) << "the total is of all";
  EXPECT_EQ(activity.view("a", last + 30'000 * kMs).points.size(), 357U) << "they age without requests too";
  EXPECT_TRUE(activity.view("a", last + 3'600'000 * kMs).points.empty());
}

TEST(Activity, ARemovedSpaceIsForgotten) {
  Activity activity(kStartedMs, kStartedNs);
  activity.record("a", {.status = 200}, after(0));
  activity.record("b", {.status = 200}, after(0));
  activity.forget("a");
  activity.forget("never was");
  EXPECT_EQ(activity.view("a", after(0)).requestsTotal, 0);
  EXPECT_EQ(activity.view("b", after(0)).requestsTotal, 1);
  EXPECT_EQ(activity.spaces(), 1U);
}

TEST(Activity, SpacesAreBoundedAndTheQuietestGoes) {
  Activity activity(kStartedMs, kStartedNs);
  for (std::size_t i = 0; i < Activity::kSpacesMax; ++i) activity.record(std::to_string(i), {.status = 200}, after(i == 5 ? 0 : 20'000));
  activity.record("one more", {.status = 200}, after(20'000));
  EXPECT_EQ(activity.spaces(), Activity::kSpacesMax);
  EXPECT_EQ(activity.view("5", after(20'000)).requestsTotal, 0);
  EXPECT_EQ(activity.view("one more", after(20'000)).requestsTotal, 1);
  EXPECT_EQ(activity.view("6", after(20'000)).requestsTotal, 1);
}

}  // namespace
}  // namespace redd
