// What all pools and workers of a supervisor share. Belongs to the supervisor and outlives them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "frame_json.h"
#include "worker/supervisor.h"

namespace redd::worker {

struct Context {
  Loop& loop;
  WorkerOptions options;
  const Limits& limits;
  Metrics& metrics;
  HostCalls& host;
  Supervisor::LogSink log;
  FrameJson json;
  GatewayAddress gateway;
  std::uint64_t lastWorkerId = 0;
  std::function<void()> tickSoon;  // something has a deadline within the next second

  void count(std::string_view name, std::string_view labels = {}) const { metrics.counter(name, labels).add(); }
};

constexpr std::int64_t msToNs(std::int64_t ms) { return ms * 1'000'000; }

}  // namespace redd::worker
