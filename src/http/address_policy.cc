#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "address_policy_url.h"
#include "http/client.h"

namespace redd::http {
namespace {

constexpr std::size_t kUrlBytesMax = 2'048;

// An address of either family as 16 bytes; IPv4 as ::ffff:a.b.c.d.
using Bytes16 = std::array<std::uint8_t, 16>;
constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool isMapped(const Bytes16& address) { return std::equal(kMapped.begin(), kMapped.end(), address.begin()); }

std::optional<Bytes16> parseAddress(std::string_view text) {
  const std::string owned(text);
  Bytes16 address{};
  if (inet_pton(AF_INET6, owned.c_str(), address.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.begin());
  if (inet_pton(AF_INET, owned.c_str(), address.data() + 12) == 1) return address;
  return std::nullopt;
}

struct Network {
  Bytes16 base{};
  int bits = 128;

  bool contains(const Bytes16& address) const {
    for (int bit = 0; bit < bits; ++bit) {
      if (((base[bit / 8] ^ address[bit / 8]) >> (7 - bit % 8) & 1) != 0) return false;
    }
    return true;
  }
};

// "10.0.0.0/8", "::1/128", "127.0.0.1"; nullopt when it is none (it may be a host name).
std::optional<Network> parseNetwork(std::string_view text) {
  const auto slash = text.find('/');
  const auto base = parseAddress(text.substr(0, slash));
  if (!base) return std::nullopt;
  const int offset = text.find(':') == std::string_view::npos ? 96 : 0;
  int bits = 128 - offset;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (failure != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > 128 - offset) return std::nullopt;
  }
  return Network{*base, offset + bits};
}

// Loopback, private, shared, link-local, multicast, documentation, benchmark, reserved (IANA special-purpose registries).
constexpr std::array<std::string_view, 15> kClosedV4 = {"0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
                                                        "169.254.0.0/16", "172.16.0.0/12",  "192.0.0.0/24",  "192.0.2.0/24",
                                                        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
                                                        "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4"};
// Inside 2000::/3, the only open part of IPv6: protocol assignments and Teredo, documentation, 6to4.
constexpr std::array<std::string_view, 4> kClosedV6 = {"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"};

bool inAny(const auto& networks, const Bytes16& address) {
  return std::ranges::any_of(networks, [&address](std::string_view text) {
    const auto network = parseNetwork(text);
    return network && network->contains(address);
  });
}

bool isPublic(const Bytes16& address) {
  if (isMapped(address)) return !inAny(kClosedV4, address);
  return address[0] >> 5 == 1 && !inAny(kClosedV6, address);
}

bool isLoopback(const Bytes16& address) {
  static constexpr std::array<std::string_view, 2> kLoopback = {"127.0.0.0/8", "::1"};
  return inAny(kLoopback, address);
}

bool endsWithLabel(std::string_view host, std::string_view label) {
  return host == label || (host.size() > label.size() && host.ends_with(label) && host[host.size() - label.size() - 1] == '.');
}

bool isListedName(const AddressPolicy& policy, std::string_view host) {
  return std::ranges::any_of(policy.allowPrivate, [host](const std::string& entry) { return asciiLower(entry) == host; });
}

bool isListedAddress(const AddressPolicy& policy, const Bytes16& address) { return inAny(policy.allowPrivate, address); }

// Names of this machine (RFC 6761 6.3) are listed when its loopback addresses are.
bool isListedLocalhost(const AddressPolicy& policy, std::string_view host) {
  return endsWithLabel(host, "localhost") &&
         (isListedAddress(policy, *parseAddress("127.0.0.1")) || isListedAddress(policy, *parseAddress("::1")));
}

Error refused(std::string what) {
  return Error::make(ErrorCode::forbidden, std::move(what) + "; the operator can allow it with --allow-private");
}

// The last label looks like a number: every URL parser takes such a host for IPv4, in spellings that differ (WHATWG URL 3.5).
bool looksLikeIpv4(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (last.empty()) return false;
  if (last.starts_with("0x")) return last.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
  return last.find_first_not_of("0123456789") == std::string_view::npos;
}

Result<void> parseHost(std::string_view text, StrictUrl& url) {
  url.host = asciiLower(text);
  if (text.starts_with('[')) {
    url.host = url.host.substr(1, url.host.size() - 2);
    std::array<std::uint8_t, 16> bytes{};
    if (inet_pton(AF_INET6, url.host.c_str(), bytes.data()) != 1) return invalid("the URL has a malformed IPv6 address");
    url.kind = StrictUrl::HostKind::ipv6;
  } else if (looksLikeIpv4(url.host)) {
    std::array<std::uint8_t, 4> bytes{};
    if (inet_pton(AF_INET, url.host.c_str(), bytes.data()) != 1)
      return invalid("the URL spells an IPv4 address otherwise than as a dotted quad");
    url.kind = StrictUrl::HostKind::ipv4;
  } else if (!isDnsName(url.host)) {
    return invalid("the URL has no valid host name");
  }
  return {};
}

Result<void> parseAuthority(std::string_view authority, StrictUrl& url) {
  if (authority.find('@') != std::string_view::npos) return invalid("the URL holds user information");
  const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return invalid("the URL has a malformed IPv6 address");
  const auto colon = authority.find(':', bracket);
  if (authority.starts_with('[') && bracket + 1 != std::min(colon, authority.size()))
    return invalid("the URL has a malformed IPv6 address");
  if (colon != std::string_view::npos) {
    const std::string_view digits = authority.substr(colon + 1);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (digits.empty() || failure != std::errc() || end != digits.data() + digits.size() || url.port == 0) {
      return invalid("the URL's port is no number from 1 to 65535");
    }
  }
  return parseHost(authority.substr(0, colon), url);
}

}  // namespace

std::string asciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

bool isDnsName(std::string_view lowerCase) {
  if (lowerCase.empty() || lowerCase.size() > 253) return false;
  for (std::size_t start = 0; start <= lowerCase.size();) {
    const auto dot = std::min(lowerCase.find('.', start), lowerCase.size());
    const std::string_view label = lowerCase.substr(start, dot - start);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    if (label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") != std::string_view::npos) return false;
    start = dot + 1;
  }
  return true;
}

Result<StrictUrl> parseStrictUrl(std::string_view text) {
  if (text.size() > kUrlBytesMax) return invalid("the URL is longer than 2048 bytes");
  const auto isForeign = [](char c) { return c <= ' ' || c > '~' || std::strchr("\\\"<>^`{|}#", c) != nullptr; };
  if (std::ranges::any_of(text, isForeign)) return invalid("the URL holds a character that must not stand in it, or a fragment");
  const std::string lower = asciiLower(text.substr(0, 8));
  StrictUrl url;
  url.isHttps = lower.starts_with("https://");
  if (!url.isHttps && !lower.starts_with("http://")) return invalid("the URL must begin with https://");
  if (!url.isHttps) url.port = 80;
  text.remove_prefix(url.isHttps ? 8 : 7);
  REDD_TRY_VOID(parseAuthority(text.substr(0, text.find_first_of("/?")), url));
  return url;
}

Result<AddressPolicy> AddressPolicy::parse(const std::vector<std::string>& hostsOrCidrs) {
  AddressPolicy policy;
  for (const std::string& entry : hostsOrCidrs) {
    const std::string lower = asciiLower(entry);
    if (!parseNetwork(lower) && (!isDnsName(lower) || looksLikeIpv4(lower))) {
      return invalid("--allow-private " + entry.substr(0, 100) + ": expected a host name, an address or a network such as 10.1.0.0/16");
    }
    policy.allowPrivate.push_back(lower);
  }
  return policy;
}

Result<void> AddressPolicy::checkUrl(std::string_view text) const {
  REDD_TRY(const auto url, parseStrictUrl(text));
  bool isListed = isListedName(*this, url.host);
  if (url.kind != StrictUrl::HostKind::name) {
    REDD_TRY_VOID(checkAddress(url.host, url.host));
    isListed = isListed || isListedAddress(*this, *parseAddress(url.host));
  } else {
    isListed = isListed || isListedLocalhost(*this, url.host);
    // Names that no public server can have: RFC 6761, RFC 6762, and .internal, where clouds keep their metadata.
    const bool isPrivateName =
        endsWithLabel(url.host, "localhost") || endsWithLabel(url.host, "local") || endsWithLabel(url.host, "internal");
    if (isPrivateName && !isListed) return refused(url.host + " is a private name");
  }
  if (!url.isHttps && !isListed) return refused("plain http to " + url.host + " is not allowed: use https");
  return {};
}

Result<void> AddressPolicy::checkAddress(std::string_view host, std::string_view numericAddress) const {
  const auto address = parseAddress(numericAddress);
  if (!address) return invalid("not an address: " + std::string(numericAddress.substr(0, 100)));
  const std::string lower = asciiLower(host);
  // IPv4 written inside IPv6 is a translated form even where the inner address is public.
  const bool isTranslated = isMapped(*address) && numericAddress.find(':') != std::string_view::npos;
  if (isPublic(*address) && !isTranslated) return {};
  if (isListedAddress(*this, *address) || isListedName(*this, lower)) return {};
  if (isLoopback(*address) && isListedLocalhost(*this, lower)) return {};
  std::string what = lower == numericAddress ? lower : lower + " (" + std::string(numericAddress) + ")";
  return refused(what + " is a private, local or reserved address");
}

}  // namespace redd::http
