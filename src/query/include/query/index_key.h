// Keys of indexes (spec 40.8): values as bytes whose order is that of sorts (spec 40.5), and what a filter says about the keys of the
// documents that can match it. Shared by all stores, so that an index narrows the same everywhere; the matcher decides.
//
// One field's key is a kind byte and the value; no key is the beginning of another, so keys of several fields are simply joined.
//   0x10 null or missing · 0x20 number · 0x30 text · 0x40 object · 0x50 array (both as their canonical JSON) · 0x60 boolean
// A document has as many keys for a field as values that its path leads to (path.h), each element of an array counting too.
// Changing any of this changes the format of stored indexes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/path.h"
#include "query/value.h"

namespace redd::query {

inline constexpr std::size_t kIndexKeyBytesMax = 1'024;  // of all fields together
inline constexpr std::size_t kIndexKeysMax = 256;        // of one document in one index

// Stands for a document whose keys are too many or too long: every search of the index finds it.
inline constexpr char kWideKey[] = "\xf0";

void appendKey(std::string& out, const Value* value);  // nullptr: missing
std::string keyAfter(std::string key);                 // behind every key that begins with `key`

// All keys of a document in an index over `fields`: sorted, no two equal, never empty.
std::vector<std::string> indexKeys(const std::vector<Path>& fields, const Value& document);

// Keys k with from <= k < to. A point is a range that holds the keys of one value.
struct KeyRange {
  std::string from, to;
  bool point = false;
  auto operator<=>(const KeyRange&) const = default;
};
// What one condition of a filter demands of the field's keys: one of them lies in one of the ranges, which are sorted and apart.
// Two conditions on one field may be met by different elements of an array.
struct FieldBound {
  std::string field;
  std::vector<KeyRange> ranges;
};

inline constexpr char kBehindTexts[] = "\xff";  // no byte of UTF-8
// The texts t with from <= t < to; at first all.
struct TextRange {
  std::string from{}, to = kBehindTexts;
};
// Those that a range of one field's keys stands for; nullopt: there are none.
std::optional<TextRange> textsIn(const KeyRange& range);
std::string behindText(std::string_view text);  // the first text behind it

std::vector<KeyRange> joined(std::vector<KeyRange> ranges);                                          // their union
std::vector<KeyRange> common(const std::vector<KeyRange>& a, const std::vector<KeyRange>& b);  // their intersection

}  // namespace redd::query
