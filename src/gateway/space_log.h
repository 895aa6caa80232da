// The line that a request leaves in its space's log, and its counters. What a program reads of it stands in the line's fields: method, path
// (masked), status, durationMs, deployment, client (addressClass()); of a refusal also reason, expected, found and address, of a failure error;
// and the timeline. Refusals and failures always leave one; answers that went well leave at most kPlainLinesPerSecond a space, so that they never
// crowd out what scripts print.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/activity.h"
#include "base/metrics.h"
#include "space/space.h"
#include "timeline.h"

namespace redd::store {
class LogBook;
}

namespace redd::gateway {

struct RequestOutcome {
  std::string_view method, target, requestId, ip;
  int status = 0;
  std::int64_t tookNs = 0;
  std::string_view reason;       // why it was refused or failed; empty: it went well
  std::string_view reasonClass;  // for the counter of refusals; empty: no refusal
  std::string_view expected, found;  // by the check that refused it; empty: nothing to compare
  std::string_view deployment = {};  // of a split space: which of the two answered
  const Timeline* timeline = nullptr;  // where tookNs went; nullptr: nobody knows
};

class SpaceLog {
 public:
  SpaceLog(store::LogBook& book, Metrics& metrics, Activity& activity) : book_(book), metrics_(metrics), activity_(activity) {}
  void request(const space::Space& space, const RequestOutcome& outcome);

  static constexpr int kPlainLinesPerSecond = 20;

 private:
  struct PerSpace {
    Counter byClass[6];  // index = status / 100
    std::int64_t second = 0;
    int plainLines = 0;
  };
  PerSpace& of(const space::Space& space);

  store::LogBook& book_;
  Metrics& metrics_;
  Activity& activity_;
  std::unordered_map<std::string, PerSpace> spaces_;
};

// A target for logs: the values of apikey and of other query parameters that are secrets by their name are masked (SEC-35).
std::string maskedTarget(std::string_view target);

// Where a client sits, as far as its address tells: loopback, private (RFC 1918, RFC 4193, link-local), public; "" for no address.
std::string_view addressClass(std::string_view ip);

}  // namespace redd::gateway
