#include "crypto/passphrase.h"

#include <openssl/evp.h>

#include "base/random.h"
#include "crypto/seal.h"

namespace redd::crypto {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kSaltBytes = 16;

Result<SealingKey> keyFrom(std::string_view passphrase, std::string_view salt) {
  constexpr std::uint64_t n = 1 << 17, r = 8, p = 1, memoryMax = 160 << 20;
  SealingKey key{};
  if (EVP_PBE_scrypt(passphrase.data(), passphrase.size(), reinterpret_cast<const unsigned char*>(salt.data()), salt.size(), n, r, p, memoryMax,
                     key.data(), key.size()) != 1) {
    return Error::hidden(ErrorCode::unavailable, "scrypt has no memory");
  }
  return key;
}

}  // namespace

Result<std::string> sealUnder(std::string_view passphrase, std::string_view aad, std::string_view plain) {
  if (passphrase.size() < kPassphraseBytesMin) return invalid("The passphrase must have at least 12 bytes.");
  std::array<std::byte, kSaltBytes> random{};
  fillRandom(random);
  const std::string salt(reinterpret_cast<const char*>(random.data()), random.size());
  REDD_TRY(const auto key, keyFrom(passphrase, salt));
  return kVersion + salt + seal(key, aad, plain);
}

Result<std::string> openUnder(std::string_view passphrase, std::string_view aad, std::string_view sealed) {
  if (sealed.size() <= 1 + kSaltBytes || sealed[0] != kVersion) return invalid("What was sealed under the passphrase is damaged.");
  REDD_TRY(const auto key, keyFrom(passphrase, sealed.substr(1, kSaltBytes)));
  auto plain = open(key, aad, sealed.substr(1 + kSaltBytes));
  if (!plain) return invalid("The passphrase is not the one it was sealed under.");
  return plain;
}

}  // namespace redd::crypto
