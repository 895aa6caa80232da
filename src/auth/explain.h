// The checks of verifier.h and claims.h, all of them, as an Explanation. Pure.
#pragma once

#include "auth/authenticator.h"
#include "auth/explanation.h"
#include "jwk.h"
#include "verifier.h"

namespace redd::auth {

struct ExplainInput {
  std::string_view token;
  const KeySet* keys;       // nullptr: there is none, and `trouble` says why
  std::string_view trouble;
  const TokenPolicy& policy;
  const AlgorithmSet& allowed;
  UnixMs now;
  std::size_t tokenBytesMax;
};

// Explanation::failed is the first check that failed, and the same as judge() says.
Explanation explain(const ExplainInput& input);

KeyLine keyLine(const Jwk& jwk);

}  // namespace redd::auth
