#include "query/index_key.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace redd::query {
namespace {

constexpr char kNull = 0x10;
constexpr char kNumber = 0x20;
constexpr char kText = 0x30;
constexpr char kObject = 0x40;
constexpr char kArray = 0x50;
constexpr char kBoolean = 0x60;

// Zero bytes are followed by 0xff, and 0x00 0x01 is the end: shorter texts sort before those they begin.
void appendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    out += c;
    if (c == 0) out += '\xff';
  }
  out += '\0';
  out += '\x01';
}

void appendNumberKey(std::string& out, double number) {
  if (number == 0) number = 0;  // minus zero is zero
  auto bits = std::bit_cast<std::uint64_t>(number);
  bits ^= bits >> 63 ? ~std::uint64_t{0} : std::uint64_t{1} << 63;
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift);
}

void addKeys(std::vector<std::string>& keys, const Value* value) {
  if (keys.size() > kIndexKeysMax) return;
  auto& key = keys.emplace_back();
  appendKey(key, value);
  if (!value || value->kind != Kind::array) return;
  for (const auto& element : value->elements) addKeys(keys, &element);
}

void sortOut(std::vector<std::string>& keys) {
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

std::vector<std::string> wide() { return {kWideKey}; }

}  // namespace

void appendKey(std::string& out, const Value* value) {
  switch (value ? value->kind : Kind::null) {
    case Kind::null: out += kNull; return;
    case Kind::number:
      out += kNumber;
      appendNumberKey(out, value->number);
      return;
    case Kind::text:
      out += kText;
      appendEscaped(out, value->text);
      return;
    case Kind::object:
    case Kind::array:
      out += value->kind == Kind::object ? kObject : kArray;
      appendEscaped(out, canonical(*value));
      return;
    case Kind::boolean:
      out += kBoolean;
      out += value->boolean ? '\x01' : '\0';
      return;
  }
}

std::string keyAfter(std::string key) { return key += '\xff'; }

std::vector<std::string> indexKeys(const std::vector<Path>& fields, const Value& document) {
  std::vector<std::string> keys = {""};
  for (const auto& field : fields) {
    std::vector<std::string> own;
    field.any(document, [&own](const Value* value) {
      addKeys(own, value);
      return false;
    });
    sortOut(own);
    if (own.size() * keys.size() > kIndexKeysMax) return wide();
    std::vector<std::string> longer;
    longer.reserve(own.size() * keys.size());
    for (const auto& begin : keys) {
      for (const auto& end : own) {
        if (begin.size() + end.size() > kIndexKeyBytesMax) return wide();
        longer.push_back(begin + end);
      }
    }
    keys = std::move(longer);
  }
  sortOut(keys);
  return keys;
}

std::string behindText(std::string_view text) { return std::string(text) + '\0'; }

namespace {

// Where the texts begin whose keys are not before `edge`: the key of a text, keyAfter() of one, or the beginning of one, with or without keyAfter().
std::string textAt(std::string_view edge) {
  std::string text;
  for (std::size_t i = 1; i < edge.size(); ++i) {
    text += edge[i];
    if (edge[i] != 0) continue;
    if (i + 1 < edge.size() && edge[i + 1] == '\xff') {
      ++i;
    } else {  // the end mark; behind it only keyAfter()
      text.pop_back();
      return i + 2 < edge.size() ? behindText(text) : text;
    }
  }
  return text;
}

}  // namespace

std::optional<TextRange> textsIn(const KeyRange& range) {
  const std::string first(1, kText), last = keyAfter(first);
  TextRange texts{range.from <= first ? "" : range.from >= last ? kBehindTexts : textAt(range.from), range.to >= last ? kBehindTexts : range.to <= first ? "" : textAt(range.to)};
  return texts.from < texts.to ? std::optional(std::move(texts)) : std::nullopt;
}

std::vector<KeyRange> joined(std::vector<KeyRange> ranges) {
  std::ranges::sort(ranges);
  std::vector<KeyRange> out;
  for (auto& range : ranges) {
    if (range.from >= range.to) continue;
    if (out.empty() || range.from >= out.back().to) {
      out.push_back(std::move(range));
    } else if (range.to > out.back().to) {
      out.back().to = std::move(range.to);
      out.back().point = false;
    }
  }
  return out;
}

std::vector<KeyRange> common(const std::vector<KeyRange>& a, const std::vector<KeyRange>& b) {
  std::vector<KeyRange> out;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    KeyRange both{std::max(x->from, y->from), std::min(x->to, y->to), x->point || y->point};
    if (both.from < both.to) out.push_back(std::move(both));
    x->to < y->to ? ++x : ++y;
  }
  return out;
}

}  // namespace redd::query
