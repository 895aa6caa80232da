#include "crypto/password.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "crypto/base64url.h"
#include "crypto/hash.h"

namespace redd::crypto {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kSaltBytes = 16;
constexpr std::string_view kScheme = "$scrypt$";
// What a stored text may ask for: nobody makes a login cost a gigabyte by writing into the database.
constexpr unsigned kLogNMax = 20;
constexpr std::uint32_t kFactorMax = 16;

struct Stored {
  ScryptCost cost;
  std::string salt, hash;
};

std::string derive(std::string_view password, std::string_view salt, ScryptCost cost) {
  const std::uint64_t n = std::uint64_t{1} << cost.logN;
  const std::uint64_t memoryMax = 128 * n * cost.r + 128 * std::uint64_t{cost.r} * cost.p + (1 << 20);
  std::string out(kHashBytes, '\0');
  const int made = EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()), salt.size(), n, cost.r,
                                  cost.p, memoryMax, reinterpret_cast<unsigned char*>(out.data()), out.size());
  REDD_CHECK(made == 1);
  return out;
}

// "NAME=NUMBER" from the front of `text`, and the comma behind it.
std::optional<std::uint32_t> takeNumber(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(',')) text.remove_prefix(1);
  return value;
}

std::optional<Stored> parse(std::string_view text) {
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  const auto logN = takeNumber(text, "ln=");
  const auto r = takeNumber(text, "r=");
  const auto p = takeNumber(text, "p=");
  if (!logN || !r || !p || *logN < 1 || *logN > kLogNMax || *r < 1 || *r > kFactorMax || *p < 1 || *p > kFactorMax) return std::nullopt;
  const auto dollar = text.find('$', 1);
  if (!text.starts_with('$') || dollar == std::string_view::npos) return std::nullopt;
  auto salt = base64urlDecode(text.substr(1, dollar - 1));
  auto hash = base64urlDecode(text.substr(dollar + 1));
  if (!salt || !hash || hash->size() != kHashBytes) return std::nullopt;
  return Stored{{*logN, *r, *p}, std::move(*salt), std::move(*hash)};
}

}  // namespace

std::string hashPassword(std::string_view password, ScryptCost cost) {
  std::array<std::byte, kSaltBytes> random{};
  fillRandom(random);
  const std::string salt(reinterpret_cast<const char*>(random.data()), random.size());
  return fmt::format("{}ln={},r={},p={}${}${}", kScheme, cost.logN, cost.r, cost.p, base64urlEncode(salt),
                     base64urlEncode(derive(password, salt, cost)));
}

bool verifyPassword(std::string_view password, std::string_view stored) {
  const auto known = parse(stored);
  return known && constantTimeEqual(derive(password, known->salt, known->cost), known->hash);
}

bool isWeakerHash(std::string_view stored, ScryptCost cost) {
  const auto known = parse(stored);
  const auto work = [](const ScryptCost& one) { return (std::uint64_t{1} << one.logN) * one.r * one.p; };
  return !known || work(known->cost) < work(cost);
}

}  // namespace redd::crypto
