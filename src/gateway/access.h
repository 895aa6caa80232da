// Who is it: the decision procedure of spec 30.3 for app routes.
//
//   valid API token                       → granted (a READ token: GET and HEAD only)
//   JWKS set and the bearer token holds   → granted, with its claims
//   an auth hook may match the path       → hook: it decides, in the worker
//   otherwise                             → refused: 401 with JWKS, 403 without
//
// An invalid credential counts as absent, so a matching hook still decides.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/verdict.h"
#include "gateway/gateway.h"
#include "http/message.h"
#include "space/space.h"

namespace redd::gateway {

// What the request carries.
struct Credentials {
  std::string apiKey;                     // x-apikey, or ?apikey=
  std::optional<std::string_view> bearer;  // points into the head
  std::string query;                      // the raw query without apikey
};
Credentials readCredentials(const http::RequestHead& head);

enum class Door { granted, hook, refused };

struct Refusal {
  int status = 401;
  std::string error;        // body {"error": …}
  std::string challenge;    // WWW-Authenticate, when the status is 401
  int retryAfterS = 0;      // Retry-After, when not 0
  std::string reason;       // for the log: which check, expected, found
  std::string reasonClass;  // for metrics: "expired", "no credential", …
  std::string expected{}, found{};  // for auth.refusals: what the check compared
};

struct Access {
  Door door = Door::refused;
  std::string claims;  // JSON of the verified token, or empty
  Refusal refusal;     // when refused, and for a hook that does not match
};

// The access that an API token gives, if the key is one of the space's. Compared in constant time.
std::optional<Access> byApiToken(const space::Space& space, std::string_view apiKey, std::string_view method);
// What remains when no API token opened the door. `verdict`: of the bearer token, or nullptr when there is none or no JWKS is set.
Access byVerdict(const space::Space& space, std::string_view apiPath, const auth::VerdictPtr& verdict, Explain explain);

}  // namespace redd::gateway
