#include "explain.h"

#include <algorithm>

#include "claims.h"
#include "crypto/base64url.h"
#include "strict_json.h"
#include "token.h"

namespace redd::auth {
namespace {

using Outcome = CheckLine::Outcome;

std::string keyKind(crypto::KeyKind kind) {
  switch (kind) {
    case crypto::KeyKind::rsa: return "RSA";
    case crypto::KeyKind::p256: return "EC P-256";
    case crypto::KeyKind::p384: return "EC P-384";
    case crypto::KeyKind::p521: return "EC P-521";
    case crypto::KeyKind::ed25519: return "OKP Ed25519";
  }
  return {};
}

// The `number`th part of a token as JSON text, whatever the rest of it is like; "" when it is none.
std::string partText(std::string_view token, int number) {
  for (; number > 0 && !token.empty(); --number) token.remove_prefix(std::min(token.find('.'), token.size() - 1) + 1);
  const auto decoded = crypto::base64urlDecode(token.substr(0, token.find('.')));
  StrictJson json;
  return decoded && json.readObject(*decoded) ? *decoded : std::string();
}

void add(Explanation& out, Check check, Outcome outcome, std::string expected, std::string found) {
  if (outcome == Outcome::failed && out.failed == Check::none) out.failed = check;
  out.checks.push_back({check, outcome, std::move(expected), std::move(found)});
}

void addFailure(Explanation& out, const Verdict& verdict) { add(out, verdict.failed, Outcome::failed, verdict.expected, verdict.found); }

// The checks from `first` on that nothing could be compared for.
void skipFrom(Explanation& out, std::initializer_list<Check> checks) {
  for (const Check check : checks) add(out, check, Outcome::skipped, {}, {});
}

std::string outcomeOf(const Jwk& jwk, const Token& token) {
  if (token.keyId && jwk.id != token.keyId) return "another kid";
  if (jwk.algorithm ? *jwk.algorithm != token.algorithm : !crypto::fits(jwk.key.kind(), token.algorithm)) return "another algorithm";
  return jwk.key.verify(token.algorithm, token.signedPart, token.signature) ? "verified" : "the signature is another's";
}

// The same verdict as the fast path's, spread over its three checks.
void addSignature(Explanation& out, const ExplainInput& input, const Token& token) {
  const std::string algorithm = "alg = " + std::string(crypto::name(token.algorithm));
  const std::string key = token.keyId ? "kid = " + excerpt(*token.keyId) : "no kid";
  if (input.keys != nullptr) {
    for (const Jwk& jwk : input.keys->keys) {
      out.keys.push_back(keyLine(jwk));
      out.keys.back().outcome = outcomeOf(jwk, token);
    }
  }
  if (!input.allowed.contains(token.algorithm)) {
    addFailure(out, verifySignature(token, KeySet{}, input.allowed).verdict);
    return skipFrom(out, {Check::keysUnavailable, Check::unknownKey, Check::signature});
  }
  if (input.keys == nullptr) {
    add(out, Check::algorithm, Outcome::passed, "alg is one of " + input.allowed.names(), algorithm);
    add(out, Check::keysUnavailable, Outcome::failed, "a key set", std::string(input.trouble));
    return skipFrom(out, {Check::unknownKey, Check::signature});
  }
  const Verdict verdict = verifySignature(token, *input.keys, input.allowed).verdict;
  if (verdict.failed == Check::algorithm) {
    addFailure(out, verdict);
    add(out, Check::keysUnavailable, Outcome::passed, "a key set", std::to_string(input.keys->keys.size()) + " keys");
    return skipFrom(out, {Check::unknownKey, Check::signature});
  }
  add(out, Check::algorithm, Outcome::passed, "alg is one of " + input.allowed.names(), algorithm);
  add(out, Check::keysUnavailable, Outcome::passed, "a key set", std::to_string(input.keys->keys.size()) + " keys");
  if (verdict.failed == Check::unknownKey) {
    addFailure(out, verdict);
    return skipFrom(out, {Check::signature});
  }
  add(out, Check::unknownKey, Outcome::passed, "exactly one key of the set that may be meant", key);
  if (verdict.failed == Check::signature) return addFailure(out, verdict);
  add(out, Check::signature, Outcome::passed, "a signature of the key with " + key, "it is");
}

}  // namespace

KeyLine keyLine(const Jwk& jwk) {
  return {jwk.id.value_or(""), keyKind(jwk.key.kind()), jwk.algorithm ? std::string(crypto::name(*jwk.algorithm)) : std::string(), {}};
}

Explanation explain(const ExplainInput& input) {
  Explanation out;
  out.nowMs = input.now;
  out.leewayS = input.policy.leewayS;
  const bool isSmall = input.token.size() <= input.tokenBytesMax;
  if (isSmall) out.header = partText(input.token, 0);
  if (isSmall) out.claims = partText(input.token, 1);
  const auto token = readToken(input.token, input.tokenBytesMax);
  if (!token) {
    if (token.error().failed != Check::malformed) add(out, Check::malformed, Outcome::passed, "three parts of base64url, a JSON header", "they are");
    addFailure(out, token.error());
    skipFrom(out, {Check::keysUnavailable, Check::unknownKey, Check::signature, Check::expired, Check::notYetValid, Check::issuer, Check::audience});
    return out;
  }
  add(out, Check::malformed, Outcome::passed, "three parts of base64url, a JSON header", "they are");
  addSignature(out, input, *token);
  const auto claims = explainClaims(*token, input.policy, input.now);
  out.issuedAtMs = claims.issuedAtMs;
  out.notBeforeMs = claims.notBeforeMs;
  out.expiresAtMs = claims.expiresAtMs;
  for (const auto& line : claims.checks) add(out, line.check, line.outcome, line.expected, line.found);
  return out;
}

}  // namespace redd::auth
