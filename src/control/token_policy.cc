#include "token_policy.h"

#include <algorithm>

namespace redd::control {

auth::TokenPolicy policyOf(const space::Space& space) {
  const auto& settings = space.settings;
  return {settings.jwksUrl, settings.issuer, settings.audience, settings.algorithms};
}

Result<auth::TokenPolicy> wantedPolicy(const Call& call) {
  auth::TokenPolicy policy;
  policy.jwksUrl = call.arguments.text("url");
  if (policy.jwksUrl.empty()) return policy;
  policy.issuer = call.arguments.text("issuer");
  policy.audience = call.arguments.texts("audience");
  for (auto& name : call.arguments.texts("algorithms")) {
    if (std::ranges::find(policy.algorithms, name) == policy.algorithms.end()) policy.algorithms.push_back(std::move(name));
  }
  REDD_TRY_VOID(auth::checkPolicy(policy, call.services.keySetAddresses));
  return policy;
}

Result<auth::Authenticator*> authenticatorOf(const Call& call) {
  auto* authenticator = call.services.options.authenticator;
  if (authenticator == nullptr) return Error::make(ErrorCode::unavailable, "This server checks no tokens.");
  return authenticator;
}

}  // namespace redd::control
