#include "query/change.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/json.h"
#include "query/filter.h"
#include "query/value.h"

namespace redd::query {
namespace {

Error refused(std::string why) { return invalid("3 INVALID_ARGUMENT: " + std::move(why)); }

enum class Op { set, unset, inc, push, pull, pullAll, pop, addToSet, rename };  // in the order of application

struct Operation {
  Op op;
  std::string_view field;
  std::string_view fieldSource;
  const Value* operand = nullptr;
  std::optional<Condition> condition;  // of $pull
  std::size_t order = 0;
};

std::optional<Op> operatorNamed(std::string_view name) {
  constexpr std::pair<std::string_view, Op> kNames[] = {
      {"$set", Op::set},           {"$unset", Op::unset}, {"$inc", Op::inc},           {"$push", Op::push},    {"$pull", Op::pull},
      {"$pullAll", Op::pullAll}, {"$pop", Op::pop},     {"$addToSet", Op::addToSet}, {"$rename", Op::rename},
  };
  for (const auto& [known, op] : kNames) {
    if (known == name) return op;
  }
  return std::nullopt;
}

// The members of a document while it is changed.
class Draft {
 public:
  explicit Draft(const Value& document) : members_(document.members.begin(), document.members.end()) {}

  const Value* get(std::string_view field) const {
    const auto at = place(field);
    return at == members_.end() ? nullptr : &at->value;
  }
  void set(std::string_view field, std::string_view fieldSource, const Value& value) {
    const auto at = place(field);
    if (at != members_.end()) {
      at->value = value;
    } else {
      members_.push_back({field, fieldSource, value});
    }
  }
  void remove(std::string_view field) {
    const auto at = place(field);
    if (at != members_.end()) members_.erase(at);
  }
  std::string text() const {
    Value object;
    object.kind = Kind::object;
    object.members = members_;
    return textOf(object);
  }

 private:
  std::vector<Member>::iterator place(std::string_view field) { return std::ranges::find(members_, field, &Member::key); }
  std::vector<Member>::const_iterator place(std::string_view field) const {
    return std::ranges::find(members_, field, &Member::key);
  }
  std::vector<Member> members_;
};

// The values of {$each: […]}, or the one value.
std::span<const Value> eachOf(const Value& operand) {
  const Value* each = find(operand, "$each");
  return each ? each->elements : std::span<const Value>(&operand, 1);
}

std::vector<Value> elementsOf(const Value* value) {
  if (!value || value->kind != Kind::array) return {};
  return {value->elements.begin(), value->elements.end()};
}

}  // namespace

struct Change::State {
  std::string text;
  Parser parser;
  std::vector<Operation> operations;
  Parser documents;

  Result<void> read(const Value& change);
  Result<void> readOperator(Op op, const Value& operand);
  Result<void> add(Op op, const Member& member);
  Result<void> applyOne(const Operation& operation, Draft& draft);
  Result<void> changeArray(const Operation& operation, Draft& draft, const Value* old);
};

Change::Change(std::unique_ptr<State> state) : state_(std::move(state)) {}
Change::Change(Change&&) noexcept = default;
Change& Change::operator=(Change&&) noexcept = default;
Change::~Change() = default;

Result<Change> Change::parse(std::string_view text) {
  auto state = std::make_unique<State>();
  state->text = text;
  REDD_TRY(const Value* change, state->parser.parse(state->text));
  REDD_TRY_VOID(state->read(*change));
  std::ranges::sort(state->operations, {}, [](const Operation& one) { return std::pair(one.op, one.order); });
  return Change(std::move(state));
}

Result<void> Change::State::read(const Value& change) {
  if (change.kind != Kind::object) return refused("a change must be an object");
  for (const auto& member : change.members) {
    if (!member.key.starts_with('$')) {
      REDD_TRY_VOID(add(Op::set, member));  // a patch, or plain fields beside operators: both are $set
      continue;
    }
    const auto op = operatorNamed(member.key);
    if (!op) return refused(fmt::format("unknown update operator {}", member.key));
    REDD_TRY_VOID(readOperator(*op, member.value));
  }
  return {};
}

Result<void> Change::State::readOperator(Op op, const Value& operand) {
  if (operand.kind == Kind::object) {
    for (const auto& member : operand.members) REDD_TRY_VOID(add(op, member));
    return {};
  }
  if (op == Op::inc) return invalid("The value of $inc must be an object where each property is a number");
  if (op != Op::unset && op != Op::pop) return refused("an update operator needs an object of fields");
  // $unset: "f" or ["f", "g"]; $pop: "f".
  const auto names = operand.kind == Kind::array ? operand.elements : std::span<const Value>(&operand, 1);
  for (const auto& name : names) {
    if (name.kind != Kind::text) return refused("an update operator needs field names");
    REDD_TRY_VOID(add(op, Member{name.text, name.source, parser.makeNumber(1)}));
  }
  return {};
}

Result<void> Change::State::add(Op op, const Member& member) {
  const auto isArray = [](const Value* value) { return value && value->kind == Kind::array; };
  Operation operation{op, member.key, member.keySource, nullptr, std::nullopt, operations.size()};
  // Operands of $unset and $pop in text form are ours: keep a copy.
  operation.operand = &*parser.makeArray(std::span<const Value>(&member.value, 1)).elements.begin();
  const Value& operand = *operation.operand;
  if (op == Op::inc && operand.kind != Kind::number) {
    return invalid("The value of $inc must be an object where each property is a number");
  }
  if (op == Op::pullAll && !isArray(&operand)) return refused("$pullAll needs an array");
  if (op == Op::rename && operand.kind != Kind::text) return refused("$rename needs the new name as text");
  const Value* each = find(operand, "$each");
  if ((op == Op::push || op == Op::addToSet) && each && !isArray(each)) return refused("$each needs an array");
  if (op == Op::pull) {
    REDD_TRY(Condition condition, Condition::parse(textOf(operand)));
    operation.condition = std::move(condition);
  }
  if (member.key == "_id" || (op == Op::rename && operand.text == "_id")) return {};
  if (operations.size() == Change::kOperationsMax) return refused("a change of too many fields");
  operations.push_back(std::move(operation));
  return {};
}

Result<std::string> Change::apply(std::string_view document) {
  REDD_TRY(const Value* value, state_->documents.parse(document));
  if (value->kind != Kind::object) return refused("a document must be an object");
  Draft draft(*value);
  for (const auto& operation : state_->operations) REDD_TRY_VOID(state_->applyOne(operation, draft));
  return draft.text();
}

Result<void> Change::State::applyOne(const Operation& operation, Draft& draft) {
  const Value* old = draft.get(operation.field);
  switch (operation.op) {
    case Op::set:
      draft.set(operation.field, operation.fieldSource, *operation.operand);
      break;
    case Op::unset:
      draft.remove(operation.field);
      break;
    case Op::inc: {
      if (old && old->kind != Kind::number && old->kind != Kind::null) {
        return refused(fmt::format("$inc: the field {} is not a number", operation.field));
      }
      const double sum = (old ? old->number : 0) + operation.operand->number;
      if (!std::isfinite(sum)) return refused("$inc: the sum is too large for a number");
      draft.set(operation.field, operation.fieldSource, documents.makeNumber(sum));
      break;
    }
    case Op::rename: {
      if (!old) break;
      const Value moved = *old;
      draft.remove(operation.field);
      draft.set(operation.operand->text, operation.operand->source, moved);
      break;
    }
    default:
      return changeArray(operation, draft, old);
  }
  return {};
}

Result<void> Change::State::changeArray(const Operation& operation, Draft& draft, const Value* old) {
  std::vector<Value> elements = elementsOf(old);
  const bool compares = operation.op == Op::addToSet || operation.op == Op::pullAll;
  if (compares && (elements.size() + 1) * (operation.operand->elements.size() + eachOf(*operation.operand).size()) > Change::kComparisonsMax) {
    return refused(fmt::format("the arrays at {} are too long to be compared", operation.field));
  }
  switch (operation.op) {
    case Op::push:
      for (const auto& value : eachOf(*operation.operand)) elements.push_back(value);
      break;
    case Op::addToSet:
      for (const auto& value : eachOf(*operation.operand)) {
        if (std::ranges::none_of(elements, [&](const Value& element) { return equal(element, value); })) elements.push_back(value);
      }
      break;
    default: {
      if (!old || old->kind != Kind::array) return {};  // nothing to take from
      const auto before = elements.size();
      if (operation.op == Op::pull) {
        std::erase_if(elements, [&](const Value& element) { return operation.condition->matches(element); });
      } else if (operation.op == Op::pullAll) {
        std::erase_if(elements, [&](const Value& element) {
          return std::ranges::any_of(operation.operand->elements, [&](const Value& value) { return equal(element, value); });
        });
      } else if (!elements.empty()) {
        const bool first = operation.operand->kind == Kind::number && operation.operand->number < 0;
        elements.erase(first ? elements.begin() : elements.end() - 1);
      }
      if (elements.size() == before) return {};  // its text stays
    }
  }
  draft.set(operation.field, operation.fieldSource, documents.makeArray(elements));
  return {};
}

// ---- _id ----

Result<Identified> withId(std::string_view document, const std::string& generated) {
  Parser parser;
  REDD_TRY(const Value* value, parser.parse(document));
  if (value->kind != Kind::object) return refused("a document must be an object");
  const Value* id = find(*value, "_id");
  if (id && id->kind == Kind::text) return Identified{std::string(id->text), textOf(*value)};
  Draft draft(*value);
  std::string text = generated;
  if (id && id->kind != Kind::null) text = textOf(*id);
  draft.set("_id", "\"_id\"", parser.makeText(text));
  return Identified{text, draft.text()};
}

Result<std::string> withFixedId(std::string_view document, std::string_view id) {
  Parser parser;
  REDD_TRY(const Value* value, parser.parse(document));
  if (value->kind != Kind::object) return refused("a document must be an object");
  Draft draft(*value);
  draft.set("_id", "\"_id\"", parser.makeText(id));
  return draft.text();
}

}  // namespace redd::query
