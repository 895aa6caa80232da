#include "jwk.h"

#include <algorithm>
#include <array>

#include "crypto/base64url.h"
#include "strict_json.h"

namespace redd::auth {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::array<std::string_view, 8> kPrivateMembers = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

// Members that make a key what it is, joined; none of them can hold a line break once they were decoded or are known words.
crypto::Sha256Digest digestOf(const object& jwk) {
  std::string text;
  for (const std::string_view name : {"kty", "crv", "n", "e", "x", "y", "alg", "kid"}) {
    const auto value = stringMember(jwk, name);
    text.append(value ? std::to_string(value->size()) : "-").append(":").append(value.value_or("")).push_back('\n');
  }
  return crypto::sha256(text);
}

Result<std::string> bytesMember(const object& jwk, std::string_view name) {
  const auto text = stringMember(jwk, name);
  if (!text) return invalid("no text " + std::string(name));
  auto bytes = crypto::base64urlDecode(*text);
  if (!bytes) return invalid(std::string(name) + " is not base64url");
  return std::move(*bytes);
}

Result<crypto::PublicKey> publicKey(const object& jwk) {
  const auto type = stringMember(jwk, "kty");
  if (!type) return invalid("no text kty");
  if (*type == "RSA") {
    REDD_TRY(const auto modulus, bytesMember(jwk, "n"));
    REDD_TRY(const auto exponent, bytesMember(jwk, "e"));
    return crypto::PublicKey::rsa(modulus, exponent);
  }
  const auto curve = stringMember(jwk, "crv").value_or("");
  if (*type == "EC") {
    const auto kind = curve == "P-256"   ? std::optional(crypto::KeyKind::p256)
                      : curve == "P-384" ? std::optional(crypto::KeyKind::p384)
                      : curve == "P-521" ? std::optional(crypto::KeyKind::p521)
                                         : std::nullopt;
    if (!kind) return invalid("unknown curve " + excerpt(curve));
    REDD_TRY(const auto x, bytesMember(jwk, "x"));
    REDD_TRY(const auto y, bytesMember(jwk, "y"));
    return crypto::PublicKey::ec(*kind, x, y);
  }
  if (*type == "OKP" && curve == "Ed25519") {
    REDD_TRY(const auto x, bytesMember(jwk, "x"));
    return crypto::PublicKey::ed25519(x);
  }
  return invalid("unknown kind of key " + excerpt(*type) + " " + excerpt(curve));
}

Result<void> checkUse(const object& jwk) {
  if (has(jwk, "use") && stringMember(jwk, "use") != "sig") return invalid("use is not sig");
  if (!has(jwk, "key_ops")) return {};
  array operations;
  if (jwk["key_ops"].get(operations) != simdjson::SUCCESS) return invalid("key_ops is no array");
  const bool mayVerify = std::ranges::any_of(operations, [](const element& operation) {
    std::string_view name;
    return operation.get(name) == simdjson::SUCCESS && name == "verify";
  });
  if (!mayVerify) return invalid("key_ops does not hold verify");
  return {};
}

bool isPrivate(const object& jwk) {
  return std::ranges::any_of(kPrivateMembers, [&jwk](std::string_view name) { return has(jwk, name); });
}

Result<Jwk> parseKey(const object& jwk) {
  if (isPrivate(jwk)) return invalid("published with its private members: it must be replaced at the identity provider");
  std::optional<std::string> id;
  if (has(jwk, "kid")) {
    const auto text = stringMember(jwk, "kid");
    if (!text) return invalid("kid is not a string");
    id = std::string(*text);
  }
  std::optional<crypto::SignatureAlgorithm> algorithm;
  if (has(jwk, "alg")) {
    algorithm = crypto::signatureAlgorithm(stringMember(jwk, "alg").value_or(""));
    if (!algorithm) return invalid("alg is none of the signature algorithms");
  }
  REDD_TRY_VOID(checkUse(jwk));
  REDD_TRY(auto key, publicKey(jwk));
  if (algorithm && !crypto::fits(key.kind(), *algorithm)) return invalid("alg does not fit the kind of key");
  return Jwk{std::move(id), algorithm, std::move(key), digestOf(jwk)};
}

}  // namespace

Result<KeySet> parseKeySet(std::string_view json, std::size_t keysMax) {
  StrictJson reader;
  const auto document = reader.readObject(json);
  if (!document) return invalid("the key set is not one strict JSON object: " + document.error().publicText);
  array keys;
  if ((*document)["keys"].get(keys) != simdjson::SUCCESS) return invalid("the key set has no array \"keys\"");
  KeySet set;
  std::size_t number = 0;
  for (const element item : keys) {
    if (++number > keysMax) return invalid("the key set has more than " + std::to_string(keysMax) + " keys");
    object jwk;
    if (item.get(jwk) != simdjson::SUCCESS) {
      set.refusals.push_back("key " + std::to_string(number) + ": not an object");
      continue;
    }
    if (isPrivate(jwk)) ++set.privateKeys;
    auto key = parseKey(jwk);
    if (key) {
      set.keys.push_back(*std::move(key));
    } else {
      set.refusals.push_back("key " + std::to_string(number) + " (" + excerpt(stringMember(jwk, "kid").value_or("no kid")) +
                             "): " + key.error().publicText);
    }
  }
  return set;
}

}  // namespace redd::auth
