#include "space/redaction.h"

#include <algorithm>

#include "base/json.h"

namespace redd::space {
namespace {

constexpr std::size_t kLineOfSecretBytesMin = 16;
constexpr std::size_t kCutTextBytesMin = 4 << 10;  // shorter texts were not cut off by anybody
constexpr std::string_view kControlTokenPrefix = "redd_";  // account/control_token.h, a room of the same floor
constexpr std::size_t kControlTokenDigitsMin = 32;
constexpr std::string_view kJwtBegin = "eyJ";  // {" in base64url
constexpr std::size_t kJwtSignatureBytesMin = 20;
constexpr std::string_view kEllipsis = "…";

std::string percentEncoded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::string_view kept = "-_.!~*'()";  // as encodeURIComponent()
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kept.contains(c);
    if (plain) {
      out += c;
    } else {
      out += {'%', hex[byte >> 4], hex[byte & 15]};
    }
  }
  return out;
}

void addForms(std::vector<std::string>& forms, std::string_view secret) {
  if (secret.size() < kRedactedBytesMin) return;
  forms.emplace_back(secret);
  const auto quoted = json::quoted(secret);
  if (quoted.size() != secret.size() + 2) forms.push_back(quoted.substr(1, quoted.size() - 2));
  if (auto encoded = percentEncoded(secret); encoded != secret) forms.push_back(std::move(encoded));
  if (!secret.contains('\n')) return;
  for (std::size_t at = 0; at < secret.size();) {
    const auto end = std::min(secret.find('\n', at), secret.size());
    const auto line = secret.substr(at, end - at);
    if (line.size() >= kLineOfSecretBytesMin) forms.emplace_back(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
    at = end + 1;
  }
}

// The longest first: one secret may stand in another.
std::vector<std::string> secretForms(const Space& space) {
  std::vector<std::string> forms;
  for (const auto& [name, value] : space.settings.env) {
    if (value.secrecy == Secrecy::encrypted) addForms(forms, value.value);
  }
  for (const auto& token : space.tokens) addForms(forms, token.key);
  std::ranges::sort(forms, std::ranges::greater(), &std::string::size);
  return forms;
}

void replaceAll(std::string& text, std::string_view what) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + kRedacted.size())) {
    text.replace(at, what.size(), kRedacted);
  }
}

// A secret that a bound cut in two leaves its beginning at the end.
void replaceBeginningAtEnd(std::string& text, std::string_view secret) {
  const bool ellipsis = text.ends_with(kEllipsis);
  const std::string_view body = std::string_view(text).substr(0, text.size() - (ellipsis ? kEllipsis.size() : 0));
  for (auto size = std::min(secret.size() - 1, body.size()); size >= kRedactedBytesMin; --size) {
    if (!body.ends_with(secret.substr(0, size))) continue;
    text.replace(body.size() - size, size, kRedacted);
    return;
  }
}

bool isWordByte(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// redd_ and words joined by _, one of them long enough to be a secret's digits: names of metrics are not.
void replaceControlTokens(std::string& text) {
  for (auto at = text.find(kControlTokenPrefix); at != std::string::npos; at = text.find(kControlTokenPrefix, at + 1)) {
    std::size_t word = 0;
    std::size_t longest = 0;
    auto end = at;
    for (; end < text.size() && (isWordByte(text[end]) || text[end] == '_'); ++end) {
      word = text[end] == '_' ? 0 : word + 1;
      longest = std::max(longest, word);
    }
    if (longest >= kControlTokenDigitsMin) text.replace(at, end - at, kRedacted);
  }
}

bool isBase64urlByte(char c) { return isWordByte(c) || c == '-' || c == '_'; }

// Three words of base64url with dots between them, the first the beginning of {"…: the token of a command line, and everybody else's.
void replaceJwts(std::string& text) {
  for (auto at = text.find(kJwtBegin); at != std::string::npos; at = text.find(kJwtBegin, at + 1)) {
    if (at > 0 && isBase64urlByte(text[at - 1])) continue;
    auto end = at;
    std::size_t dots = 0;
    std::size_t word = 0;
    for (; end < text.size() && (isBase64urlByte(text[end]) || (text[end] == '.' && dots < 2 && word > 0)); ++end) {
      dots += text[end] == '.' ? 1 : 0;
      word = text[end] == '.' ? 0 : word + 1;
    }
    if (dots == 2 && word >= kJwtSignatureBytesMin) text.replace(at, end - at, kRedacted);
  }
}

}  // namespace

std::string redacted(const Space& space, std::string_view text) {
  std::string out(text);
  replaceControlTokens(out);
  replaceJwts(out);
  for (const auto& form : secretForms(space)) {
    replaceAll(out, form);
    if (out.size() >= kCutTextBytesMin) replaceBeginningAtEnd(out, form);
  }
  return out;
}

}  // namespace redd::space
