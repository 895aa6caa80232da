#include "space/address_range.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace redd::space {
namespace {

constexpr unsigned kMappedBits = 96;  // ::ffff:0:0/96
constexpr std::size_t kTextBytesMax = 64;

}  // namespace

std::optional<AddressRange::Bytes> AddressRange::bytesOf(std::string_view address) {
  if (address.size() > kTextBytesMax) return std::nullopt;
  const std::string text(address);
  Bytes bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  bytes[10] = bytes[11] = 0xff;
  if (inet_pton(AF_INET, text.c_str(), bytes.data() + kMappedBits / 8) == 1) return bytes;
  return std::nullopt;
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto bytes = bytesOf(text.substr(0, slash));
  if (!bytes) return std::nullopt;
  AddressRange range;
  range.bytes_ = *bytes;
  if (slash == text.size()) return range;
  const auto digits = text.substr(slash + 1);
  const unsigned extra = text.contains(':') ? 0 : kMappedBits;
  unsigned bits = 0;
  const auto [end, failed] = std::from_chars(digits.begin(), digits.end(), bits);
  if (failed != std::errc() || end != digits.end() || bits > 128 - extra) return std::nullopt;
  range.bits_ = bits + extra;
  return range;
}

bool AddressRange::contains(std::string_view address) const {
  const auto other = bytesOf(address);
  if (!other) return false;
  const unsigned whole = bits_ / 8;
  if (!std::equal(bytes_.begin(), bytes_.begin() + whole, other->begin())) return false;
  const unsigned rest = bits_ % 8;
  return rest == 0 || ((bytes_[whole] ^ (*other)[whole]) >> (8 - rest)) == 0;
}

}  // namespace redd::space
