#include "query/change.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/json.h"
#include "query/filter.h"
#include "query/value.h"

namespace redd::query {
namespace {

Error refused(std::string why) { return invalid(std::move(why)); }

enum class Op { set, setOnInsert, unset, inc, mul, min, max, push, pull, pullAll, pop, addToSet, rename };  // in the order of application

struct Named {
  std::string_view name;
  Op op;
};
constexpr Named kOperators[] = {
    {"$set", Op::set},   {"$setOnInsert", Op::setOnInsert}, {"$unset", Op::unset},     {"$inc", Op::inc}, {"$mul", Op::mul},           {"$min", Op::min},      {"$max", Op::max},
    {"$push", Op::push}, {"$pull", Op::pull},               {"$pullAll", Op::pullAll}, {"$pop", Op::pop}, {"$addToSet", Op::addToSet}, {"$rename", Op::rename},
};
std::string_view nameOf(Op op) { return std::ranges::find(kOperators, op, &Named::op)->name; }

struct Operation {
  Op op;
  std::string_view field;
  std::string_view fieldSource;
  const Value* operand = nullptr;
  std::optional<Condition> condition;  // of $pull
  std::size_t order = 0;
};

// The members of a document while it is changed. Many members are indexed, so that many changes cost no square.
class Draft {
 public:
  explicit Draft(const Value& document) : members_(document.members.begin(), document.members.end()) {
    if (members_.size() <= kFew) return;
    for (std::size_t i = 0; i < members_.size(); ++i) places_.emplace(members_[i].key, i);
  }

  const Value* get(std::string_view field) const {
    const auto at = place(field);
    return at == kNowhere ? nullptr : &members_[at].value;
  }
  void set(std::string_view field, std::string_view fieldSource, const Value& value) {
    if (const auto at = place(field); at != kNowhere) {
      members_[at].value = value;
      return;
    }
    if (indexed()) places_.emplace(field, members_.size());
    members_.push_back({field, fieldSource, value});
  }
  void remove(std::string_view field) {
    const auto at = place(field);
    if (at == kNowhere) return;
    members_[at].keySource = {};  // a gap
    members_[at].key = {};
    if (indexed()) places_.erase(field);
  }
  std::string text() const {
    std::string out = "{";
    for (const auto& [key, keySource, value] : members_) {
      if (keySource.empty()) continue;
      if (out.size() > 1) out += ',';
      out += keySource;
      out += ':';
      append(out, value);
    }
    return out += '}';
  }

 private:
  static constexpr std::size_t kFew = 32;
  static constexpr std::size_t kNowhere = std::string_view::npos;

  bool indexed() const { return !places_.empty(); }
  std::size_t place(std::string_view field) const {
    if (indexed()) {
      const auto found = places_.find(field);
      return found == places_.end() ? kNowhere : found->second;
    }
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].key == field && !members_[i].keySource.empty()) return i;
    }
    return kNowhere;
  }
  std::vector<Member> members_;
  std::unordered_map<std::string_view, std::size_t> places_;  // empty: few members
};

// Values of which one can ask quickly whether an equal one is among them.
class ValueSet {
 public:
  explicit ValueSet(std::span<const Value> values) {
    for (const auto& value : values) add(value);
  }
  bool add(const Value& value) { return known_.insert(canonical(value)).second; }  // false: it was there
  bool contains(const Value& value) const { return known_.contains(canonical(value)); }

 private:
  std::unordered_set<std::string> known_;
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

void addNew(std::vector<Value>& elements, std::span<const Value> values) {
  ValueSet known(elements);
  for (const auto& value : values) {
    if (known.add(value)) elements.push_back(value);
  }
}

// What is stored must be readable again: a value more than kValuesMax would make it unreadable. A value takes two bytes at least.
Result<std::string> readable(std::string text) {
  if (text.size() <= kValuesMax) return text;
  Parser parser;
  REDD_TRY_VOID(parser.parse(text));
  return text;
}

}  // namespace

struct Change::State {
  std::string text;
  Parser parser;
  std::vector<Operation> operations;
  std::size_t conditions = 0;
  Parser documents;

  enum class Kept : unsigned char { stored, fresh };
  Result<std::string> apply(std::string_view document, Kept kept);
  Result<void> read(const Value& change);
  Result<void> readOperator(Op op, const Value& operand);
  Result<void> add(Op op, const Member& member);
  Result<void> applyOne(const Operation& operation, Draft& draft);
  void changeArray(const Operation& operation, Draft& draft, const Value* old);
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
    const auto* known = std::ranges::find(kOperators, member.key, &Named::name);
    if (known == std::end(kOperators)) return refused(fmt::format("unknown update operator {}", member.key));
    REDD_TRY_VOID(readOperator(known->op, member.value));
  }
  return {};
}

Result<void> Change::State::readOperator(Op op, const Value& operand) {
  if (operand.kind == Kind::object) {
    for (const auto& member : operand.members) REDD_TRY_VOID(add(op, member));
    return {};
  }
  if (op == Op::inc) return invalid("The value of $inc must be an object where each property is a number");
  if (op != Op::unset && op != Op::pop) return refused(fmt::format("{} needs an object of fields", nameOf(op)));
  // $unset: "f" or ["f", "g"]; $pop: "f".
  const auto names = operand.kind == Kind::array ? operand.elements : std::span<const Value>(&operand, 1);
  for (const auto& name : names) {
    if (name.kind != Kind::text) return refused(fmt::format("{} needs field names", nameOf(op)));
    REDD_TRY_VOID(add(op, Member{name.text, name.source, parser.makeNumber(1)}));
  }
  return {};
}

Result<void> Change::State::add(Op op, const Member& member) {
  const auto isEnd = [](const Value& value) { return value.kind == Kind::number && (value.number == 1 || value.number == -1); };
  const auto isArray = [](const Value* value) { return value && value->kind == Kind::array; };
  Operation operation{op, member.key, member.keySource, nullptr, std::nullopt, operations.size()};
  // Operands of $unset and $pop in text form are ours: keep a copy.
  operation.operand = &*parser.makeArray(std::span<const Value>(&member.value, 1)).elements.begin();
  const Value& operand = *operation.operand;
  if (op == Op::inc && operand.kind != Kind::number) {
    return invalid("The value of $inc must be an object where each property is a number");
  }
  if (op == Op::mul && operand.kind != Kind::number) return refused(fmt::format("$mul: the field {} needs a number", member.key));
  if (op == Op::pullAll && !isArray(&operand)) return refused("$pullAll needs an array");
  if (op == Op::pop && !isEnd(operand)) return refused(fmt::format("$pop: the field {} needs 1 (the last) or -1 (the first)", member.key));
  if (op == Op::rename && operand.kind != Kind::text) return refused("$rename needs the new name as text");
  const Value* each = find(operand, "$each");
  if ((op == Op::push || op == Op::addToSet) && each && (!isArray(each) || operand.members.size() != 1)) {
    return refused(fmt::format("{}: $each needs an array, and nothing beside it", nameOf(op)));
  }
  if (operations.size() == Change::kOperationsMax) return refused(fmt::format("a change of more than {} fields", Change::kOperationsMax));
  if (op == Op::pull) {
    if (++conditions > Change::kConditionsMax) return refused(fmt::format("$pull from more than {} fields", Change::kConditionsMax));
    REDD_TRY(Condition condition, Condition::parse(textOf(operand)));
    operation.condition = std::move(condition);
  }
  if (member.key == "_id" || (op == Op::rename && operand.text == "_id")) return {};
  operations.push_back(std::move(operation));
  return {};
}

Result<std::string> Change::apply(std::string_view document) { return state_->apply(document, State::Kept::stored); }
Result<std::string> Change::applyToNew(std::string_view document) { return state_->apply(document, State::Kept::fresh); }

Result<std::string> Change::State::apply(std::string_view document, Kept kept) {
  REDD_TRY(const Value* value, documents.parse(document));
  if (value->kind != Kind::object) return refused("a document must be an object");
  Draft draft(*value);
  for (const auto& operation : operations) {
    if (operation.op == Op::setOnInsert && kept == Kept::stored) continue;
    REDD_TRY_VOID(applyOne(operation, draft));
    if (auto error = operation.condition ? operation.condition->gaveUp() : std::nullopt) return *std::move(error);
  }
  return readable(draft.text());
}

Result<void> Change::State::applyOne(const Operation& operation, Draft& draft) {
  const Value* old = draft.get(operation.field);
  const auto set = [&](const Value& value) { draft.set(operation.field, operation.fieldSource, value); };
  switch (operation.op) {
    case Op::set:
    case Op::setOnInsert:
      set(*operation.operand);
      break;
    case Op::unset:
      draft.remove(operation.field);
      break;
    case Op::inc:
    case Op::mul: {
      const bool sum = operation.op == Op::inc;
      if (old && old->kind != Kind::number && old->kind != Kind::null) {
        return refused(fmt::format("{}: the field {} is not a number", nameOf(operation.op), operation.field));
      }
      const double before = old ? old->number : 0;
      const double after = sum ? before + operation.operand->number : before * operation.operand->number;
      if (!std::isfinite(after)) return refused(fmt::format("{}: the {} is too large for a number", nameOf(operation.op), sum ? "sum" : "product"));
      set(documents.makeNumber(after));
      break;
    }
    case Op::min:
      if (!old || compare(*operation.operand, *old) < 0) set(*operation.operand);
      break;
    case Op::max:
      if (!old || compare(*operation.operand, *old) > 0) set(*operation.operand);
      break;
    case Op::rename: {
      if (!old || operation.operand->text == operation.field) break;
      const Value moved = *old;
      draft.remove(operation.field);
      draft.set(operation.operand->text, operation.operand->source, moved);
      break;
    }
    default:
      changeArray(operation, draft, old);
  }
  return {};
}

void Change::State::changeArray(const Operation& operation, Draft& draft, const Value* old) {
  std::vector<Value> elements = elementsOf(old);
  switch (operation.op) {
    case Op::push:
      for (const auto& value : eachOf(*operation.operand)) elements.push_back(value);
      break;
    case Op::addToSet:
      addNew(elements, eachOf(*operation.operand));
      if (old && old->kind == Kind::array && elements.size() == old->elements.size()) return;
      break;
    default: {
      if (!old || old->kind != Kind::array) return;  // nothing to take from
      const auto before = elements.size();
      if (operation.op == Op::pull) {
        std::erase_if(elements, [&](const Value& element) { return operation.condition->matches(element); });
      } else if (operation.op == Op::pullAll) {
        const ValueSet unwanted(operation.operand->elements);
        std::erase_if(elements, [&](const Value& element) { return unwanted.contains(element); });
      } else if (!elements.empty()) {
        const bool first = operation.operand->kind == Kind::number && operation.operand->number < 0;
        elements.erase(first ? elements.begin() : elements.end() - 1);
      }
      if (elements.size() == before) return;  // its text stays
    }
  }
  draft.set(operation.field, operation.fieldSource, documents.makeArray(elements));
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
  if (id && id->kind != Kind::null) text = id->kind == Kind::number ? json::number(id->number) : textOf(*id);
  draft.set("_id", "\"_id\"", parser.makeText(text));
  REDD_TRY(std::string whole, readable(draft.text()));
  return Identified{text, std::move(whole)};
}

Result<std::string> withFixedId(std::string_view document, std::string_view id) {
  Parser parser;
  REDD_TRY(const Value* value, parser.parse(document));
  if (value->kind != Kind::object) return refused("a document must be an object");
  Draft draft(*value);
  draft.set("_id", "\"_id\"", parser.makeText(id));
  return readable(draft.text());
}

}  // namespace redd::query
