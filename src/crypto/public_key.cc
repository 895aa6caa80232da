#include "crypto/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <array>
#include <bitset>
#include <string>

namespace redd::crypto {
namespace {

constexpr std::array<std::string_view, 10> kNames = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                                     "PS512", "ES256", "ES384", "ES512", "EdDSA"};

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* object) const { release(object); }
};
using BigNumber = std::unique_ptr<BIGNUM, Release<BIGNUM, BN_free>>;
using ParamsBuilder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM, OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX, EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG, ECDSA_SIG_free>>;

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

BigNumber bigNumber(std::string_view bytes) {
  BigNumber number(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr));
  REDD_CHECK(number != nullptr);
  return number;
}

EVP_PKEY* evpKey(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

std::shared_ptr<void> keyFrom(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  REDD_CHECK(params != nullptr && context != nullptr);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 || EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return {key, [](void* made) { EVP_PKEY_free(static_cast<EVP_PKEY*>(made)); }};
}

// Moduli of the broken generator are powers of 65537 modulo every small prime; another modulus passes all of these tests with
// a probability under 2^-27 (Nemec and others, "The Return of Coppersmith's Attack", section 3).
bool hasRocaFingerprint(const BIGNUM* modulus) {
  constexpr std::array<unsigned, 38> kPrimes = {3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
                                                73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
  for (const unsigned prime : kPrimes) {
    std::bitset<168> powers;
    for (unsigned power = 1; !powers[power]; power = power * 65537 % prime) powers[power] = true;
    if (!powers[static_cast<std::size_t>(BN_mod_word(modulus, prime))]) return false;
  }
  return true;
}

const EVP_MD* digestOf(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::rs256:
    case SignatureAlgorithm::ps256:
    case SignatureAlgorithm::es256: return EVP_sha256();
    case SignatureAlgorithm::rs384:
    case SignatureAlgorithm::ps384:
    case SignatureAlgorithm::es384: return EVP_sha384();
    case SignatureAlgorithm::rs512:
    case SignatureAlgorithm::ps512:
    case SignatureAlgorithm::es512: return EVP_sha512();
    case SignatureAlgorithm::edDsa: return nullptr;
  }
  return nullptr;
}

bool isPss(SignatureAlgorithm algorithm) {
  return algorithm == SignatureAlgorithm::ps256 || algorithm == SignatureAlgorithm::ps384 || algorithm == SignatureAlgorithm::ps512;
}

// r‖s of a known length → the DER that OpenSSL reads.
std::string derSignature(std::string_view signature) {
  const std::size_t half = signature.size() / 2;
  const EcSignature pair(ECDSA_SIG_new());
  REDD_CHECK(pair != nullptr);
  REDD_CHECK(ECDSA_SIG_set0(pair.get(), bigNumber(signature.substr(0, half)).release(), bigNumber(signature.substr(half)).release()) == 1);
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  REDD_CHECK(i2d_ECDSA_SIG(pair.get(), &out) == static_cast<int>(der.size()));
  return der;
}

struct Curve {
  const char* group;
  std::size_t fieldBytes;
};
Curve curveOf(KeyKind kind) {
  switch (kind) {
    case KeyKind::p256: return {"P-256", 32};
    case KeyKind::p384: return {"P-384", 48};
    case KeyKind::p521: return {"P-521", 66};
    default: return {nullptr, 0};
  }
}

}  // namespace

std::optional<SignatureAlgorithm> signatureAlgorithm(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<SignatureAlgorithm>(i);
  }
  return std::nullopt;
}

std::string_view name(SignatureAlgorithm algorithm) { return kNames[static_cast<std::size_t>(algorithm)]; }

bool fits(KeyKind kind, SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::es256: return kind == KeyKind::p256;
    case SignatureAlgorithm::es384: return kind == KeyKind::p384;
    case SignatureAlgorithm::es512: return kind == KeyKind::p521;
    case SignatureAlgorithm::edDsa: return kind == KeyKind::ed25519;
    default: return kind == KeyKind::rsa;
  }
}

Result<PublicKey> PublicKey::rsa(std::string_view modulus, std::string_view exponent) {
  constexpr std::size_t kModulusBytesMax = 1025;  // some providers put a zero in front
  if (modulus.size() > kModulusBytesMax) return invalid("the RSA modulus is larger than 8192 bits");
  if (exponent.size() > kModulusBytesMax) return invalid("the RSA exponent is not below 2^32");
  const BigNumber n = bigNumber(modulus);
  const BigNumber e = bigNumber(exponent);
  const int bits = BN_num_bits(n.get());
  if (bits < 2048 || bits > 8192) return invalid("the RSA modulus has " + std::to_string(bits) + " bits; 2048 to 8192 are allowed");
  if (!BN_is_odd(n.get())) return invalid("the RSA modulus is even");
  if (BN_num_bits(e.get()) > 32) return invalid("the RSA exponent is not below 2^32");
  if (!BN_is_odd(e.get()) || BN_num_bits(e.get()) < 2) return invalid("the RSA exponent must be odd and at least 3");
  if (hasRocaFingerprint(n.get())) return invalid("the RSA key has the fingerprint of the ROCA weakness (CVE-2017-15361)");
  const ParamsBuilder builder(OSSL_PARAM_BLD_new());
  REDD_CHECK(builder != nullptr && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
             OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
  auto key = keyFrom("RSA", builder.get());
  if (!key) return invalid("the RSA key cannot be used");
  return PublicKey(KeyKind::rsa, std::move(key), static_cast<std::size_t>(bits + 7) / 8);
}

Result<PublicKey> PublicKey::ec(KeyKind curve, std::string_view x, std::string_view y) {
  const auto [group, fieldBytes] = curveOf(curve);
  REDD_CHECK(group != nullptr);
  if (x.size() != fieldBytes || y.size() != fieldBytes) {
    return invalid("the coordinates of a point on " + std::string(group) + " have " + std::to_string(fieldBytes) + " bytes each");
  }
  const std::string point = "\x04" + std::string(x) + std::string(y);
  const ParamsBuilder builder(OSSL_PARAM_BLD_new());
  REDD_CHECK(builder != nullptr && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
             OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1);
  auto key = keyFrom("EC", builder.get());  // refuses points that are not on the curve; these curves have cofactor 1
  if (!key) return invalid("the point is not on the curve " + std::string(group));
  return PublicKey(curve, std::move(key), 2 * fieldBytes);
}

Result<PublicKey> PublicKey::ed25519(std::string_view bytes) {
  if (bytes.size() != 32) return invalid("an Ed25519 key has 32 bytes");
  std::shared_ptr<void> key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(bytes), bytes.size()),
                            [](void* made) { EVP_PKEY_free(static_cast<EVP_PKEY*>(made)); });
  if (!key) {
    ERR_clear_error();
    return invalid("the Ed25519 key cannot be used");
  }
  return PublicKey(KeyKind::ed25519, std::move(key), 64);
}

bool PublicKey::verify(SignatureAlgorithm algorithm, std::string_view message, std::string_view signature) const {
  if (!fits(kind_, algorithm) || signature.size() != signatureBytes_) return false;
  const bool isEc = kind_ == KeyKind::p256 || kind_ == KeyKind::p384 || kind_ == KeyKind::p521;
  const std::string der = isEc ? derSignature(signature) : std::string();
  if (isEc) signature = der;
  const DigestContext context(EVP_MD_CTX_new());
  REDD_CHECK(context != nullptr);
  EVP_PKEY_CTX* options = nullptr;
  bool good = EVP_DigestVerifyInit(context.get(), &options, digestOf(algorithm), nullptr, evpKey(key_)) == 1;
  if (good && isPss(algorithm)) {  // the salt is as long as the digest and MGF1 uses the same digest (RFC 7518 3.5)
    good = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  good = good && EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message), message.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

}  // namespace redd::crypto
