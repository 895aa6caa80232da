#include "control_token.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/random.h"

namespace redd::account {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kSecretDigits = 43;    // 62^43 > 2^256
constexpr std::size_t kChecksumDigits = 6;   // 62^6 > 2^32

// The CRC-32 of zlib and Ethernet, bit by bit: twice in a token's life.
std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

// The big-endian number in `bytes`, in base 62, with leading zeroes.
std::string base62(std::array<std::byte, 32> bytes, std::size_t digits) {
  std::string out(digits, '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit) {
    unsigned remainder = 0;
    for (std::byte& b : bytes) {
      const unsigned value = remainder * 256 + std::to_integer<unsigned>(b);
      b = static_cast<std::byte>(value / 62);
      remainder = value % 62;
    }
    *digit = kAlphabet[remainder];
  }
  return out;
}

std::string checksum(std::string_view text) {
  std::uint32_t crc = crc32(text);
  std::string out(kChecksumDigits, '0');
  for (auto digit = out.rbegin(); digit != out.rend(); ++digit, crc /= 62) *digit = kAlphabet[crc % 62];
  return out;
}

}  // namespace

std::string newControlToken() {
  std::array<std::byte, 32> secret{};
  fillRandom(secret);
  std::string token(kControlTokenPrefix);
  token += base62(secret, kSecretDigits);
  token += checksum(token);
  return token;
}

bool isWellFormedControlToken(std::string_view token) {
  if (token.size() != kControlTokenPrefix.size() + kSecretDigits + kChecksumDigits) return false;
  if (!token.starts_with(kControlTokenPrefix)) return false;
  const auto body = token.substr(0, token.size() - kChecksumDigits);
  return token.substr(body.size()) == checksum(body);
}

bool isAcceptablePreset(std::string_view token) {
  constexpr std::string_view punctuation = "._~+/=-";
  return token.size() >= 16 && token.size() <= 512 && std::ranges::all_of(token, [&](char c) {
    return kAlphabet.contains(c) || punctuation.contains(c);
  });
}

}  // namespace redd::account
