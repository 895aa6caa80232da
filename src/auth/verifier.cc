#include "verifier.h"

#include "claims.h"
#include "strict_json.h"

namespace redd::auth {
namespace {

constexpr unsigned kAlgorithms = 10;

std::string keyText(const std::optional<std::string>& keyId) { return keyId ? "kid = " + excerpt(*keyId) : "no kid"; }

bool mayBeMeant(const Jwk& jwk, crypto::SignatureAlgorithm algorithm, const std::optional<std::string>& keyId) {
  if (keyId && jwk.id != keyId) return false;
  if (jwk.algorithm && *jwk.algorithm != algorithm) return false;
  return crypto::fits(jwk.key.kind(), algorithm);
}

// Why no key remained: a key of that name for another algorithm is the token's fault, and no reason to fetch the set again.
Verdict noKey(const KeySet& keys, crypto::SignatureAlgorithm algorithm, const std::optional<std::string>& keyId) {
  for (const Jwk& jwk : keys.keys) {
    if (keyId && jwk.id == keyId) {
      return failure(Check::algorithm, "an algorithm of the key with " + keyText(keyId), "alg = " + std::string(crypto::name(algorithm)));
    }
  }
  return failure(Check::unknownKey, "one of " + std::to_string(keys.keys.size()) + " keys of the set", keyText(keyId));
}

}  // namespace

AlgorithmSet::AlgorithmSet(const std::vector<std::string>& names) {
  if (names.empty()) bits_ = (1U << kAlgorithms) - 1;
  for (const std::string& name : names) {
    if (const auto algorithm = crypto::signatureAlgorithm(name)) bits_ |= 1U << static_cast<unsigned>(*algorithm);
  }
}

std::string AlgorithmSet::names() const {
  std::string out;
  for (unsigned i = 0; i < kAlgorithms; ++i) {
    const auto algorithm = static_cast<crypto::SignatureAlgorithm>(i);
    if (contains(algorithm)) out.append(out.empty() ? "" : ", ").append(crypto::name(algorithm));
  }
  return out;
}

std::expected<const Jwk*, Verdict> meantKey(const KeySet& keys, crypto::SignatureAlgorithm algorithm, const std::optional<std::string>& keyId) {
  const Jwk* meant = nullptr;
  std::size_t candidates = 0;
  for (const Jwk& jwk : keys.keys) {
    if (!mayBeMeant(jwk, algorithm, keyId)) continue;
    meant = &jwk;
    ++candidates;
  }
  if (candidates == 0) return std::unexpected(noKey(keys, algorithm, keyId));
  if (candidates > 1) {
    return std::unexpected(
        failure(Check::unknownKey, "exactly one key that may be meant", std::to_string(candidates) + " keys for " + keyText(keyId)));
  }
  return meant;
}

SignatureVerdict verifySignature(const Token& token, const KeySet& keys, const AlgorithmSet& allowed) {
  if (!allowed.contains(token.algorithm)) {
    return {failure(Check::algorithm, "alg is one of " + allowed.names(), "alg = " + std::string(crypto::name(token.algorithm)))};
  }
  const auto meant = meantKey(keys, token.algorithm, token.keyId);
  if (!meant) return {meant.error()};
  const Jwk& key = **meant;
  SignatureVerdict result{{}, &key};
  if (!key.key.verify(token.algorithm, token.signedPart, token.signature)) {
    result.verdict = failure(Check::signature, "a signature of the key with " + keyText(token.keyId), "another");
  }
  result.verdict.keyId = key.id.value_or("");
  return result;
}

SignatureVerdict judge(const Token& token, const KeySet& keys, const AlgorithmSet& allowed, const TokenPolicy& policy, UnixMs now) {
  SignatureVerdict result = verifySignature(token, keys, allowed);
  if (!result.verdict.accepted()) return result;
  std::string keyId = std::move(result.verdict.keyId);
  result.verdict = checkClaims(token, policy, now);
  result.verdict.keyId = std::move(keyId);
  return result;
}

}  // namespace redd::auth
