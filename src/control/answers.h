// How the REST door prints: every answer of the control plane carries these headers, and never a CORS one (SEC-20, SEC-41).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/task.h"
#include "http/server.h"

namespace redd::control {

void addControlHeaders(http::ResponseHead& head, std::string_view contentType);
std::string errorJson(const Error& error);
Task<void> respondJson(http::Exchange& exchange, int status, std::string body);
void addRetryAfter(http::ResponseHead& head, const Error& error);  // what "retryAfterS" in Error::members says
Task<void> respondError(http::Exchange& exchange, Error error);  // nothing for ErrorCode::cancelled: nobody is there

}  // namespace redd::control
