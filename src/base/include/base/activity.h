// What each space has been doing in the last hour, in steps of ten seconds: how many requests, how they ended, how long they took. The
// gateway records, the control plane shows (space.activity); neither may see the other, so what they share lives here.
//
// Belongs to one loop; no locks. In memory only: it begins with the server. Recording a request costs less than a tenth of a microsecond.
// Bounds: kStepsKept steps a space, at most 17 KiB; kSpacesMax spaces, beyond that the one that was quiet the longest makes room.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"

namespace redd {

// How long things took: counts in buckets that each are a tenth longer than the one before, so that what percentile() says is wrong by at
// most 5 %. From a microsecond to a quarter of an hour; what is shorter or longer counts as that.
class Durations {
 public:
  void add(std::int64_t ns);
  void clear() { *this = {}; }
  std::uint32_t count() const { return count_; }
  // Milliseconds within which `percent` of 100 of them ended, by the nearest rank; nothing when there are none.
  std::optional<double> percentileMs(double percent) const;

 private:
  static constexpr std::size_t kBuckets = 220;
  std::array<std::uint32_t, kBuckets> buckets_{};
  std::uint32_t count_ = 0;
};

// One request, when it has ended.
struct RequestEnd {
  enum class Kind : std::uint8_t {
    served,   // the space's code got it
    refused,  // turned away before any of that code ran, for a reason that the space's log names
    aside,    // answered by the server itself: preflights, its word that it is alive, no code deployed
  };
  Kind kind = Kind::served;
  int status = 0;
  std::int64_t tookNs = 0;
};

class Activity {
 public:
  static constexpr std::int64_t kStepMs = 10'000;
  static constexpr std::int64_t kStepsKept = 360;  // an hour
  static constexpr std::size_t kSpacesMax = 4'096;

  struct Point {
    UnixMs timeMs = 0;  // when the step began: a multiple of kStepMs by the clock that the server started with
    std::uint32_t requests = 0;
    std::uint32_t failures = 0;  // answered with 5xx, refusals apart
    std::uint32_t refusals = 0;
    std::optional<double> p50Ms, p99Ms;  // of those that were served; nothing when none was
  };
  struct View {
    std::vector<Point> points;  // oldest first, without the steps that had no request
    std::int64_t requestsTotal = 0, refusalsTotal = 0;  // since the server started
  };

  // `startedNs` is the monotonic time of `startedMs`.
  explicit Activity(UnixMs startedMs = nowMs(), std::int64_t startedNs = monotonicNs());

  void record(std::string_view spaceId, const RequestEnd& end, std::int64_t monotonicNowNs);
  View view(std::string_view spaceId, std::int64_t monotonicNowNs) const;  // of a space that it does not know: an empty one
  void forget(std::string_view spaceId);                                   // the space was removed
  UnixMs startedMs() const { return startedMs_; }
  std::size_t spaces() const { return spaces_.size(); }

 private:
  struct Step {
    std::int64_t number = 0;
    std::uint32_t requests = 0, failures = 0, refusals = 0;
    std::optional<float> p50Ms{}, p99Ms{};  // when the step is over
  };
  struct Ring {
    std::deque<Step> steps;  // the last one is still filled, from `durations`
    Durations durations;
    std::int64_t requestsTotal = 0, refusalsTotal = 0;
  };
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::int64_t stepAt(std::int64_t monotonicNowNs) const { return (monotonicNowNs - originNs_) / (kStepMs * 1'000'000); }
  Ring& ringOf(std::string_view spaceId);

  UnixMs startedMs_, originMs_;
  std::int64_t originNs_;
  std::unordered_map<std::string, Ring, TextHash, std::equal_to<>> spaces_;
};

}  // namespace redd
