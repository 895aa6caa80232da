// A key set as an identity provider publishes it (RFC 7517 5), reduced to the keys that may check signatures. Pure; a KeySet is
// immutable once made.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/hash.h"
#include "crypto/public_key.h"

namespace redd::auth {

struct Jwk {
  std::optional<std::string> id;                        // kid; only ever compared
  std::optional<crypto::SignatureAlgorithm> algorithm;  // alg; absent: any that fits the key
  crypto::PublicKey key;
  crypto::Sha256Digest digest;  // of the members: two keys are the same key if this is the same
};

struct KeySet {
  std::vector<Jwk> keys;
  std::vector<std::string> refusals;  // for the log: why keys of the set are not used
  std::size_t privateKeys = 0;        // keys that were published with their secret: the set is compromised
};
using KeySetPtr = std::shared_ptr<const KeySet>;

// Keys that are broken, weak, for another use or of an unknown kind are left out and do not spoil the set (SEC-02, SEC-06).
// Errors (invalidArgument): not one strict JSON object with an array `keys`, more than `keysMax` keys.
Result<KeySet> parseKeySet(std::string_view json, std::size_t keysMax);

}  // namespace redd::auth
