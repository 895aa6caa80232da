#include "sealer.h"

#include "crypto/hash.h"

namespace redd::space {
namespace {

std::string_view bytesOf(const auto& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

Sealer::Sealer(const SecretKey& key)
    : sealing_(crypto::hmacSha256(bytesOf(key), "redd sealing 1")), digesting_(bytesOf(crypto::hmacSha256(bytesOf(key), "redd digests 1"))) {}

std::string Sealer::digest(std::string_view secret) const {
  constexpr char hex[] = "0123456789abcdef";
  std::string out;
  for (const auto byte : crypto::hmacSha256(digesting_, secret)) {
    out.push_back(hex[byte >> 4]);
    out.push_back(hex[byte & 15]);
  }
  return out;
}

std::string Sealer::derivedKey(std::string_view purpose) const {
  return std::string(bytesOf(crypto::hmacSha256(digesting_, std::string("derived key|").append(purpose))));
}

}  // namespace redd::space
