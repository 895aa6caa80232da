#include "names.h"

#include <fmt/format.h>

#include <algorithm>

#include "space/address_range.h"

namespace redd::space {
namespace {

bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return isLower(c) || isUpper(c); }

std::string shown(std::string_view text) { return cutUtf8(text, 60); }

}  // namespace

Result<void> checkProjectName(std::string_view name) {
  const bool good = name.size() >= 4 && name.size() <= 15 &&
                    std::ranges::all_of(name, [](char c) { return isLetter(c) || isDigit(c); });
  if (!good) return invalid(fmt::format("The project name '{}' must be 4 to 15 letters or digits.", shown(name)));
  return {};
}

Result<void> checkSpaceName(std::string_view name) {
  const bool good = !name.empty() && name.size() <= 30 &&
                    std::ranges::all_of(name, [](char c) { return isLower(c) || isDigit(c) || c == '-'; });
  if (!good) return invalid(fmt::format("The space name '{}' must be 1 to 30 of a-z, 0-9 and '-'.", shown(name)));
  if (name == "authenticate" || name == "graphql") {
    return invalid(fmt::format("The space name '{}' is reserved: it is an address of the control plane.", name));
  }
  return {};
}

Result<void> checkEnvName(std::string_view name) {
  const bool good = !name.empty() && name.size() <= kLimits.envNameBytesMax && !isDigit(name.front()) &&
                    std::ranges::all_of(name, [](char c) { return isLetter(c) || isDigit(c) || c == '_'; });
  if (!good) {
    return invalid(fmt::format("The variable name '{}' must be letters, digits and '_', not begin with a digit, and hold at most {} characters.",
                               shown(name), kLimits.envNameBytesMax));
  }
  if (name.starts_with("REDD_") || name.starts_with("LD_") || name == "NODE_OPTIONS") {
    return invalid(fmt::format("The variable name '{}' is reserved: names beginning with REDD_ or LD_, and NODE_OPTIONS, belong to the server.",
                               name));
  }
  return {};
}

Result<void> checkEnvValue(std::string_view value) {
  if (value.contains('\0')) return invalid("The value of a variable must not hold a NUL character.");
  if (value.size() > kLimits.envValueBytesMax) {
    return Error::make(ErrorCode::payloadTooLarge,
                       fmt::format("The value has {} bytes; at most {} are allowed.", value.size(), kLimits.envValueBytesMax));
  }
  return {};
}

Result<void> checkTokenPolicy(std::string_view url, std::string_view issuer, const std::vector<std::string>& audience) {
  if (url.size() > kLimits.urlBytesMax) return invalid(fmt::format("The JWKS URL is longer than {} bytes.", kLimits.urlBytesMax));
  if (issuer.size() > kLimits.issuerBytesMax) return invalid(fmt::format("The issuer is longer than {} bytes.", kLimits.issuerBytesMax));
  if (audience.size() > kLimits.audiencesMax) return invalid(fmt::format("More than {} audiences were given.", kLimits.audiencesMax));
  for (const auto& one : audience) {
    if (one.empty() || one.size() > kLimits.audienceBytesMax) {
      return invalid(fmt::format("Every audience must hold 1 to {} bytes.", kLimits.audienceBytesMax));
    }
  }
  return {};
}

Result<void> checkAllowedHosts(const std::vector<std::string>& ranges) {
  if (ranges.size() > kLimits.allowedHostsMax) return invalid(fmt::format("A space lists at most {} allowed hosts.", kLimits.allowedHostsMax));
  for (const auto& one : ranges) {
    if (AddressRange::parse(one)) continue;
    return invalid(fmt::format("'{}' is no address. Allowed hosts are addresses as in 203.0.113.7 or 2001:db8::7, or ranges as in 203.0.113.0/24.",
                               cutUtf8(one, 60)));
  }
  return {};
}

namespace {

bool isOrigin(std::string_view text) {
  const auto rest = text.starts_with("https://") ? text.substr(8) : text.starts_with("http://") ? text.substr(7) : std::string_view();
  const bool plain = std::ranges::all_of(rest, [](char c) { return isLower(c) || isDigit(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']'; });
  return !rest.empty() && plain && text.size() <= kLimits.urlBytesMax;
}

}  // namespace

Result<void> checkCorsOrigins(const std::vector<std::string>& origins) {
  if (origins.size() > kLimits.corsOriginsMax) return invalid(fmt::format("A space lists at most {} origins.", kLimits.corsOriginsMax));
  for (const auto& one : origins) {
    if (isOrigin(one)) continue;
    return invalid(fmt::format("'{}' is no origin. Origins are what browsers send, in lower case and without a path, as in https://app.example.com.",
                               cutUtf8(one, 60)));
  }
  return {};
}

namespace {

// What 20.1 gives another meaning: PROJECT.api.ANY, PROJECT.localhost, and names without a dot.
bool isFreeHostName(std::string_view name) {
  constexpr std::size_t kHostBytesMax = 253;
  if (name.size() > kHostBytesMax || !name.contains('.') || name.starts_with('.') || name.ends_with('.') || name.contains("..")) return false;
  if (!std::ranges::all_of(name, [](char c) { return isLower(c) || isDigit(c) || c == '.' || c == '-'; })) return false;
  const auto rest = name.substr(name.find('.') + 1);
  return rest != "localhost" && !rest.starts_with("api.") && isLower(name.back());
}

}  // namespace

Result<void> checkDomains(const std::vector<std::string>& domains) {
  if (domains.size() > kLimits.domainsMax) return invalid(fmt::format("A space has at most {} domains.", kLimits.domainsMax));
  for (const auto& one : domains) {
    if (isFreeHostName(one)) continue;
    return invalid(fmt::format("'{}' cannot be a domain of a space. Domains are host names in lower case, as in www.example.com, but not NAME.api.ANY "
                               "and NAME.localhost, which mean projects.",
                               cutUtf8(one, 60)));
  }
  return {};
}

std::string lowerCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (isUpper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string cutUtf8(std::string_view text, std::size_t bytesMax) {
  if (text.size() <= bytesMax) return std::string(text);
  std::size_t end = bytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

}  // namespace redd::space
