#include "query/filter.h"

#include <fmt/format.h>

#include "filter_node.h"

namespace redd::query {

using Op = FilterNode::Op;

namespace {

using SharedBudget = std::shared_ptr<Regex::Budget>;

std::optional<Error> whyGivenUp(const Regex::Budget& budget) {
  if (!budget.exceeded) return std::nullopt;
  return invalid("Invalid query: a regular expression takes too many steps on the values that it meets; look-around and back-references try one way "
                 "after another, so anchor it, or write it without them");
}

}  // namespace

struct Filter::State {
  std::string text;  // values point into it
  Parser parser;
  FilterNode root;
  SharedBudget budget;
};

Filter::Filter(std::unique_ptr<State> state) : state_(std::move(state)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

Result<Filter> Filter::parse(std::string_view text) {
  if (text.size() > kTextBytesMax) return invalid(fmt::format("Invalid query: larger than {} bytes", kTextBytesMax));
  auto state = std::make_unique<State>();
  state->text = text;
  auto query = state->parser.parse(state->text);
  if (!query) return invalid("Invalid query: " + query.error().publicText);
  FilterParser parser;
  REDD_TRY(state->root, parser.document(**query));
  state->budget = std::move(parser.budget);
  return Filter(std::move(state));
}

bool Filter::matches(const Value& document) const { return matchesDocument(state_->root, document) && !state_->budget->exceeded; }
std::optional<Error> Filter::gaveUp() const { return whyGivenUp(*state_->budget); }
bool Filter::matchesAll() const { return state_->root.children.empty(); }

std::optional<std::vector<std::string>> Filter::ids() const {
  for (const auto& field : state_->root.children) {
    if (field.op != Op::field || field.path->name() != "_id") continue;
    const FilterNode& test = field.children.front();
    if (test.op == Op::equal && test.operand->kind == Kind::text) return std::vector{std::string(test.operand->text)};
    if (test.op != Op::in || !test.children.empty() || !test.inDatesMs.empty()) continue;
    std::vector<std::string> ids;
    for (const auto& element : test.operand->elements) {
      if (element.kind == Kind::text) ids.emplace_back(element.text);  // an _id is always text
    }
    return ids;
  }
  return std::nullopt;
}

std::vector<FieldBound> Filter::bounds() const { return boundsOfFilter(state_->root); }

std::optional<std::vector<std::string>> Filter::equalFields() const {
  std::vector<std::string> fields;
  if (state_->root.op != Op::every) return std::nullopt;
  for (const auto& node : state_->root.children) {
    if (node.op != Op::field) return std::nullopt;
    const FilterNode& test = node.children.front();
    if (test.op != Op::equal || test.dateMs) return std::nullopt;
    const Kind kind = test.operand->kind;
    if (kind != Kind::text && kind != Kind::number && kind != Kind::boolean) return std::nullopt;
    fields.push_back(node.path->name());
  }
  return fields;
}

std::vector<std::pair<std::string, std::string>> Filter::equalities() const {
  std::vector<std::pair<std::string, std::string>> fields;
  const auto collect = [&fields](const auto& self, const FilterNode& all) -> void {
    for (const auto& node : all.children) {
      if (node.op == Op::every) self(self, node);
      if (node.op != Op::field) continue;
      const FilterNode& test = node.children.front();
      if (test.op == Op::equal && !test.dateMs) fields.emplace_back(node.path->name(), textOf(*test.operand));
    }
  };
  collect(collect, state_->root);
  return fields;
}

// ---- Condition ----

struct Condition::State {
  std::string text;
  Parser parser;
  const Value* same = nullptr;       // elements that are equal to it match
  std::optional<FilterNode> query;   // so do those that it holds for
  SharedBudget budget;
};

Condition::Condition(std::unique_ptr<State> state) : state_(std::move(state)) {}
Condition::Condition(Condition&&) noexcept = default;
Condition& Condition::operator=(Condition&&) noexcept = default;
Condition::~Condition() = default;

Result<Condition> Condition::parse(std::string_view operand) {
  auto state = std::make_unique<State>();
  state->text = operand;
  REDD_TRY(const Value* value, state->parser.parse(state->text));
  FilterParser parser;
  if (FilterParser::isOperators(*value)) {
    REDD_TRY(state->query, parser.conditionsOf(*value));
  } else {
    state->same = value;
    if (value->kind == Kind::object) {
      REDD_TRY(state->query, parser.document(*value));
    }
  }
  state->budget = std::move(parser.budget);
  return Condition(std::move(state));
}

std::optional<Error> Condition::gaveUp() const { return whyGivenUp(*state_->budget); }

bool Condition::matches(const Value& element) const {
  if (state_->same && equal(element, *state_->same)) return true;
  if (!state_->query) return false;
  if (state_->same) return element.kind == Kind::object && matchesDocument(*state_->query, element);
  return matchesElement(*state_->query, element);
}

}  // namespace redd::query
