#include "caller.h"

#include "base/json.h"
#include "claims.h"
#include "crypto/hash.h"
#include "strict_json.h"

namespace redd::auth {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// A list, also where the token has one text; empty when it is neither.
std::string audienceJson(const object& claims) {
  if (const auto one = stringMember(claims, "aud")) return "[" + json::quoted(*one) + "]";
  array names;
  std::string out = "[";
  if (claims["aud"].get(names) != simdjson::SUCCESS) return "[]";
  for (const element item : names) {
    std::string_view name;
    if (item.get(name) != simdjson::SUCCESS) return "[]";
    if (out.size() > 1) out += ',';
    json::appendString(out, name);
  }
  return out + "]";
}

std::string textOr(std::optional<std::string_view> text) { return std::string(text.value_or("")); }

}  // namespace

std::optional<Caller> callerOf(const Token& token) {
  StrictJson reader;
  const auto claims = reader.readObject(token.payload);
  if (!claims) return std::nullopt;
  Caller caller;
  caller.issuer = textOr(stringMember(*claims, "iss"));
  caller.audience = audienceJson(*claims);
  caller.algorithm = crypto::name(token.algorithm);
  caller.keyId = token.keyId.value_or("");
  if (caller.issuer.size() + caller.audience.size() + caller.keyId.size() > kCallerBytesMax) return std::nullopt;
  std::string identity = "[" + json::quoted(textOr(stringMember(*claims, "sub")));
  for (const auto* part : {&caller.issuer, &caller.audience, &caller.algorithm, &caller.keyId}) identity += "," + json::quoted(*part);
  caller.digest = crypto::sha256Hex(identity + "]");
  return caller;
}

Check foresee(const Caller& caller, const TokenPolicy& policy, const AlgorithmSet& allowed, const KeySet* keys) {
  const auto algorithm = crypto::signatureAlgorithm(caller.algorithm);
  if (!algorithm || !allowed.contains(*algorithm)) return Check::algorithm;
  if (keys != nullptr) {
    const auto key = meantKey(*keys, *algorithm, caller.keyId.empty() ? std::nullopt : std::optional(caller.keyId));
    if (!key) return key.error().failed;
  }
  return checkParties(caller, policy);
}

}  // namespace redd::auth
