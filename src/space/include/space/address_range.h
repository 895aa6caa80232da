// An entry of a space's allowed hosts (spec 30.6): an IPv4 or IPv6 address, or a range of them in CIDR form. Immutable, pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace redd::space {

class AddressRange {
 public:
  // Nothing for any other text.
  static std::optional<AddressRange> parse(std::string_view text);
  bool contains(std::string_view address) const;  // numeric, without port; false for any other text

 private:
  using Bytes = std::array<std::uint8_t, 16>;  // IPv4 as IPv4-mapped IPv6
  static std::optional<Bytes> bytesOf(std::string_view address);

  Bytes bytes_{};
  unsigned bits_ = 128;
};

}  // namespace redd::space
