#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include "base/json.h"
#include "query/value.h"

namespace redd::query {
namespace {

// Length of the UTF-8 sequence at `at`, 0 when it is not one (RFC 3629: no overlong forms, no surrogates).
std::size_t utf8Length(const char* at, const char* end) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(at[i]); };
  const auto left = static_cast<std::size_t>(end - at);
  const auto tail = [&](std::size_t from, std::size_t to) {
    for (auto i = from; i < to; ++i) {
      if ((byte(i) & 0xc0) != 0x80) return false;
    }
    return true;
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return left >= 2 && tail(1, 2) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (left < 3 || !tail(1, 3)) return 0;
    if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f)) return 0;
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (left < 4 || !tail(1, 4)) return 0;
    if ((first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f)) return 0;
    return 4;
  }
  return 0;
}

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

}  // namespace

class Parser::Reader {
 public:
  Reader(Parser& parser, std::string_view json)
      : parser_(parser), begin_(json.data()), at_(json.data()), end_(json.data() + json.size()) {}

  Result<Value> document() {
    Value value;
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
  Error error() const { return invalid(fmt::format("3 INVALID_ARGUMENT: not JSON: {} at byte {}", why_, at_ - begin_)); }
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
    take('-');
    if (at_ == end_ || !isDigit(*at_)) return refuse("a value is missing");
    if (!take('0')) digits();
    if (take('.') && !digits()) return refuse("a digit is missing");
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (!take('+')) take('-');
      if (!digits()) return refuse("a digit is missing");
    }
    value.kind = Kind::number;
    const auto [last, failed] = std::from_chars(start, at_, value.number);
    if (failed == std::errc::result_out_of_range) {
      // Too small is zero, as in JavaScript; too large has no JSON.
      value.number = std::strtod(std::string(start, at_).c_str(), nullptr);
      if (std::isinf(value.number)) return refuse("a number is too large");
    }
    return true;
  }
  bool digits() {
    const char* const start = at_;
    while (at_ != end_ && isDigit(*at_)) ++at_;
    return at_ != start;
  }

  bool readString(std::string_view& text) {
    const char* const start = ++at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\') {
      if (!plain()) return false;
    }
    if (at_ == end_) return refuse("a text has no end");
    if (*at_ == '"') {
      text = std::string_view(start, static_cast<std::size_t>(at_++ - start));
      return true;
    }
    std::string& out = parser_.scratch_;
    out.assign(start, at_);
    while (at_ != end_ && *at_ != '"') {
      const char* const from = at_;
      if (*at_ == '\\') {
        if (!escape(out)) return false;
      } else {
        if (!plain()) return false;
        out.append(from, at_);
      }
    }
    if (!take('"')) return refuse("a text has no end");
    text = parser_.keep(out);
    return true;
  }
  bool plain() {
    if (static_cast<unsigned char>(*at_) < 0x20) return refuse("a control character in a text");
    const auto length = utf8Length(at_, end_);
    if (length == 0) return refuse("invalid UTF-8");
    at_ += length;
    return true;
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
