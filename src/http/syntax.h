// Classes of bytes in HTTP/1.1 and URLs (RFC 9110 5.6, RFC 3986 2): small and shared by the pure parts of this room.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace redd::http::syntax {

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool isUnreserved(char c) { return isAlpha(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr int hexValue(char c) {
  if (isDigit(c)) return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// The lower-case form of a token byte, 0 for a byte that no token holds.
inline constexpr auto kTokenLower = [] {
  std::array<char, 256> table{};
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    if (isAlpha(c) || isDigit(c)) table[static_cast<std::size_t>(i)] = lower(c);
  }
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = c;
  return table;
}();

// Bytes of a field value: visible, space, tab, and 0x80 to 0xff. No other control byte.
constexpr bool isValueByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

inline bool isToken(std::string_view text) {
  for (const char c : text) {
    if (kTokenLower[static_cast<unsigned char>(c)] == 0) return false;
  }
  return !text.empty();
}

inline bool isValue(std::string_view text) {
  // No early exit: the loop over a long value becomes vector instructions.
  unsigned bad = 0;
  for (const char c : text) bad |= static_cast<unsigned>(!isValueByte(c));
  return bad == 0;
}

inline bool equalsIgnoringCase(std::string_view text, std::string_view lowerCase) {
  if (text.size() != lowerCase.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != lowerCase[i]) return false;
  }
  return true;
}

inline std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

// Optional white space: spaces and tabs only.
inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace redd::http::syntax
