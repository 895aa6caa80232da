#include "query/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "schema_node.h"

namespace redd::query {
namespace schema {
namespace {

void appendPointer(std::string& out, std::string_view key) {
  for (const char c : key) {
    if (c == '~') out += "~0";
    else if (c == '/') out += "~1";
    else out += c;
  }
}

// encodeURIComponent
std::string encoded(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

template <class Key>
std::string pathOf(const Place& place, Key&& keyText) {
  if (!place.up) return std::string(place.key);
  std::string out = pathOf(*place.up, keyText);
  out += '/';
  return out += place.index != Place::kNoIndex ? std::to_string(place.index) : keyText(place.key);
}

std::string pointerText(std::string_view key) {
  std::string out;
  appendPointer(out, key);
  return out;
}

Group groupOf(Kind kind) {
  switch (kind) {
    case Kind::number: return Group::number;
    case Kind::text: return Group::text;
    case Kind::array: return Group::array;
    case Kind::object: return Group::object;
    default: return Group::any;
  }
}

}  // namespace

std::string instancePath(const Place& place) { return pathOf(place, pointerText); }
std::string schemaPath(const Place& place) {
  return pathOf(place, [](std::string_view key) { return encoded(pointerText(key)); });
}

// ---- Run ----

void Run::reset(std::size_t count) {
  count_ = count;
  while (records_.size() > count) {
    bytes_ -= records_.back().size();
    records_.pop_back();
  }
}

void Run::record(const Subject& at, std::string_view keyword, const Fault& fault) {
  if (records_.size() == Schema::kFaultsMax || bytes_ > Schema::kFaultsBytesMax) return;
  std::string out = R"({"instancePath":)";
  json::appendString(out, instancePath(at.instance));
  out += R"(,"schemaPath":)";
  json::appendString(out, schemaPath(at.schema) + "/" + std::string(keyword));
  out += R"(,"keyword":)";
  json::appendString(out, keyword);
  out += R"(,"params":)" + fault.params + R"(,"message":)";
  json::appendString(out, fault.message);
  if (at.propertyName) out += R"(,"propertyName":)" + json::quoted(*at.propertyName);
  out += '}';
  bytes_ += out.size();
  records_.push_back(std::move(out));
}

std::string Run::json() const {
  std::string out = "[";
  for (const auto& record : records_) {
    if (out.size() > 1) out += ',';
    out += record;
  }
  return out += ']';
}

// ---- Node ----

bool Node::check(const Subject& at, Run& run) const {
  if (always_) return true;
  if (!run.enter()) return false;
  const auto before = run.count();
  if (never_) {
    run.fault(at, "false schema", [] { return Fault{"{}", "boolean schema is false"}; });
  } else {
    checkKeywords(at, run);
  }
  run.leave();
  return run.count() == before;
}

bool Node::hasType(const Value& value) const {
  if (types_ == 0 || (types_ >> static_cast<unsigned>(value.kind) & 1U) != 0) return true;
  return (types_ & kInteger) != 0 && value.kind == Kind::number && std::trunc(value.number) == value.number;
}

void Node::typeFault(const Subject& at, Run& run) const {
  run.fault(at, "type", [this] {
    std::string names;
    for (const auto& name : type_->kind == Kind::array ? type_->elements : std::span<const Value>(type_, 1)) {
      names += (names.empty() ? "" : ",") + std::string(name.text);
    }
    return Fault{fmt::format(R"({{"type":{}}})", textOf(*type_)), "must be " + names};
  });
}

// A wrong type comes first, but where it is the only one and has keywords of its own: then it comes in their place.
void Node::checkKeywords(const Subject& at, Run& run) const {
  const bool wrong = !hasType(at.value);
  if (wrong && typeGroup_ == Group::any) typeFault(at, run);
  const Group own = groupOf(at.value.kind);
  const auto before = run.count();
  for (std::size_t group = 0; group < rules_.size(); ++group) {
    if (group == 0 || group == static_cast<std::size_t>(own)) {
      for (const auto& rule : rules_[group]) {
        rule->check(at, run);
        if (run.quiet() && run.count() != before) return;
      }
    } else if (wrong && group == static_cast<std::size_t>(typeGroup_)) {
      typeFault(at, run);
    }
  }
}

Members::Members(const Value& object) : object_(object) {
  constexpr std::size_t kFew = 32;
  if (object.members.size() <= kFew) return;
  for (const auto& member : object.members) places_.emplace(member.key, &member.value);
}

const Value* Members::find(std::string_view key) const {
  if (places_.empty()) return query::find(object_, key);
  const auto found = places_.find(key);
  return found == places_.end() ? nullptr : found->second;
}

bool isMissing(const Subject& at, const Members& members, std::string_view name, const Run& run) {
  return !members.find(name) && !(name == "_id" && run.isDocument(at.value));
}

}  // namespace schema

// ---- Schema ----

struct Schema::State {
  std::string text;  // values point into it
  Parser parser;
  std::deque<schema::Node> nodes;
  const schema::Node* root = nullptr;
};

Schema::Schema(std::unique_ptr<State> state) : state_(std::move(state)) {}
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

Result<Schema> Schema::parse(std::string_view text) {
  if (text.size() > kTextBytesMax) return invalid(fmt::format("Invalid schema: larger than {} bytes", kTextBytesMax));
  auto state = std::make_unique<State>();
  state->text = text;
  auto value = state->parser.parse(state->text);
  if (!value) return invalid("Invalid schema: " + value.error().publicText);
  if ((*value)->kind != Kind::object && (*value)->kind != Kind::boolean) return invalid("Invalid schema: it must be an object, true or false");
  REDD_TRY(state->root, schema::Compiler(**value, state->nodes).compile());
  return Schema(std::move(state));
}

std::optional<std::string> Schema::faults(const Value& document) const {
  Value checked = document;
  std::vector<Member> members;
  if (find(document, "_id")) {
    std::ranges::copy_if(document.members, std::back_inserter(members), [](const Member& member) { return member.key != "_id"; });
    checked.members = members;
  }
  const schema::Place instance, place{nullptr, "#"};
  const schema::Subject subject{checked, instance, place};
  schema::Run quick(checked, schema::Run::Mode::quiet);
  const bool valid = state_->root->check(subject, quick);
  if (!quick.exhausted() && valid) return std::nullopt;
  schema::Run full(checked, schema::Run::Mode::full);
  if (!quick.exhausted()) state_->root->check(subject, full);
  if (!quick.exhausted() && !full.exhausted()) return full.json();
  return R"([{"instancePath":"","schemaPath":"#/limit","keyword":"limit","params":{},)"
         R"("message":"is too much work to check: the schema refers to itself too often, or a pattern backtracks too much"}])";
}

}  // namespace redd::query
