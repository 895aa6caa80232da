// What a filter demands of keys (index_key.h): only conditions that every match must meet, and only what keys can tell.
#include <algorithm>

#include "filter_node.h"
#include "query/filter.h"

namespace redd::query {
namespace {

using Op = FilterNode::Op;
using Ranges = std::vector<KeyRange>;
using Bounds = std::vector<FieldBound>;

constexpr std::size_t kPointsMax = 1'000;

std::string keyOf(const Value& value) {
  std::string key;
  appendKey(key, &value);
  return key;
}
std::string textKey(std::string_view text) {
  Value value;
  value.kind = Kind::text;
  value.text = text;
  return keyOf(value);
}

KeyRange pointOf(const Value& value) {
  auto key = keyOf(value);
  auto after = keyAfter(key);
  return {std::move(key), std::move(after), true};
}

// The texts that begin with `text`: their keys begin with its key less the end mark.
KeyRange prefixRange(std::string_view text) {
  auto from = textKey(text);
  from.resize(from.size() - 2);
  return {from, keyAfter(from)};
}

std::optional<Ranges> orderRange(Op op, const Value& operand) {
  if (operand.kind != Kind::number && operand.kind != Kind::text && operand.kind != Kind::boolean) return std::nullopt;
  const auto key = keyOf(operand);
  const std::string first = key.substr(0, 1);
  const std::string last = keyAfter(first);
  switch (op) {
    case Op::greater: return Ranges{{keyAfter(key), last}};
    case Op::greaterEqual: return Ranges{{key, last}};
    case Op::less: return Ranges{{first, key}};
    default: return Ranges{{first, keyAfter(key)}};
  }
}

std::optional<Ranges> listRanges(const FilterNode& node) {
  if (!node.children.empty() || !node.inDatesMs.empty() || node.operand->elements.size() > kPointsMax) return std::nullopt;
  Ranges ranges;
  for (const auto& element : node.operand->elements) ranges.push_back(pointOf(element));
  return joined(std::move(ranges));
}

// ^literal…: what every match begins with. Only what can be seen without reading the expression as RE2 does.
std::optional<Ranges> regexRange(std::string_view pattern) {
  if (pattern.starts_with("(?s)")) pattern.remove_prefix(4);
  if (!pattern.starts_with('^') || pattern.contains('|')) return std::nullopt;
  pattern.remove_prefix(1);
  auto end = std::min(pattern.find_first_of("\\^$.[]()*+?{}"), pattern.size());
  if (end > 0 && end < pattern.size() && std::string_view("*?{").contains(pattern[end])) --end;  // the last may be absent
  while (end > 0 && end < pattern.size() && (static_cast<unsigned char>(pattern[end]) & 0xc0) == 0x80) --end;
  if (end == 0) return std::nullopt;
  return Ranges{prefixRange(pattern.substr(0, end))};
}

std::optional<Ranges> rangesOf(const FilterNode& test) {
  if (test.dateMs) return std::nullopt;
  switch (test.op) {
    case Op::equal: return Ranges{pointOf(*test.operand)};
    case Op::greater:
    case Op::greaterEqual:
    case Op::less:
    case Op::lessEqual: return orderRange(test.op, *test.operand);
    case Op::in: return listRanges(test);
    case Op::startsWith: return Ranges{prefixRange(test.operand->text)};
    case Op::regex: return regexRange(test.regex->linearPattern());
    default: return std::nullopt;
  }
}

void addTest(Bounds& bounds, const std::string& field, const FilterNode& test) {
  if (test.op == Op::all) {
    for (const auto& child : test.children) addTest(bounds, field, child);
  } else if (auto ranges = rangesOf(test)) {
    bounds.push_back({field, *std::move(ranges)});
  }
}

Bounds boundsOf(const FilterNode& node);

// One of the branches holds: for a field that each branch bounds, the union.
void addAny(Bounds& bounds, const FilterNode& node) {
  std::vector<Bounds> branches;
  for (const auto& child : node.children) branches.push_back(boundsOf(child));
  if (branches.empty()) return;
  for (auto& first : branches.front()) {
    Ranges all = std::move(first.ranges);
    bool everywhere = true;
    for (std::size_t i = 1; i < branches.size() && everywhere; ++i) {
      const auto own = std::ranges::find(branches[i], first.field, &FieldBound::field);
      everywhere = own != branches[i].end();
      if (everywhere) all.insert(all.end(), own->ranges.begin(), own->ranges.end());
    }
    if (everywhere) bounds.push_back({first.field, joined(std::move(all))});
  }
}

Bounds boundsOf(const FilterNode& node) {
  Bounds bounds;
  for (const auto& child : node.children) {
    if (child.op == Op::field) {
      addTest(bounds, child.path->name(), child.children.front());
    } else if (child.op == Op::every) {
      for (const auto& one : child.children) {
        auto own = boundsOf(one);
        std::ranges::move(own, std::back_inserter(bounds));
      }
    } else if (child.op == Op::any) {
      addAny(bounds, child);
    }
  }
  return bounds;
}

}  // namespace

std::vector<FieldBound> boundsOfFilter(const FilterNode& root) { return boundsOf(root); }

}  // namespace redd::query
