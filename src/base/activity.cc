#include "base/activity.h"

#include <algorithm>
#include <cmath>

namespace redd {
namespace {

constexpr double kGrowth = 1.1;

}  // namespace

void Durations::add(std::int64_t ns) {
  static const double perNepers = 1 / std::log(kGrowth);
  const double us = static_cast<double>(std::max<std::int64_t>(ns, 1'000)) / 1'000;
  const auto bucket = static_cast<std::size_t>(std::log(us) * perNepers);
  ++buckets_[std::min(bucket, kBuckets - 1)];
  ++count_;
}

std::optional<double> Durations::percentileMs(double percent) const {
  if (count_ == 0) return std::nullopt;
  const auto rank = static_cast<std::uint32_t>(std::ceil(percent / 100 * count_));
  std::uint32_t seen = 0;
  std::size_t bucket = 0;
  while (bucket + 1 < kBuckets && (seen += buckets_[bucket]) < std::max(rank, 1U)) ++bucket;
  return std::pow(kGrowth, static_cast<double>(bucket) + 0.5) / 1'000;  // in the middle, as the eye sees a logarithmic scale
}

Activity::Activity(UnixMs startedMs, std::int64_t startedNs)
    : startedMs_(startedMs), originMs_(startedMs - startedMs % kStepMs), originNs_(startedNs - startedMs % kStepMs * 1'000'000) {}

Activity::Ring& Activity::ringOf(std::string_view spaceId) {
  if (const auto found = spaces_.find(spaceId); found != spaces_.end()) return found->second;
  if (spaces_.size() >= kSpacesMax) {
    spaces_.erase(std::ranges::min_element(spaces_, {}, [](const auto& entry) { return entry.second.steps.back().number; }));
  }
  return spaces_.try_emplace(std::string(spaceId)).first->second;
}

void Activity::record(std::string_view spaceId, const RequestEnd& end, std::int64_t monotonicNowNs) {
  Ring& ring = ringOf(spaceId);
  const std::int64_t number = stepAt(monotonicNowNs);
  if (ring.steps.empty() || ring.steps.back().number < number) {
    if (!ring.steps.empty() && ring.durations.count() > 0) {
      ring.steps.back().p50Ms = static_cast<float>(*ring.durations.percentileMs(50));
      ring.steps.back().p99Ms = static_cast<float>(*ring.durations.percentileMs(99));
    }
    ring.durations.clear();
    ring.steps.push_back({.number = number});
    while (ring.steps.front().number <= number - kStepsKept) ring.steps.pop_front();
  }
  Step& step = ring.steps.back();
  const bool refused = end.kind == RequestEnd::Kind::refused;
  ++step.requests;
  ++ring.requestsTotal;
  step.refusals += refused ? 1 : 0;
  ring.refusalsTotal += refused ? 1 : 0;
  step.failures += !refused && end.status >= 500 ? 1 : 0;
  if (end.kind == RequestEnd::Kind::served) ring.durations.add(end.tookNs);
}

Activity::View Activity::view(std::string_view spaceId, std::int64_t monotonicNowNs) const {
  View view;
  const auto found = spaces_.find(spaceId);
  if (found == spaces_.end()) return view;
  const Ring& ring = found->second;
  view.requestsTotal = ring.requestsTotal;
  view.refusalsTotal = ring.refusalsTotal;
  const std::int64_t oldest = stepAt(monotonicNowNs) - kStepsKept + 1;
  for (const Step& step : ring.steps) {
    if (step.number < oldest) continue;
    view.points.push_back({originMs_ + step.number * kStepMs, step.requests, step.failures, step.refusals, step.p50Ms, step.p99Ms});
  }
  if (!view.points.empty()) {  // the last step may still go on
    view.points.back().p50Ms = ring.durations.percentileMs(50);
    view.points.back().p99Ms = ring.durations.percentileMs(99);
  }
  return view;
}

void Activity::forget(std::string_view spaceId) {
  if (const auto found = spaces_.find(spaceId); found != spaces_.end()) spaces_.erase(found);
}

}  // namespace redd
