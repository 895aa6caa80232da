// The low-level SHA256_* calls: the one-shot of OpenSSL 3 fetches its algorithm anew each time, which costs as much as the hash.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "base/result.h"

namespace redd::crypto {

Sha256Digest sha256(std::string_view bytes) {
  Sha256Digest digest;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

namespace {
SHA256_CTX* contextIn(std::array<unsigned char, 128>& state) {
  static_assert(sizeof(SHA256_CTX) <= 128);
  return reinterpret_cast<SHA256_CTX*>(state.data());
}
}  // namespace

Sha256::Sha256() { SHA256_Init(contextIn(state_)); }
void Sha256::update(std::string_view bytes) { SHA256_Update(contextIn(state_), bytes.data(), bytes.size()); }
Sha256Digest Sha256::finish() {
  Sha256Digest digest;
  SHA256_Final(digest.data(), contextIn(state_));
  return digest;
}

std::string hex(const Sha256Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

std::string sha256Hex(std::string_view bytes) { return hex(sha256(bytes)); }

Sha256Digest hmacSha256(std::string_view key, std::string_view bytes) {
  Sha256Digest digest;
  unsigned int size = 0;
  const char nothing = 0;  // HMAC() takes a null key for "the key of before"
  const auto* made = HMAC(EVP_sha256(), key.empty() ? &nothing : key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(), &size);
  REDD_CHECK(made != nullptr && size == digest.size());
  return digest;
}

bool constantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace redd::crypto
