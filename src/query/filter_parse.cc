#include <fmt/format.h>

#include <algorithm>

#include "filter_node.h"
#include "query/filter.h"

namespace redd::query {
namespace {

using Op = FilterNode::Op;

Error refused(std::string_view why) { return invalid(fmt::format("Invalid query: {}", why)); }

const Value* dateOperand(const Value& value) {
  return value.kind == Kind::object && value.members.size() == 1 && value.members.front().key == "$date"
             ? &value.members.front().value
             : nullptr;
}

bool isTrue(const Value& value) {  // as JavaScript sees it; HTTP brings "false"
  switch (value.kind) {
    case Kind::null: return false;
    case Kind::boolean: return value.boolean;
    case Kind::number: return value.number != 0;
    case Kind::text: return !value.text.empty() && value.text != "false" && value.text != "0";
    default: return true;
  }
}

bool isRegex(const Value& value) { return value.kind == Kind::object && find(value, "$regex"); }

}  // namespace

bool FilterParser::isOperators(const Value& value) {
  return std::ranges::any_of(value.members, [](const Member& member) { return member.key.starts_with('$'); });
}

Result<void> FilterParser::count() {
  if (++conditions > Filter::kConditionsMax) return refused(fmt::format("more than {} conditions", Filter::kConditionsMax));
  return {};
}

Result<FilterNode> FilterParser::document(const Value& query) {
  if (query.kind != Kind::object) return refused("it must be an object");
  FilterNode all;
  for (const auto& [key, keySource, value] : query.members) {
    REDD_TRY_VOID(count());
    if (key == "$and" || key == "$or" || key == "$nor") {
      const Op op = key == "$and" ? Op::every : key == "$or" ? Op::any : Op::none;
      REDD_TRY(FilterNode node, documents(op, key, value));
      all.children.push_back(std::move(node));
    } else if (key == "$where") {
      return refused("$where is not allowed: queries run no code");
    } else if (key.starts_with('$')) {
      return refused(fmt::format("unknown operator {}", key));
    } else {
      FilterNode field;
      field.op = Op::field;
      field.path.emplace(key);
      REDD_TRY(FilterNode child, conditionsOf(value));
      field.children.push_back(std::move(child));
      all.children.push_back(std::move(field));
    }
  }
  return all;
}

Result<FilterNode> FilterParser::documents(Op op, std::string_view name, const Value& list) {
  if (list.elements.empty()) return refused(fmt::format("{} needs an array that is not empty", name));
  FilterNode node;
  node.op = op;
  for (const auto& element : list.elements) {
    REDD_TRY(FilterNode child, document(element));
    node.children.push_back(std::move(child));
  }
  return node;
}

Result<FilterNode> FilterParser::conditionsOf(const Value& value) {
  if (!isOperators(value) || dateOperand(value)) return comparison(Op::equal, value);
  FilterNode all;
  all.op = Op::all;
  for (const auto& [key, keySource, operand] : value.members) {
    REDD_TRY_VOID(count());
    if (!key.starts_with('$')) return refused(fmt::format("the field {} stands among operators", key));
    if (key == "$options" && find(value, "$regex")) continue;
    REDD_TRY(FilterNode node, oneOperator(value, key, operand));
    all.children.push_back(std::move(node));
  }
  if (all.children.size() == 1) return std::move(all.children.front());
  return all;
}

Result<FilterNode> FilterParser::oneOperator(const Value& all, std::string_view name, const Value& operand) {
  if (name == "$eq") return isRegex(operand) ? conditionsOf(operand) : comparison(Op::equal, operand);
  if (name == "$ne") return isRegex(operand) ? negation(operand) : comparison(Op::notEqual, operand);
  if (name == "$gt") return comparison(Op::greater, operand);
  if (name == "$gte") return comparison(Op::greaterEqual, operand);
  if (name == "$lt") return comparison(Op::less, operand);
  if (name == "$lte") return comparison(Op::lessEqual, operand);
  if (name == "$in") return list(Op::in, name, operand);
  if (name == "$nin") return list(Op::notIn, name, operand);
  if (name == "$all") return containsAll(operand);
  if (name == "$not") return negation(operand);
  if (name == "$regex") return regularExpression(operand, find(all, "$options"));
  if (name == "$elemMatch") return elementMatch(operand);
  if (name == "$type") return typeTest(operand);
  if (name == "$mod") return modulo(operand);
  FilterNode node;
  node.operand = &operand;
  if (name == "$exists") {
    node.op = isTrue(operand) ? Op::exists : Op::missing;
  } else if (name == "$startsWith" || name == "$endsWith" || name == "$endssWith") {
    if (operand.kind != Kind::text) return refused(fmt::format("{} needs a text", name));
    node.op = name == "$startsWith" ? Op::startsWith : Op::endsWith;
  } else if (name == "$size") {
    if (operand.kind != Kind::number) return refused("$size needs a number");
    node.op = Op::size;
  } else if (name == "$where") {
    return refused("$where is not allowed: queries run no code");
  } else {
    return refused(fmt::format("unknown operator {}", name));
  }
  return node;
}

Result<FilterNode> FilterParser::comparison(Op op, const Value& operand) {
  FilterNode node;
  node.op = op;
  node.operand = &operand;
  if (const Value* date = dateOperand(operand)) {
    node.dateMs = dateOf(*date);
    if (!node.dateMs) return refused("$date needs ISO 8601 text or milliseconds");
  }
  return node;
}

Result<FilterNode> FilterParser::list(Op op, std::string_view name, const Value& operand) {
  if (operand.kind != Kind::array) return refused(fmt::format("{} needs an array", name));
  FilterNode node;
  node.op = op;
  node.operand = &operand;
  for (const auto& element : operand.elements) {
    if (isRegex(element)) {
      REDD_TRY(FilterNode regex, regularExpression(*find(element, "$regex"), find(element, "$options")));
      node.children.push_back(std::move(regex));
    } else if (const Value* date = dateOperand(element)) {
      const auto ms = dateOf(*date);
      if (!ms) return refused("$date needs ISO 8601 text or milliseconds");
      node.inDatesMs.push_back(*ms);
    } else {
      node.inValues.insert(canonical(element));
      node.kinds |= 1U << static_cast<unsigned>(element.kind);
    }
  }
  return node;
}

// Every element of the list is a condition of its own: each may hold for another value.
Result<FilterNode> FilterParser::containsAll(const Value& operand) {
  if (operand.kind != Kind::array) return refused("$all needs an array");
  FilterNode node;
  node.op = operand.elements.empty() ? Op::never : Op::all;
  for (const auto& element : operand.elements) {
    REDD_TRY_VOID(count());
    REDD_TRY(FilterNode child, conditionsOf(element));
    node.children.push_back(std::move(child));
  }
  return node;
}

// {$regex: "text", $options: "i"}; a RegExp object inside $regex arrives as the same object once more.
Result<FilterNode> FilterParser::regularExpression(const Value& source, const Value* options) {
  if (isRegex(source)) {
    const Value* inner = find(source, "$options");
    return regularExpression(*find(source, "$regex"), options ? options : inner);
  }
  if (source.kind != Kind::text) return refused("$regex needs a text");
  if (options && options->kind != Kind::text) return refused("$options needs a text");
  if (++regexes > Filter::kRegexesMax) return refused(fmt::format("more than {} regular expressions", Filter::kRegexesMax));
  auto regex = makeRegex(source.text, options ? options->text : std::string_view());
  if (!regex) return refused(regex.error().publicText);
  FilterNode node;
  node.op = Op::regex;
  node.regex = *std::move(regex);
  node.budget = budget;
  return node;
}

Result<FilterNode> FilterParser::negation(const Value& operand) {
  FilterNode node;
  node.op = Op::notAll;
  REDD_TRY(FilterNode child, conditionsOf(operand));
  node.children.push_back(std::move(child));
  return node;
}

Result<FilterNode> FilterParser::elementMatch(const Value& operand) {
  if (operand.kind != Kind::object) return refused("$elemMatch needs an object");
  // A query on elements that are objects, or operators on the elements themselves.
  const bool isQuery = std::ranges::any_of(operand.members, [](const Member& member) {
    return !member.key.starts_with('$') || member.key == "$and" || member.key == "$or" || member.key == "$nor";
  });
  FilterNode node;
  node.op = Op::elementMatches;
  REDD_TRY(FilterNode child, isQuery || operand.members.empty() ? document(operand) : conditionsOf(operand));
  node.children.push_back(std::move(child));
  return node;
}

Result<FilterNode> FilterParser::typeTest(const Value& operand) {
  FilterNode node;
  node.op = Op::type;
  const auto add = [&node](const Value& name) {
    struct Name {
      std::string_view text;
      int code;  // of BSON
      Kind kind;
    };
    constexpr Name kNames[] = {{"double", 1, Kind::number}, {"string", 2, Kind::text},   {"object", 3, Kind::object},
                               {"array", 4, Kind::array},   {"bool", 8, Kind::boolean},  {"boolean", 8, Kind::boolean},
                               {"null", 10, Kind::null},    {"int", 16, Kind::number},   {"long", 18, Kind::number},
                               {"number", 1, Kind::number}, {"decimal", 19, Kind::number}};
    const auto* known = std::ranges::find_if(kNames, [&name](const Name& one) {
      return name.kind == Kind::number ? name.number == one.code : name.kind == Kind::text && name.text == one.text;
    });
    if (known == std::end(kNames)) return false;
    node.kinds |= 1U << static_cast<unsigned>(known->kind);
    return true;
  };
  const auto names = operand.kind == Kind::array ? operand.elements : std::span<const Value>(&operand, 1);
  for (const auto& name : names) {
    if (!add(name)) return refused("$type knows string, number, object, array, boolean, null");
  }
  return node;
}

Result<FilterNode> FilterParser::modulo(const Value& operand) {
  const auto isNumber = [](const Value& value) { return value.kind == Kind::number; };
  if (operand.elements.size() != 2 || !std::ranges::all_of(operand.elements, isNumber) || operand.elements[0].number == 0) {
    return refused("$mod needs [divisor, remainder]");
  }
  FilterNode node;
  node.op = Op::modulo;
  node.divisor = operand.elements[0].number;
  node.remainder = operand.elements[1].number;
  return node;
}

}  // namespace redd::query
