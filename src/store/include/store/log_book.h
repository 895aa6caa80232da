// What scripts print and what befalls a space's requests: a bounded log per space (spec 70.7), kept on disk beside its data,
// live to followers. Lines are written in batches without waiting for a sync: a log line may be lost with the power, never a
// document. Over Limits::logLinesPerSecond lines are dropped and counted in one line that says so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "base/suspend.h"

namespace redd::store {

struct LogLine {
  std::string id;        // grows with time
  UnixMs time = 0;
  std::string level;     // log, debug, info, warn, error
  std::string context;   // routehooks, authhooks, gateway, …
  std::string requestId; // empty when none
  std::string text;
};

class LogBook {
 public:
  static Result<std::unique_ptr<LogBook>> open(Loop& loop, std::filesystem::path dataDir, const Limits& limits, Metrics& metrics);
  virtual ~LogBook() = default;

  // On the loop. Cheap: queues, and tells followers at once. id and (when 0) time are filled in.
  virtual void append(std::string_view spaceId, LogLine line) = 0;
  // The newest `count` lines, oldest first; context "" means all.
  virtual void tail(std::string spaceId, std::size_t count, std::string context, Completion<std::vector<LogLine>> done) = 0;

  // Called on the loop for each later line until the returned handle is destroyed.
  using Follower = std::function<void(const LogLine&)>;
  virtual std::shared_ptr<void> follow(std::string_view spaceId, Follower follower) = 0;
  virtual void close(Completion<void> done) = 0;
};

}  // namespace redd::store
