// The query room as a program, for tests/query: JSON lines in, one JSON line out for each. Of an input
//   {"op": "match", "filter", "document"} · {"op": "change", "change", "document"} · {"op": "schema", "schema", "document"}
//   {"op": "sort", "sort", "documents"} · {"op": "project", "fields", "document"}
// the answer is {"result": …}, or {"error": "…"} for what was refused. Instead of "document" there may be "documents".
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <string>

#include "base/json.h"
#include "query/change.h"
#include "query/filter.h"
#include "query/find_options.h"
#include "query/schema.h"

namespace redd::query {
namespace {

std::string textAt(const Value& input, std::string_view key) {
  const Value* value = find(input, key);
  return value ? textOf(*value) : std::string("null");
}

// The answer for "document", or an array of those for "documents".
template <class Answer>
Result<std::string> forEach(const Value& input, Answer&& answer) {
  if (const Value* document = find(input, "document")) return answer(*document);
  std::string all = "[";
  const Value* documents = find(input, "documents");
  for (const auto& document : documents ? documents->elements : std::span<const Value>()) {
    REDD_TRY(const std::string one, answer(document));
    if (all.size() > 1) all += ',';
    all += one;
  }
  return all += ']';
}

Result<std::string> match(const Value& input) {
  REDD_TRY(const Filter filter, Filter::parse(textAt(input, "filter")));
  return forEach(input, [&](const Value& document) -> Result<std::string> { return filter.matches(document) ? "true" : "false"; });
}

Result<std::string> change(const Value& input) {
  REDD_TRY(Change parsed, Change::parse(textAt(input, "change")));
  return forEach(input, [&](const Value& document) { return parsed.apply(textOf(document)); });
}

Result<std::string> schema(const Value& input) {
  REDD_TRY(const Schema parsed, Schema::parse(textAt(input, "schema")));
  return forEach(input, [&](const Value& document) -> Result<std::string> { return parsed.faults(document).value_or("null"); });
}

Result<std::string> project(const Value& input) {
  const Value* fields = find(input, "fields");
  if (!fields) return invalid("no fields");
  REDD_TRY(const Projection projection, Projection::parse(*fields));
  return forEach(input, [&](const Value& document) -> Result<std::string> { return projection.apply(document); });
}

Result<std::string> sorted(const Value& input) {
  const Value* fields = find(input, "sort");
  const Value* documents = find(input, "documents");
  if (!fields || !documents) return invalid("no sort or no documents");
  REDD_TRY(const Sort sort, Sort::parse(*fields));
  std::vector<std::pair<std::vector<SortKey>, std::size_t>> order;
  for (const auto& document : documents->elements) order.emplace_back(sort.keys(document), order.size());
  std::ranges::sort(order, [&sort](const auto& a, const auto& b) {
    return sort.before(a.first, b.first) || (!sort.before(b.first, a.first) && a.second < b.second);
  });
  std::string all = "[";
  for (const auto& [keys, index] : order) all += (all.size() > 1 ? "," : "") + textOf(documents->elements[index]);
  return all += ']';
}

Result<std::string> answer(const std::string& line) {
  Parser parser;
  REDD_TRY(const Value* input, parser.parse(line));
  const Value* op = find(*input, "op");
  const auto name = op ? op->text : std::string_view();
  if (name == "match") return match(*input);
  if (name == "change") return change(*input);
  if (name == "schema") return schema(*input);
  if (name == "project") return project(*input);
  if (name == "sort") return sorted(*input);
  return invalid("unknown op");
}

}  // namespace
}  // namespace redd::query

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const auto result = redd::query::answer(line);
    if (result) std::cout << fmt::format("{{\"result\":{}}}\n", *result);
    else std::cout << fmt::format("{{\"error\":{}}}\n", redd::json::quoted(result.error().publicText));
  }
  return 0;
}
