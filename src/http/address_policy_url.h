// URLs as the address policy reads them: one strict reading, so that no second parser can see another host (SEC-11). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::http {

struct StrictUrl {
  enum class HostKind : std::uint8_t { name, ipv4, ipv6 };
  bool isHttps = true;
  HostKind kind = HostKind::name;
  std::string host;  // lower case; IPv6 without brackets
  std::uint16_t port = 443;
};

// At most 2,048 printable ASCII bytes: http or https, no user information, no fragment, a host that is a DNS name, a dotted quad or a
// bracketed IPv6 address without zone, a port of 1 to 65535. Errors (invalidArgument) name the rule.
Result<StrictUrl> parseStrictUrl(std::string_view url);
bool isDnsName(std::string_view lowerCase);
std::string asciiLower(std::string_view text);

}  // namespace redd::http
