#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "base/json.h"
#include "query/value.h"

namespace redd::query {
namespace {

void appendUtf8(std::string& out, unsigned code) {
  const auto put = [&out](unsigned byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isPlain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

// True when none of eight characters of a text ends it, begins an escape or is a control character.
bool arePlain(const char* at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = kOnes << 7;
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  const auto zeros = [](std::uint64_t x) { return (x - kOnes) & ~x; };
  const std::uint64_t control = (word - kOnes * 0x20) & ~word;
  return ((zeros(word ^ kOnes * '"') | zeros(word ^ kOnes * '\\') | control) & kHighs) == 0;
}

}  // namespace

class Parser::Reader {
 public:
  Reader(Parser& parser, std::string_view json)
      : parser_(parser), begin_(json.data()), at_(json.data()), end_(json.data() + json.size()) {}

  Result<Value> document() {
    Value value;
    if (!simdjson::validate_utf8(at_, static_cast<std::size_t>(end_ - at_))) {
      refuse("invalid UTF-8");
      return error();
    }
    skipSpace();
    if (!read(value, 0)) return error();
    skipSpace();
    if (at_ != end_) {
      refuse("something follows the JSON value");
      return error();
    }
    return value;
  }

 private:
  bool refuse(std::string_view why) {
    if (why_.empty()) why_ = why;
    return false;
  }
  Error error() const { return invalid(fmt::format("not JSON: {} at byte {}", why_, at_ - begin_)); }
  void skipSpace() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool read(Value& value, std::size_t depth) {
    if (at_ == end_) return refuse("it ends too early");
    if (++values_ > kValuesMax) return refuse("too many values");
    const char* const start = at_;
    bool good = false;
    switch (*at_) {
      case '{': good = readObject(value, depth + 1); break;
      case '[': good = readArray(value, depth + 1); break;
      case '"':
        value.kind = Kind::text;
        good = readString(value.text);
        break;
      case 't': value.boolean = true; value.kind = Kind::boolean; good = word("true"); break;
      case 'f': value.kind = Kind::boolean; good = word("false"); break;
      case 'n': good = word("null"); break;
      default: good = readNumber(value);
    }
    if (!std::exchange(rewritten_, false)) value.source = std::string_view(start, static_cast<std::size_t>(at_ - start));
    return good;
  }

  bool word(std::string_view text) {
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(text)) {
      at_ += text.size();
      return true;
    }
    return refuse("an unknown word");
  }

  bool readNumber(Value& value) {
    const char* const start = at_;
    value.kind = Kind::number;
    take('-');
    if (at_ == end_ || !isDigit(*at_)) return refuse("a value is missing");
    if (!take('0')) digits();
    if (const auto integer = shortInteger(start)) {
      value.number = *integer;
      return true;
    }
    if (take('.') && !digits()) return refuse("a digit is missing");
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (!take('+')) take('-');
      if (!digits()) return refuse("a digit is missing");
    }
    const auto [last, failed] = std::from_chars(start, at_, value.number);
    if (failed == std::errc::result_out_of_range) {
      // Too small is zero, as in JavaScript; too large has no JSON.
      value.number = std::strtod(std::string(start, at_).c_str(), nullptr);
      if (std::isinf(value.number)) return refuse("a number is too large");
    }
    return true;
  }
  // Most numbers are integers that a double holds exactly, and need no conversion.
  std::optional<double> shortInteger(const char* start) const {
    if (at_ - start > 15 || *start == '-' || (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E'))) return std::nullopt;
    std::int64_t sum = 0;
    for (const char* digit = start; digit != at_; ++digit) sum = sum * 10 + (*digit - '0');
    return static_cast<double>(sum);
  }
  bool digits() {
    const char* const start = at_;
    while (at_ != end_ && isDigit(*at_)) ++at_;
    return at_ != start;
  }

  bool readString(std::string_view& text) {
    const char* const start = ++at_;
    skipPlain();
    if (at_ == end_) return refuse("a text has no end");
    if (*at_ == '"') {
      text = std::string_view(start, static_cast<std::size_t>(at_++ - start));
      return true;
    }
    if (*at_ != '\\') return refuse("a control character in a text");
    std::string& out = parser_.scratch_;
    out.assign(start, at_);
    while (at_ != end_ && *at_ != '"') {
      const char* const from = at_;
      if (*at_ == '\\') {
        if (!escape(out)) return false;
      } else {
        skipPlain();
        if (at_ == from) return refuse("a control character in a text");
        out.append(from, at_);
      }
    }
    if (!take('"')) return refuse("a text has no end");
    text = parser_.keep(out);
    return true;
  }
  void skipPlain() {
    while (end_ - at_ >= 8 && arePlain(at_)) at_ += 8;
    while (at_ != end_ && isPlain(*at_)) ++at_;
  }
  bool escape(std::string& out) {
    ++at_;
    if (at_ == end_) return refuse("a text has no end");
    switch (*at_++) {
      case '"': out += '"'; return true;
      case '\\': out += '\\'; return true;
      case '/': out += '/'; return true;
      case 'b': out += '\b'; return true;
      case 'f': out += '\f'; return true;
      case 'n': out += '\n'; return true;
      case 'r': out += '\r'; return true;
      case 't': out += '\t'; return true;
      case 'u': return unicode(out);
      default: return refuse("an unknown escape");
    }
  }
  bool unicode(std::string& out) {
    unsigned code = 0;
    if (!hex4(code)) return refuse("a \\u escape needs four hex digits");
    if (code >= 0xdc00 && code <= 0xdfff) return refuse("a lone surrogate in a text");
    if (code >= 0xd800 && code <= 0xdbff) {
      unsigned low = 0;
      if (!take('\\') || !take('u') || !hex4(low) || low < 0xdc00 || low > 0xdfff) return refuse("a lone surrogate in a text");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    appendUtf8(out, code);
    return true;
  }
  bool hex4(unsigned& code) {
    if (end_ - at_ < 4) return false;
    const auto [last, failed] = std::from_chars(at_, at_ + 4, code, 16);
    if (last != at_ + 4 || *at_ == '-') return false;
    at_ += 4;
    return true;
  }

  bool readArray(Value& value, std::size_t depth) {
    if (depth > kDepthMax) return refuse("nested deeper than 100");
    value.kind = Kind::array;
    ++at_;
    auto& stack = parser_.valueStack_;
    const auto base = stack.size();
    skipSpace();
    if (!take(']')) {
      do {
        skipSpace();
        Value element;
        if (!read(element, depth)) return false;
        stack.push_back(element);
        skipSpace();
      } while (take(','));
      if (!take(']')) return refuse("a comma or ] is missing");
    }
    value.elements = parser_.keepAll(std::span<const Value>(stack).subspan(base));
    stack.resize(base);
    return true;
  }

  bool readObject(Value& value, std::size_t depth) {
    if (depth > kDepthMax) return refuse("nested deeper than 100");
    value.kind = Kind::object;
    ++at_;
    auto& stack = parser_.memberStack_;
    const auto base = stack.size();
    skipSpace();
    if (!take('}')) {
      do {
        skipSpace();
        Member member;
        const char* const start = at_;
        if (at_ == end_ || *at_ != '"') return refuse("a key in quotes is missing");
        if (!readString(member.key)) return false;
        member.keySource = std::string_view(start, static_cast<std::size_t>(at_ - start));
        skipSpace();
        if (!take(':')) return refuse("a colon is missing");
        skipSpace();
        if (!read(member.value, depth)) return false;
        stack.push_back(member);
        skipSpace();
      } while (take(','));
      if (!take('}')) return refuse("a comma or } is missing");
    }
    rewritten_ = dropRepeated(base);
    value.members = parser_.keepAll(std::span<const Member>(stack).subspan(base));
    stack.resize(base);
    return true;
  }

  // The last of equal keys wins, at the place of the first, as in JavaScript. True when there were any.
  bool dropRepeated(std::size_t base) {
    auto& stack = parser_.memberStack_;
    const auto count = stack.size() - base;
    if (count < 2) return false;
    std::unordered_map<std::string_view, std::size_t> places;
    constexpr std::size_t kFew = 16;
    const bool few = count <= kFew;
    std::size_t kept = base;
    for (auto i = base; i < stack.size(); ++i) {
      std::size_t same = kept;
      if (few) {
        for (auto j = base; j < kept && same == kept; ++j) {
          if (stack[j].key == stack[i].key) same = j;
        }
      } else {
        same = places.try_emplace(stack[i].key, kept).first->second;
      }
      if (same != kept) {
        stack[same].value = stack[i].value;
      } else {
        stack[kept++] = stack[i];
      }
    }
    const bool any = kept != stack.size();
    stack.resize(kept);
    return any;
  }

  Parser& parser_;
  const char* begin_;
  const char* at_;
  const char* end_;
  std::size_t values_ = 0;
  std::string_view why_;
  bool rewritten_ = false;  // the object just read had repeated keys: its source is not its text
};

Result<const Value*> Parser::parse(std::string_view json) {
  arena_.release();
  valueStack_.clear();
  memberStack_.clear();
  REDD_TRY(Value value, Reader(*this, json).document());
  return &keepAll(std::span<const Value>(&value, 1)).front();
}

std::string_view Parser::keep(std::string_view bytes) {
  if (bytes.empty()) return {};
  auto* copy = static_cast<char*>(arena_.allocate(bytes.size(), 1));
  std::memcpy(copy, bytes.data(), bytes.size());
  return {copy, bytes.size()};
}

template <class T>
std::span<const T> Parser::keepAll(std::span<const T> items) {
  if (items.empty()) return {};
  auto* copies = static_cast<T*>(arena_.allocate(items.size() * sizeof(T), alignof(T)));
  std::uninitialized_copy(items.begin(), items.end(), copies);
  return {copies, items.size()};
}

Value Parser::makeText(std::string_view text) {
  Value value;
  value.kind = Kind::text;
  value.text = keep(text);
  value.source = keep(json::quoted(text));
  return value;
}

Value Parser::makeNumber(double number) {
  Value value;
  value.kind = Kind::number;
  value.number = number;
  value.source = keep(json::number(number));
  return value;
}

Value Parser::makeArray(std::span<const Value> elements) {
  Value value;
  value.kind = Kind::array;
  value.elements = keepAll(elements);
  return value;
}

}  // namespace redd::query
