#include <algorithm>
#include <compare>
#include <cmath>

#include "filter_node.h"

namespace redd::query {
namespace {

using Op = FilterNode::Op;

bool dateEqual(double ms, const Value& value) {
  const auto other = dateOf(value);
  return other && *other == ms;
}

bool equalsOperand(const FilterNode& node, const Value& value) {
  return node.dateMs ? dateEqual(*node.dateMs, value) : equal(value, *node.operand);
}

bool ordered(Op op, std::partial_ordering order) {
  switch (op) {
    case Op::greater: return order > 0;
    case Op::greaterEqual: return order >= 0;
    case Op::less: return order < 0;
    default: return order <= 0;
  }
}

// Number with number, text with text, boolean with boolean; a $date with everything that is a date (spec 40.7).
bool inOrder(Op op, const FilterNode& node, const Value& value) {
  if (node.dateMs) {
    const auto other = dateOf(value);
    return other && ordered(op, *other <=> *node.dateMs);
  }
  if (value.kind != node.operand->kind) return false;
  switch (value.kind) {
    case Kind::number: return ordered(op, value.number <=> node.operand->number);
    case Kind::text: return ordered(op, value.text <=> node.operand->text);
    case Kind::boolean: return ordered(op, value.boolean <=> node.operand->boolean);
    default: return false;
  }
}

bool hasKind(const FilterNode& node, const Value& value) { return (node.kinds >> static_cast<unsigned>(value.kind) & 1U) != 0; }

bool inList(const FilterNode& node, const Value& value) {
  if (hasKind(node, value) && node.inValues.contains(canonical(value))) return true;
  if (std::ranges::any_of(node.inDatesMs, [&](double ms) { return dateEqual(ms, value); })) return true;
  return std::ranges::any_of(node.children, [&](const FilterNode& regex) {
    return value.kind == Kind::text && regex.regex->search(value.text, *regex.budget) == Regex::Found::yes;
  });
}

// What a missing value is: null.
bool holdsForNothing(Op op, const FilterNode& node) {
  switch (op) {
    case Op::equal: return !node.dateMs && node.operand->kind == Kind::null;
    case Op::in: return node.inValues.contains("null");
    default: return false;
  }
}

bool divides(const FilterNode& node, const Value& value) {
  return value.kind == Kind::number && std::fmod(value.number, node.divisor) == node.remainder;
}

// The positive test `op` with the operands of `node` on one value; nullptr: the path leads nowhere.
bool holds(Op op, const FilterNode& node, const Value* value) {
  if (!value) return holdsForNothing(op, node);
  const auto text = [&](auto test) {
    return anyWithin(*value, [&](const Value& one) { return one.kind == Kind::text && test(one.text); });
  };
  switch (op) {
    case Op::equal: return anyWithin(*value, [&](const Value& one) { return equalsOperand(node, one); });
    case Op::greater:
    case Op::greaterEqual:
    case Op::less:
    case Op::lessEqual: return anyWithin(*value, [&](const Value& one) { return inOrder(op, node, one); });
    case Op::in: return anyWithin(*value, [&](const Value& one) { return inList(node, one); });
    case Op::exists: return true;
    case Op::regex: return text([&](std::string_view one) { return node.regex->search(one, *node.budget) == Regex::Found::yes; });
    case Op::startsWith: return text([&](std::string_view one) { return one.starts_with(node.operand->text); });
    case Op::endsWith: return text([&](std::string_view one) { return one.ends_with(node.operand->text); });
    case Op::elementMatches:
      return std::ranges::any_of(value->elements, [&](const Value& one) { return matchesElement(node.children.front(), one); });
    case Op::size:
      return anyWithin(*value, [&](const Value& one) {
        return one.kind == Kind::array && static_cast<double>(one.elements.size()) == node.operand->number;
      });
    case Op::type:
      return anyWithin(*value, [&](const Value& one) { return hasKind(node, one); });
    case Op::modulo: return anyWithin(*value, [&](const Value& one) { return divides(node, one); });
    default: return false;
  }
}

// `reach(test)`: does test hold for any value that the field's path leads to?
template <class Reach>
bool condition(const FilterNode& node, Reach&& reach) {
  const auto positive = [&](Op op) { return reach([&](const Value* value) { return holds(op, node, value); }); };
  switch (node.op) {
    case Op::never: return false;
    case Op::all: return std::ranges::all_of(node.children, [&](const FilterNode& child) { return condition(child, reach); });
    case Op::notAll:
      return !std::ranges::all_of(node.children, [&](const FilterNode& child) { return condition(child, reach); });
    case Op::notEqual: return !positive(Op::equal);
    case Op::notIn: return !positive(Op::in);
    case Op::missing: return !positive(Op::exists);
    default: return positive(node.op);
  }
}

}  // namespace

bool matchesDocument(const FilterNode& node, const Value& document) {
  const auto child = [&](const FilterNode& one) { return matchesDocument(one, document); };
  switch (node.op) {
    case Op::every: return std::ranges::all_of(node.children, child);
    case Op::any: return std::ranges::any_of(node.children, child);
    case Op::none: return std::ranges::none_of(node.children, child);
    case Op::field:
      return condition(node.children.front(), [&](auto&& test) { return node.path->any(document, test); });
    default: return condition(node, [&](auto&& test) { return test(&document); });
  }
}

bool matchesElement(const FilterNode& node, const Value& element) {
  if (node.op < Op::all) return matchesDocument(node, element);
  return condition(node, [&](auto&& test) { return test(&element); });
}

}  // namespace redd::query
