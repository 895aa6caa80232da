// The `invoke` payload of wire/PROTOCOL.md: what JavaScript sees of a request is what the gateway authorised (SEC-15).
#pragma once

#include <string>
#include <string_view>

#include "http/client_side.h"
#include "http/message.h"

namespace redd::gateway {

struct InvokeInput {
  const http::RequestHead& head;
  std::string_view path, apiPath;  // normalised
  std::string_view query;          // raw, without the API key
  const http::ClientSide& client;
  std::string_view requestId;
  std::string_view claims;         // JSON object of the verified token, or empty
  enum class Auth { granted, hook } auth;
  int depth = 0;                   // of calls between spaces (spec 10.12)
};
std::string invokeJson(const InvokeInput& input);

}  // namespace redd::gateway
