#include "space_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "store/log_book.h"

namespace redd::gateway {

std::string maskedTarget(std::string_view target) {
  std::string out(target.substr(0, 1024));
  for (std::size_t at = out.find("apikey="); at != std::string::npos; at = out.find("apikey=", at + 8)) {
    const std::size_t from = at + 7;
    out.replace(from, std::min(out.find('&', from), out.size()) - from, "…");
  }
  return out;
}

SpaceLog::PerSpace& SpaceLog::of(const space::Space& space) {
  const auto found = spaces_.find(space.id);
  if (found != spaces_.end()) return found->second;
  const auto series = [&](int i) {
    return metrics_.counter("redd_requests_total", fmt::format(R"(space="{}",status="{}xx")", labelValue(space.label()), i));
  };
  return spaces_.emplace(space.id, PerSpace{{series(0), series(1), series(2), series(3), series(4), series(5)}, 0, 0}).first->second;
}

void SpaceLog::request(const space::Space& space, const RequestOutcome& outcome) {
  PerSpace& mine = of(space);
  mine.byClass[std::clamp(outcome.status / 100, 0, 5)].add();
  if (!outcome.reasonClass.empty()) {
    metrics_.counter("redd_refusals_total", fmt::format(R"(space="{}",reason="{}")", labelValue(space.label()), labelValue(outcome.reasonClass))).add();
  }
  if (outcome.reason.empty()) {
    const std::int64_t second = monotonicNs() / 1'000'000'000;
    if (second != mine.second) {
      mine.second = second;
      mine.plainLines = 0;
    }
    if (++mine.plainLines > kPlainLinesPerSecond) return;
  }
  store::LogLine line;
  line.level = outcome.status >= 500 ? "error" : outcome.reason.empty() ? "info" : "warn";
  line.context = "request";
  line.requestId = std::string(outcome.requestId);
  line.text = fmt::format("{} {} {} {:.1f} ms from {}", outcome.status, outcome.method, maskedTarget(outcome.target),
                          static_cast<double>(outcome.tookNs) / 1e6, outcome.ip);
  if (!outcome.deployment.empty()) line.text.append(", deployment ").append(outcome.deployment);
  if (!outcome.reason.empty()) line.text.append(": ").append(outcome.reason);
  book_.append(space.id, std::move(line));
}

}  // namespace redd::gateway
