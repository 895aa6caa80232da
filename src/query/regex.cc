#include "js_regex.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <optional>

#include "base/json.h"

namespace redd::query {
namespace {

// JavaScript's white space (ECMA-262 22.2.2.9): more than RE2's.
constexpr std::string_view kSpaces = R"(\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";

// The source of a JavaScript regular expression in the syntax that RE2 and PCRE2 share, and whether it needs to backtrack: then it
// is PCRE2's. What neither can do, or JavaScript does not know, is named.
class Translator {
 public:
  explicit Translator(std::string_view source) : rest_(source) {}

  bool backtracks() const { return backtracks_; }
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
  Result<void> putBacktracking(std::string_view text) {
    backtracks_ = true;
    return put(text);
  }

  Result<void> outsideClass() {
    for (const std::string_view around : {"(?=", "(?!", "(?<=", "(?<!"}) {
      if (take(around)) return putBacktracking(around);
    }
    if (rest_.starts_with("(*")) return unsupported("a group that begins with (* is");
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
    if (c >= '1' && c <= '9') return backReference();
    if (take("k<")) return putBacktracking("\\k<");
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
    if (!inClass_ && take("B")) return putBacktracking("\\B");  // RE2 finds it between the bytes of a character
    // Letters that mean the same in both; every other letter stands for itself, though RE2 may know it as an escape.
    constexpr std::string_view kShared = "bBdDfnrStvwWpP";
    const bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    if (ascii && c != '/' && (!letter || kShared.find(c) != std::string_view::npos)) out_ += '\\';
    return copy();
  }
  Result<void> backReference() {
    if (inClass_) return unsupported("a number behind a backslash in a class is");
    const auto digits = rest_.substr(0, rest_.find_first_not_of("0123456789"));
    rest_.remove_prefix(digits.size());
    return putBacktracking(fmt::format("\\g{{{}}}", digits));
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
  bool backtracks_ = false;
};

class LinearRegex : public Regex {
 public:
  LinearRegex(const std::string& pattern, const RE2::Options& options) : regex_(pattern, options) {}
  const RE2& re2() const { return regex_; }
  Found search(std::string_view text, Budget&) const override { return RE2::PartialMatch(text, regex_) ? Found::yes : Found::no; }
  std::string_view linearPattern() const override { return regex_.pattern(); }

 private:
  RE2 regex_;
};

}  // namespace

Result<std::shared_ptr<const Regex>> makeRegex(std::string_view source, std::string_view flags) {
  if (source.size() > Regex::kBytesMax) return invalid("the regular expression is too long");
  std::string prefix;
  for (const char flag : flags) {
    if (flag == 'i' || flag == 's' || flag == 'm') {
      if (prefix.find(flag) == std::string::npos) prefix += flag;
    } else if (flag != 'u' && flag != 'g' && flag != 'y' && flag != 'd') {
      return invalid(fmt::format("unknown option {} of a regular expression", json::quoted(flags)));
    }
  }
  Translator translator(source);
  REDD_TRY(std::string pattern, translator.translate());
  if (translator.backtracks()) return makeBacktrackingRegex(pattern, flags);
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  if (!prefix.empty()) pattern = fmt::format("(?{}){}", prefix, pattern);
  auto regex = std::make_shared<const LinearRegex>(pattern, options);
  if (!regex->re2().ok()) return invalid(fmt::format("bad regular expression: {}", regex->re2().error()));
  return regex;
}

}  // namespace redd::query
