// The caller in an accepted token, and what another policy says of it (auth/forecast.h). Pure.
#pragma once

#include "auth/authenticator.h"
#include "jwk.h"
#include "token.h"
#include "verifier.h"

namespace redd::auth {

inline constexpr std::size_t kCallerBytesMax = 4 << 10;  // of issuer, audience and kid together

// nullopt: it says more of itself than is kept.
std::optional<Caller> callerOf(const Token& token);

// The checks of verify() in their order, as far as a policy decides them. keys: nullptr, they are not judged.
Check foresee(const Caller& caller, const TokenPolicy& policy, const AlgorithmSet& allowed, const KeySet* keys);

}  // namespace redd::auth
