// The checks of SEC-07 on the payload of a token whose signature held. Pure.
#pragma once

#include "auth/authenticator.h"
#include "auth/explanation.h"
#include "token.h"

namespace redd::auth {

// Fills everything but keyId. The payload must be one strict JSON object; exp, nbf, iss, aud and the header's typ are checked.
Verdict checkClaims(const Token& token, const TokenPolicy& policy, UnixMs now);

// Whom a token is from and for: none, or which of issuer and audience refuses it; of what is remembered of an accepted one.
Check checkParties(const Caller& caller, const TokenPolicy& policy);

// The same checks, each for itself, for explain.h; and the token's times as far as they are numbers.
struct ClaimLines {
  std::vector<CheckLine> checks;
  std::optional<UnixMs> issuedAtMs, notBeforeMs, expiresAtMs;
};
ClaimLines explainClaims(const Token& token, const TokenPolicy& policy, UnixMs now);

}  // namespace redd::auth
