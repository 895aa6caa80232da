#include "http/url.h"

#include <arpa/inet.h>

#include <charconv>

#include "syntax.h"

namespace redd::http {
namespace {

using syntax::hexValue;

constexpr std::string_view kUpperHex = "0123456789ABCDEF";

// The byte that the escape at text[i] stands for, or -1.
int escapedByte(std::string_view text, std::size_t i) {
  if (i + 2 >= text.size()) return -1;
  const int high = hexValue(text[i + 1]);
  const int low = hexValue(text[i + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool isRawPathByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f && std::string_view("\\\"<>#?").find(c) == std::string_view::npos;
}

Result<std::string> decodeUnreserved(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      if (!isRawPathByte(raw[i])) return invalid("The path holds a character that must be percent-encoded");
      out.push_back(raw[i]);
      continue;
    }
    const int byte = escapedByte(raw, i);
    if (byte < 0) return invalid("The path holds a malformed percent escape");
    if (byte == 0) return invalid("The path holds an encoded NUL");
    if (syntax::isUnreserved(static_cast<char>(byte))) {
      out.push_back(static_cast<char>(byte));
    } else {
      out.push_back('%');
      out.push_back(kUpperHex[static_cast<std::size_t>(byte >> 4)]);
      out.push_back(kUpperHex[static_cast<std::size_t>(byte & 15)]);
    }
    i += 2;
  }
  return out;
}

// RFC 3986 5.2.4 over whole segments; the path starts with '/'.
std::string removeDotSegments(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin + 1), path.size());
    const std::string_view segment = path.substr(begin + 1, end - begin - 1);
    const bool last = end == path.size();
    if (segment == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else if (segment != ".") {
      out.append(path, begin, end - begin);
    }
    if (last && (segment == "." || segment == "..")) out.push_back('/');
    begin = end;
  }
  return out;
}

std::string decodeForm(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' ? escapedByte(text, i) : -1;
    if (byte >= 0) {
      out.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

bool isIpv4(std::string_view name) {
  in_addr address{};
  return name.size() < 16 && inet_pton(AF_INET, std::string(name).c_str(), &address) == 1;
}

bool isIpv6(std::string_view name) {
  in6_addr address{};
  return name.size() < 46 && inet_pton(AF_INET6, std::string(name).c_str(), &address) == 1;
}

}  // namespace

Result<std::string> percentDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int byte = escapedByte(text, i);
    if (byte < 0) return invalid("Malformed percent escape");
    out.push_back(static_cast<char>(byte));
    i += 2;
  }
  return out;
}

Result<std::string> normalisePath(std::string_view raw) {
  if (raw.empty() || raw[0] != '/') return invalid("The path does not start with '/'");
  REDD_TRY(std::string decoded, decodeUnreserved(raw));
  if (decoded.find("/.") == std::string::npos) return decoded;
  return removeDotSegments(decoded);
}

bool isAdministrationPath(std::string_view path) {
  const std::size_t spaceEnd = path.find('/', 1);
  return path.starts_with('/') && spaceEnd != std::string_view::npos && spaceEnd > 1 && path.substr(spaceEnd + 1).starts_with("_A_D_M_");
}

std::vector<QueryPair> splitQuery(std::string_view query) {
  std::vector<QueryPair> pairs;
  for (std::size_t begin = 0; begin < query.size();) {
    const std::size_t end = std::min(query.find('&', begin), query.size());
    const std::string_view piece = query.substr(begin, end - begin);
    begin = end + 1;
    if (piece.empty()) continue;
    const std::size_t equals = std::min(piece.find('='), piece.size());
    const std::string_view value = equals == piece.size() ? std::string_view{} : piece.substr(equals + 1);
    pairs.push_back({decodeForm(piece.substr(0, equals)), decodeForm(value), piece});
  }
  return pairs;
}

HostPort splitHost(std::string_view host) {
  const bool literal = host.starts_with('[');
  const std::size_t nameEnd = literal ? host.find(']') : std::min(host.find(':'), host.size());
  if (nameEnd == std::string_view::npos) return {host, {}};
  const std::string_view name = literal ? host.substr(1, nameEnd - 1) : host.substr(0, nameEnd);
  const std::string_view rest = host.substr(literal ? nameEnd + 1 : nameEnd);
  return {name, rest.starts_with(':') ? rest.substr(1) : std::string_view{}};
}

bool isValidHost(std::string_view host) {
  const auto [name, port] = splitHost(host);
  const bool literal = host.starts_with('[');
  const std::size_t spelled = name.size() + (literal ? 2 : 0);
  if (name.empty() || name.size() > 255 || spelled > host.size()) return false;
  if (host.size() != spelled + (port.empty() ? 0 : port.size() + 1)) return false;  // "a:", "[::1]x"
  if (!port.empty()) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc{} || end != port.data() + port.size() || number > 65535) return false;
  }
  if (literal) return isIpv6(name);
  for (const char c : name) {
    if (!syntax::isAlpha(c) && !syntax::isDigit(c) && c != '-' && c != '.' && c != '_') return false;
  }
  return true;
}

bool isLoopbackName(std::string_view name) {
  if (name == "localhost" || name.ends_with(".localhost") || name == "::1") return true;
  return name.starts_with("127.") && isIpv4(name);
}

bool isAddressLiteral(std::string_view name) { return isIpv4(name) || isIpv6(name); }

}  // namespace redd::http
