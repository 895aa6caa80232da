// One invocation, from Supervisor::invoke() until its worker settled it. Shared by the caller's handle, the pool's queue and the
// worker's table; each of the two that can reach it clears its link when it lets go.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "worker/supervisor.h"

namespace redd::worker {

class Pool;
class Worker;

struct Run {
  std::shared_ptr<AnswerSink> sink;  // null once its sequence has ended
  std::string invokeJson;            // until it is sent
  std::string requestId;             // of the sink, for log lines
  TracePtr trace;                    // of the sink; may be null
  BodyFollows body = BodyFollows::no;
  Pool* pool = nullptr;      // while it waits
  Worker* worker = nullptr;  // while it stands in that worker's table
  std::uint32_t id = 0;
  std::int64_t sinceNs = 0;       // waiting: when that began to count; in a worker: when it was sent
  std::size_t sendWindow = 0;     // request body bytes that may be sent now
  std::size_t receiveWindow = 0;  // response body bytes that the worker may send now
  std::size_t consumed = 0;       // response body bytes passed on, not yet told to the worker
  bool bodyEnded = false;         // the caller said so, perhaps before there was a worker
  bool headSeen = false, answered = false, called = false;

  std::shared_ptr<AnswerSink> takeSink() { return std::exchange(sink, nullptr); }
};
using RunPtr = std::shared_ptr<Run>;

}  // namespace redd::worker
