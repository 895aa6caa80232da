#include <fmt/format.h>

#include "base/json.h"
#include "filter_node.h"
#include "query/filter.h"

namespace redd::query {
namespace {

// JavaScript's white space (ECMA-262 22.2.2.9): more than RE2's.
constexpr std::string_view kSpaces = R"(\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";

// The source of a JavaScript regular expression as RE2 writes it. What RE2 cannot do is named.
class Translator {
 public:
  explicit Translator(std::string_view source) : rest_(source) {}

  Result<std::string> translate() {
    while (!rest_.empty()) {
      REDD_TRY_VOID(rest_[0] == '\\' ? escape() : inClass_ ? insideClass() : outsideClass());
    }
    return std::move(out_);
  }

 private:
  static Error unsupported(std::string_view what) {
    return invalid(fmt::format("{} not supported in regular expressions", what));
  }
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  Result<void> copy() {
    out_ += rest_[0];
    rest_.remove_prefix(1);
    return {};
  }
  Result<void> put(std::string_view text) {
    out_ += text;
    return {};
  }

  Result<void> outsideClass() {
    if (rest_.starts_with("(?=") || rest_.starts_with("(?!")) return unsupported("look-ahead is");
    if (rest_.starts_with("(?<=") || rest_.starts_with("(?<!")) return unsupported("look-behind is");
    if (take("(?<")) return put("(?P<");
    if (rest_.starts_with("(?") && !rest_.starts_with("(?:")) return unsupported("a group that begins with (? and not (?: or (?< is");
    if (take("[^]")) return put("(?s:.)");
    if (take("[]")) return put("[^\\x{0}-\\x{10ffff}]");
    inClass_ = rest_[0] == '[';
    return copy();
  }
  Result<void> insideClass() {
    if (take("[")) return put("\\[");  // no [:classes:] in JavaScript
    inClass_ = rest_[0] != ']';
    return copy();
  }

  Result<void> escape() {
    rest_.remove_prefix(1);
    if (rest_.empty()) return invalid("bad regular expression: it ends with a backslash");
    const char c = rest_[0];
    if (c >= '1' && c <= '9') return unsupported("back-references are");
    if (take("k<")) return unsupported("back-references are");
    if (take("0")) return put("\\x00");
    if (take("u{")) return put("\\x{");
    if (c == 'u' || c == 'x') return hex(c == 'u' ? 4 : 2);
    if (c == 'c' && rest_.size() > 1 && ((rest_[1] | 0x20) >= 'a' && (rest_[1] | 0x20) <= 'z')) {
      out_ += fmt::format("\\x{:02x}", rest_[1] & 0x1f);
      rest_.remove_prefix(2);
      return {};
    }
    if (take("s")) return put(inClass_ ? std::string(kSpaces) : fmt::format("[{}]", kSpaces));
    if (c == 'S' && !inClass_) {
      rest_.remove_prefix(1);
      return put(fmt::format("[^{}]", kSpaces));
    }
    if (inClass_ && take("b")) return put("\\x08");
    // Letters that mean the same in both; every other letter stands for itself, though RE2 may know it as an escape.
    constexpr std::string_view kShared = "bBdDfnrStvwWpP";
    const bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    if (ascii && c != '/' && (!letter || kShared.find(c) != std::string_view::npos)) out_ += '\\';
    return copy();
  }
  // \uXXXX and \xXX; without their digits they are letters. Two halves of a surrogate pair are one character.
  Result<void> hex(std::size_t digits) {
    const auto code = hexAt(1, digits);
    if (!code) return copy();
    rest_.remove_prefix(1 + digits);
    unsigned character = *code;
    if (*code >= 0xd800 && *code <= 0xdfff) {
      const auto low = rest_.starts_with("\\u") ? hexAt(2, 4) : std::nullopt;
      if (*code > 0xdbff || !low || *low < 0xdc00 || *low > 0xdfff) return unsupported("a lone surrogate is");
      rest_.remove_prefix(6);
      character = 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00);
    }
    return put(fmt::format("\\x{{{:x}}}", character));
  }
  std::optional<unsigned> hexAt(std::size_t from, std::size_t digits) const {
    if (rest_.size() < from + digits) return std::nullopt;
    unsigned code = 0;
    for (const char c : rest_.substr(from, digits)) {
      const bool digit = c >= '0' && c <= '9';
      const char lower = static_cast<char>(c | 0x20);
      if (!digit && (lower < 'a' || lower > 'f')) return std::nullopt;
      code = code * 16 + static_cast<unsigned>(digit ? c - '0' : lower - 'a' + 10);
    }
    return code;
  }

  std::string_view rest_;
  std::string out_;
  bool inClass_ = false;
};

}  // namespace

Result<std::shared_ptr<const RE2>> makeRegex(std::string_view source, std::string_view flags) {
  if (source.size() > Filter::kRegexBytesMax) return invalid("the regular expression is too long");
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  std::string prefix;
  for (const char flag : flags) {
    if (flag == 'i' || flag == 's' || flag == 'm') {
      if (prefix.find(flag) == std::string::npos) prefix += flag;
    } else if (flag != 'u' && flag != 'g' && flag != 'y' && flag != 'd') {
      return invalid(fmt::format("unknown option {} of a regular expression", json::quoted(flags)));
    }
  }
  REDD_TRY(std::string pattern, Translator(source).translate());
  if (!prefix.empty()) pattern = fmt::format("(?{}){}", prefix, pattern);
  auto regex = std::make_shared<const RE2>(pattern, options);
  if (!regex->ok()) return invalid(fmt::format("bad regular expression: {}", regex->error()));
  return regex;
}

}  // namespace redd::query
