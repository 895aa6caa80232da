// Cross-origin answers of app routes (spec 20.7, SEC-20). The gateway answers every preflight; user code never runs for one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace redd::gateway {

bool isPreflight(const http::RequestHead& head);
http::ResponseHead preflightAnswer(const http::RequestHead& head, const std::vector<std::string>& allowedOrigins);

// Adds Access-Control-Allow-Origin and -Credentials when the request has an Origin that may read the answer, and Vary. A value that
// the app set itself wins.
void addCorsHeaders(http::Headers& answer, const http::Headers& request, const std::vector<std::string>& allowedOrigins);

}  // namespace redd::gateway
