// Public keys made from raw JWK parameters, and the signatures of RFC 7518 3 and RFC 8037 checked with them.
//
// A key is checked when it is made (SEC-06), so that no later verification can be made expensive or meaningless by a bad key:
// every maker and every verify() stays under 5 ms of CPU for any input. Symmetric algorithms do not exist here at all.
// A PublicKey is immutable; verify() may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace redd::crypto {

enum class SignatureAlgorithm : std::uint8_t { rs256, rs384, rs512, ps256, ps384, ps512, es256, es384, es512, edDsa };
enum class KeyKind : std::uint8_t { rsa, p256, p384, p521, ed25519 };

// Names compare byte for byte: "RS256" … "EdDSA". nullopt for everything else, "HS256" and "none" included.
std::optional<SignatureAlgorithm> signatureAlgorithm(std::string_view name);
std::string_view name(SignatureAlgorithm algorithm);
// RSA keys serve RS* and PS*; each curve serves one algorithm (RFC 7518 3.4).
bool fits(KeyKind kind, SignatureAlgorithm algorithm);

class PublicKey {
 public:
  // Big-endian bytes. Errors (invalidArgument) name the rule: modulus 2048 to 8192 bits and odd, exponent odd and 3 ≤ e < 2^32,
  // no fingerprint of the ROCA weakness (CVE-2017-15361).
  static Result<PublicKey> rsa(std::string_view modulus, std::string_view exponent);
  // Coordinates have exactly the length of the curve's field (RFC 7518 6.2.1.2); the point must be on the curve.
  static Result<PublicKey> ec(KeyKind curve, std::string_view x, std::string_view y);
  static Result<PublicKey> ed25519(std::string_view bytes);

  KeyKind kind() const { return kind_; }
  // False for everything that is not this key's signature of these bytes by this algorithm. ECDSA signatures are r‖s (RFC 7518 3.4).
  bool verify(SignatureAlgorithm algorithm, std::string_view message, std::string_view signature) const;

 private:
  PublicKey(KeyKind kind, std::shared_ptr<void> key, std::size_t signatureBytes)
      : kind_(kind), key_(std::move(key)), signatureBytes_(signatureBytes) {}
  KeyKind kind_;
  std::shared_ptr<void> key_;  // EVP_PKEY
  std::size_t signatureBytes_;
};

}  // namespace redd::crypto
