// A token in compact serialisation (RFC 7515 7.1), taken apart strictly (SEC-04, SEC-05). Nothing in it is trusted yet. Pure.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "auth/verdict.h"
#include "crypto/public_key.h"

namespace redd::auth {

inline constexpr std::size_t kHeaderBytesMax = 4 << 10;  // decoded

struct Token {
  crypto::SignatureAlgorithm algorithm;
  std::optional<std::string> keyId;
  std::optional<std::string> type;  // typ; checked with the claims
  std::string_view signedPart;      // points into the text it was read from
  std::string payload;              // decoded; any bytes
  std::string signature;            // decoded
};

// jwk, jku, x5u, x5c, x5t and every member not named above are ignored (SEC-03). Failures: malformed, or algorithm for a name that is
// none of the asymmetric ones (HS256 and none among them).
std::expected<Token, Verdict> readToken(std::string_view text, std::size_t bytesMax);

Verdict failure(Check check, std::string expected, std::string found);

}  // namespace redd::auth
