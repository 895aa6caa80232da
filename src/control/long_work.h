// Work of minutes on a thread, while its caller is told how far it is: one JSON object a line, {"done":BYTES,"total":BYTES} twice a second,
// and at last the outcome or {"error":…,"code":…}. What fails before the first line has a status of its own.
//
// A caller that leaves, and a server that stops, break the work off.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "backup/progress.h"
#include "handlers.h"
#include "thread_lane.h"

namespace redd::control {

using LongJob = std::move_only_function<Result<std::string>(backup::Progress& progress)>;  // → the last line, a JSON object

// The outcome alone, without lines.
Task<Result<std::string>> runLong(Services& services, ThreadLane& lane, LongJob job, http::Exchange& exchange);
// Answers the request.
Task<void> answerLong(std::string_view operation, Services& services, ThreadLane& lane, LongJob job, http::Exchange& exchange);

}  // namespace redd::control
