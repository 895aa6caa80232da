// What became of a token, and why: the one result of every check, which can explain itself.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace redd::auth {

// The checks in the order in which they are made. Their public names (className) are what a refused caller is told
// (spec README: class only; expected and found go to the space's log).
enum class Check : std::uint8_t {
  none,             // accepted
  missing,          // no token
  malformed,
  algorithm,
  unknownKey,
  signature,
  expired,
  notYetValid,
  issuer,
  audience,
  keysUnavailable,  // nothing wrong with the token: the key set could not be had. 503, not 401
};
std::string_view className(Check check);  // "malformed", "algorithm", "unknown key", "signature", "expired", "not yet valid", …

// Who calls with an accepted token, as far as a policy may ask. A token's sub is in the digest only.
struct Caller {
  std::string digest;     // of sub, iss, aud, alg and kid; hex
  std::string issuer;     // "" none
  std::string audience;   // a JSON list of texts
  std::string algorithm;  // RS256
  std::string keyId;      // kid; "" none
};

// Immutable once made; shared by cache and requests.
struct Verdict {
  Check failed = Check::none;
  std::string claims;    // payload JSON text, when the signature held (accepted, or a claim failed)
  std::string expected;  // for the log, never for the caller: e.g. "aud contains https://api.test"
  std::string found;     // e.g. "aud = [\"https://other.test\"]"
  std::string keyId;     // kid of the key that verified it
  std::int64_t validUntilMs = 0;  // accepted: exp with leeway, or far future
  std::optional<Caller> caller;   // accepted; nullopt when it says more of itself than is kept
  bool accepted() const { return failed == Check::none; }
};
using VerdictPtr = std::shared_ptr<const Verdict>;

}  // namespace redd::auth
