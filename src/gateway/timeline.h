// Where the time of a request went, as the member `timeline` of its line in the space's log: the stages gateway, auth, queue and worker, and
// the host calls of the script, which all lie inside `worker`. In microseconds from the arrival of the request's head.
#pragma once

#include <cstdint>
#include <string>

#include "space/space.h"
#include "worker/trace.h"

namespace redd::gateway {

// Times are monotonicNs(); 0: the request did not come so far.
struct Timeline {
  std::int64_t startNs = 0;  // its head was read
  std::int64_t doorNs = 0;   // its space is known and takes requests from there: who it is, is asked now
  std::int64_t knownNs = 0;  // that was answered
  worker::TracePtr trace{};  // of its invocation; nullptr: it was not given to a worker
};

// A JSON array of {name, startUs, durationUs, detail?}; when there were more calls than are kept, last {name:"more", detail}. Secrets of the
// space are masked in details, and long ones cut.
std::string timelineJson(const space::Space& space, const Timeline& timeline, std::int64_t endNs);

}  // namespace redd::gateway
