// Why a token is accepted or refused, for the person who must mend it: every check with what it compared, not only the first that
// failed, and every key of the set that was asked. Made on demand only; requests are decided by Authenticator::verify().
//
// Holds what the token says (header and claims, which are no secrets of the signature), never the token. Values; no thread of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/verdict.h"
#include "base/clock.h"

namespace redd::auth {

struct CheckLine {
  enum class Outcome : std::uint8_t { passed, failed, skipped };  // skipped: not asked for, or one before it left nothing to check
  Check check = Check::none;
  Outcome outcome = Outcome::skipped;
  std::string expected, found;
};

struct KeyLine {
  std::string id;         // kid; "" none
  std::string kind;       // RSA, EC P-256, OKP Ed25519
  std::string algorithm;  // alg; "" any that fits the kind
  std::string outcome;    // of the token: "verified", "another kid", "another algorithm", "the signature is another's"; "" when nothing was asked
};

struct Explanation {
  Check failed = Check::none;          // what Authenticator::verify() says
  std::string header, claims;          // JSON texts; "" when they cannot be read
  std::vector<CheckLine> checks;       // in the order in which they are made
  std::vector<KeyLine> keys;
  UnixMs nowMs = 0;                    // the server's clock
  std::int64_t leewayS = 0;
  std::optional<UnixMs> issuedAtMs, notBeforeMs, expiresAtMs;
  bool accepted() const { return failed == Check::none; }
};

// The key set of a space as the server has it.
struct KeySetStatus {
  std::string url;
  std::vector<KeyLine> keys;
  std::vector<std::string> unusable;  // keys of the set that are not used, and why
  std::optional<UnixMs> fetchedAtMs;  // of the set that is in use; nullopt: there is none
  std::optional<UnixMs> triedAtMs;    // the last fetch; nullopt: none since the server started
  std::string trouble;                // why the last fetch failed; "" it did not
};

}  // namespace redd::auth
