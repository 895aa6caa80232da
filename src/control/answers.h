// How the doors read and print: every answer of the control plane carries these headers, and never a CORS one (SEC-20, SEC-41).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "http/server.h"

namespace redd::control {

void addControlHeaders(http::ResponseHead& head, std::string_view contentType);
std::string errorJson(const Error& error);
// The whole body of a request. Errors: payloadTooLarge, and those of Exchange::readBody().
Task<Result<std::string>> readBody(http::Exchange& exchange, std::uint64_t bytesMax);
Task<void> respondJson(http::Exchange& exchange, int status, std::string body);
void addRetryAfter(http::ResponseHead& head, const Error& error);  // what "retryAfterS" in Error::members says
Task<void> respondError(http::Exchange& exchange, Error error);  // nothing for ErrorCode::cancelled: nobody is there
Task<void> refuseMethod(http::Exchange& exchange, std::vector<std::string_view> allowed);  // 405
Task<void> respondMisdirected(http::Exchange& exchange);         // 421: the host name is none of ours (SEC-41)

}  // namespace redd::control
