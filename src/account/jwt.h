// The token of a command line (spec 70.2): a JWT that the published CLI decodes for `exp`, `name` and `email`, signed by HS256
// (RFC 7518 3.2). The server itself never parses one: it knows the SHA-256 of every token that it gave out and did not take back.
#pragma once

#include <string>
#include <string_view>

#include "account/directory.h"

namespace redd::account {

std::string makeJwt(std::string_view key, const User& user, std::string_view tokenId, UnixMs issuedMs, UnixMs expiresMs);

}  // namespace redd::account
