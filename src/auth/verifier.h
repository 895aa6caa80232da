// Token, key set, policy and time in; verdict out. Pure: every rule of 95.A that needs no network stands below this header.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.h"
#include "jwk.h"
#include "token.h"

namespace redd::auth {

// The algorithms that a policy allows: of its list, or all ten. Names that are no signature algorithm are never in it (SEC-01).
class AlgorithmSet {
 public:
  explicit AlgorithmSet(const std::vector<std::string>& names);
  bool contains(crypto::SignatureAlgorithm algorithm) const { return (bits_ >> static_cast<unsigned>(algorithm) & 1U) != 0; }
  std::string names() const;

 private:
  std::uint32_t bits_ = 0;
};

struct SignatureVerdict {
  Verdict verdict;           // none, algorithm, unknownKey or signature
  const Jwk* key = nullptr;  // into the set: the one key that was asked
};
// The one key of the set that a token with this header means (SEC-02), or why there is none.
std::expected<const Jwk*, Verdict> meantKey(const KeySet& keys, crypto::SignatureAlgorithm algorithm, const std::optional<std::string>& keyId);
// The entry point below the claims: whether the algorithm is allowed, exactly one key of the set may be meant (SEC-02), and the
// signature is that key's.
SignatureVerdict verifySignature(const Token& token, const KeySet& keys, const AlgorithmSet& allowed);
// verifySignature(), then the claims.
SignatureVerdict judge(const Token& token, const KeySet& keys, const AlgorithmSet& allowed, const TokenPolicy& policy, UnixMs now);

}  // namespace redd::auth
