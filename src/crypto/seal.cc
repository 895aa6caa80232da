#include "crypto/seal.h"

#include <openssl/evp.h>

#include <memory>
#include <span>

#include "base/random.h"

namespace redd::crypto {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kPlainBytesMax = std::size_t{1} << 30;  // the lengths of EVP are ints

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

CipherContext newContext() {
  CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  REDD_CHECK(context != nullptr);
  return context;
}

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

}  // namespace

SealingKey randomSealingKey() {
  SealingKey key;
  fillRandom(std::as_writable_bytes(std::span(key)));
  return key;
}

std::string seal(const SealingKey& key, std::string_view aad, std::string_view plain) {
  REDD_CHECK(plain.size() <= kPlainBytesMax && aad.size() <= kPlainBytesMax);
  std::string out(1 + kNonceBytes + plain.size() + kTagBytes, '\0');
  out[0] = kVersion;
  char* const nonce = out.data() + 1;
  char* const cipher = nonce + kNonceBytes;
  fillRandom(std::as_writable_bytes(std::span(nonce, kNonceBytes)));
  const auto context = newContext();
  int size = 0;
  REDD_CHECK(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), raw(nonce)) == 1);
  if (!aad.empty()) REDD_CHECK(EVP_EncryptUpdate(context.get(), nullptr, &size, raw(aad), static_cast<int>(aad.size())) == 1);
  if (!plain.empty()) REDD_CHECK(EVP_EncryptUpdate(context.get(), raw(cipher), &size, raw(plain), static_cast<int>(plain.size())) == 1);
  REDD_CHECK(EVP_EncryptFinal_ex(context.get(), raw(cipher + plain.size()), &size) == 1);
  REDD_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, cipher + plain.size()) == 1);
  return out;
}

Result<std::string> open(const SealingKey& key, std::string_view aad, std::string_view sealed) {
  if (sealed.size() < 1 + kNonceBytes + kTagBytes || sealed.size() > kPlainBytesMax || aad.size() > kPlainBytesMax ||
      sealed[0] != kVersion) {
    return Error::hidden(ErrorCode::internal, "sealed value: not in a format this version writes");
  }
  const std::string_view nonce = sealed.substr(1, kNonceBytes);
  const std::string_view cipher = sealed.substr(1 + kNonceBytes, sealed.size() - 1 - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plain(cipher.size(), '\0');
  const auto context = newContext();
  int size = 0;
  REDD_CHECK(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), raw(nonce)) == 1);
  REDD_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1);
  if (!aad.empty()) REDD_CHECK(EVP_DecryptUpdate(context.get(), nullptr, &size, raw(aad), static_cast<int>(aad.size())) == 1);
  if (!cipher.empty()) {
    REDD_CHECK(EVP_DecryptUpdate(context.get(), raw(plain.data()), &size, raw(cipher), static_cast<int>(cipher.size())) == 1);
  }
  unsigned char nothing[16];
  if (EVP_DecryptFinal_ex(context.get(), nothing, &size) != 1) {
    return Error::hidden(ErrorCode::internal, "sealed value: not sealed with this key for this place");
  }
  return plain;
}

}  // namespace redd::crypto
