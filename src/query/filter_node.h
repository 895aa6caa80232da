// The tree behind Filter. A node tests a document (all, any, none, field) or, below a field, the values its path leads to.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "query/index_key.h"
#include "query/path.h"
#include "query/value.h"
#include "js_regex.h"

namespace redd::query {

struct FilterNode {
  enum class Op {
    every, any, none,    // children on the same document
    field,               // its child on the values at `path`
    all,                 // from here on: tests of values; children on the same values
    equal, notEqual, greater, greaterEqual, less, lessEqual,
    in, notIn, exists, missing, notAll,  // notAll: $not, the children do not all hold
    regex, startsWith, endsWith, elementMatches, size, type, modulo,
    never
  };

  Op op = Op::every;
  std::vector<FilterNode> children;
  std::optional<Path> path;
  const Value* operand = nullptr;       // in the filter's own arena
  std::optional<double> dateMs;         // the operand is a $date
  std::vector<double> inDatesMs;        // those of $in
  std::unordered_set<std::string> inValues;  // the others, canonical
  std::shared_ptr<const Regex> regex;
  std::shared_ptr<Regex::Budget> budget;  // of the whole filter
  double divisor = 0;
  double remainder = 0;
  unsigned kinds = 0;                   // of $type, and of the values of $in: one bit per Kind
};

bool matchesDocument(const FilterNode& node, const Value& document);
bool matchesElement(const FilterNode& node, const Value& element);
std::vector<FieldBound> boundsOfFilter(const FilterNode& root);  // filter_bounds.cc

// Milliseconds since 1970 of ISO 8601 text ("2024-01-01", "2024-01-01T00:00:00.000Z", with offset) or of a number.
std::optional<double> dateOf(const Value& value);

struct FilterParser {
  std::size_t conditions = 0;
  std::size_t regexes = 0;
  std::shared_ptr<Regex::Budget> budget = std::make_shared<Regex::Budget>();

  Result<FilterNode> document(const Value& query);                       // a query object
  Result<FilterNode> conditionsOf(const Value& value);                   // what stands behind a field: value or operators
  static bool isOperators(const Value& value);                           // an object with a key that begins with $

 private:
  Result<FilterNode> documents(FilterNode::Op op, std::string_view name, const Value& list);
  Result<FilterNode> oneOperator(const Value& all, std::string_view name, const Value& operand);
  Result<FilterNode> comparison(FilterNode::Op op, const Value& operand);
  Result<FilterNode> list(FilterNode::Op op, std::string_view name, const Value& operand);
  Result<FilterNode> containsAll(const Value& operand);
  Result<FilterNode> regularExpression(const Value& source, const Value* options);
  Result<FilterNode> negation(const Value& operand);
  Result<FilterNode> elementMatch(const Value& operand);
  Result<FilterNode> typeTest(const Value& operand);
  Result<FilterNode> modulo(const Value& operand);
  Result<void> count();
};

}  // namespace redd::query
