// The one place where our errors become JavaScript's (spec 40.12).
#pragma once

#include "base/result.h"
#include "worker/host_calls.h"

namespace redd::host {

// {"message": "5 NOT_FOUND: …", "code": 5, "status": 404}
worker::CallReply errorReply(const Error& error);

}  // namespace redd::host
