// The text of a control-plane token (SEC-33): a typed prefix that scanners for leaked secrets know, 256 random bits in base 62,
// and a CRC-32 of what stands before it, so that a mistyped token is told from a wrong one without asking a server.
#pragma once

#include <string>
#include <string_view>

namespace redd::account {

inline constexpr std::string_view kControlTokenPrefix = "redd_";

std::string newControlToken();                          // redd_ + 43 + 6 characters
bool isWellFormedControlToken(std::string_view token);  // shape and checksum only: says nothing about whom it speaks for
bool isAcceptablePreset(std::string_view token);        // an operator's own: 16 to 512 of [A-Za-z0-9._~+/=-] (a bearer token's alphabet, RFC 6750)

}  // namespace redd::account
