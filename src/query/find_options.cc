#include "query/find_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/json.h"

namespace redd::query {
namespace {

Error refused(std::string_view why) { return invalid(std::string(why)); }

// HTTP brings numbers as text.
std::optional<double> numberOf(const Value* value) {
  if (!value) return std::nullopt;
  if (value->kind == Kind::number) return value->number;
  if (value->kind != Kind::text) return std::nullopt;
  double number = 0;
  const auto [end, failed] = std::from_chars(value->text.data(), value->text.data() + value->text.size(), number);
  if (failed != std::errc() || end != value->text.data() + value->text.size()) return std::nullopt;
  return number;
}

bool truthy(const Value* value) {
  if (!value) return false;
  switch (value->kind) {
    case Kind::null: return false;
    case Kind::boolean: return value->boolean;
    case Kind::number: return value->number != 0;
    case Kind::text: return !value->text.empty() && value->text != "false" && value->text != "0";
    default: return true;
  }
}

std::optional<double> directionOf(const Value& value) {
  if (value.kind == Kind::text && (value.text == "asc" || value.text == "ascending")) return 1;
  if (value.kind == Kind::text && (value.text == "desc" || value.text == "descending")) return -1;
  return numberOf(&value);
}

// "a, b"
std::vector<std::string_view> namesOf(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto name = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

// The first of these that is there: at the top, then in hints.
class Lookup {
 public:
  explicit Lookup(const Value& options) : options_(options), hints_(find(options, "hints")) {}
  const Value* top(std::initializer_list<std::string_view> names) const { return firstOf(&options_, names); }
  const Value* hint(std::initializer_list<std::string_view> names) const { return firstOf(hints_, names); }

 private:
  static const Value* firstOf(const Value* object, std::initializer_list<std::string_view> names) {
    if (!object) return nullptr;
    for (const auto name : names) {
      const Value* value = find(*object, name);
      if (value && value->kind != Kind::null) return value;
    }
    return nullptr;
  }
  const Value& options_;
  const Value* hints_;
};

const Value* either(const Value* first, const Value* second) { return first ? first : second; }

std::optional<std::uint64_t> countOf(const Value* value) {
  const auto number = numberOf(value);
  if (!number || !(*number >= 0)) return std::nullopt;  // NaN and negatives are ignored
  return static_cast<std::uint64_t>(std::min(*number, 9e15));
}

}  // namespace

// ---- Sort ----

Result<Sort> Sort::parse(const Value& sort) {
  Sort result;
  if (sort.kind == Kind::object) {
    for (const auto& member : sort.members) {
      const auto direction = directionOf(member.value);
      if (!direction || !(*direction != 0)) return refused(fmt::format("sort: {} needs 1 or -1", member.key));
      result.add(member.key, *direction < 0);
    }
  } else if (sort.kind == Kind::text) {
    for (auto field : namesOf(sort.text)) {
      const bool descending = field.starts_with('-');
      if (descending || field.starts_with('+')) field.remove_prefix(1);
      if (!field.empty()) result.add(field, descending);
    }
  } else {
    return refused("sort must be an object or text");
  }
  if (result.fields_.size() > kFieldsMax) return refused(fmt::format("sort: more than {} fields", kFieldsMax));
  return result;
}

std::vector<SortKey> Sort::keys(const Value& document) const {
  std::vector<SortKey> keys;
  keys.reserve(fields_.size());
  for (const auto& field : fields_) {
    SortKey& key = keys.emplace_back();
    const Value* value = field.path.first(document);
    if (!value) continue;
    key.kind = value->kind;
    key.number = value->kind == Kind::boolean ? (value->boolean ? 1 : 0) : value->number;
    if (value->kind == Kind::text) key.text = value->text;
    if (value->kind == Kind::object || value->kind == Kind::array) key.text = canonical(*value);
  }
  return keys;
}

bool Sort::before(const std::vector<SortKey>& a, const std::vector<SortKey>& b) const {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const auto& x = fields_[i].descending ? b[i] : a[i];
    const auto& y = fields_[i].descending ? a[i] : b[i];
    if (x.kind != y.kind) return x.kind < y.kind;
    if (x.number != y.number) return x.number < y.number;
    if (const int texts = x.text.compare(y.text)) return texts < 0;
  }
  return false;
}

// ---- Projection ----

Result<Projection> Projection::parse(const Value& fields) {
  Projection result;
  bool withId = true;
  const auto include = [&result](std::string_view name) {
    if (name != "_id") result.included_.emplace_back(name);
    result.includes_ = true;
  };
  if (fields.kind == Kind::object) {
    for (const auto& [name, nameSource, value] : fields.members) {
      if (truthy(&value)) include(name);
      else if (name == "_id") withId = false;
      else result.omitted_.emplace_back(name);
    }
  } else if (fields.kind == Kind::text) {
    for (const auto name : namesOf(fields.text)) include(name);
  } else if (fields.kind == Kind::array) {
    for (const auto& name : fields.elements) {
      if (name.kind != Kind::text) return refused("fields: a name must be text");
      include(name.text);
    }
  } else {
    return refused("fields must be an object {name: 1} or {name: 0}, or names");
  }
  if (result.included_.size() + result.omitted_.size() > kFieldsMax) return refused(fmt::format("fields: more than {}", kFieldsMax));
  if (result.includes_ && withId) result.included_.emplace_back("_id");
  if (!withId) result.omitted_.emplace_back("_id");
  return result;
}

namespace {
using Names = std::vector<std::string_view>;

// What the names mean for one member of an object: all of it, or these names inside it. A literal own key goes before a path.
struct Choice {
  bool whole = false;
  Names inside;
};
Choice choose(const Names& names, const Value& object, std::string_view key) {
  Choice choice;
  for (const auto name : names) {
    if (name == key) {
      choice.whole = true;
    } else if (name.size() > key.size() && name[key.size()] == '.' && name.starts_with(key) && !find(object, name)) {
      choice.inside.push_back(name.substr(key.size() + 1));
    }
  }
  return choice;
}

bool isContainer(const Value& value) { return value.kind == Kind::object || value.kind == Kind::array; }

void write(std::string& out, const Value& value, const Names* included, const Names& omitted);

void writeElements(std::string& out, const Value& array, const Names* included, const Names& omitted) {
  out += '[';
  for (bool first = true; const auto& element : array.elements) {
    if (included && !isContainer(element)) continue;  // it has no such member
    if (!std::exchange(first, false)) out += ',';
    write(out, element, included, omitted);
  }
  out += ']';
}

// Only what is included, nullptr for all, without what is omitted.
void write(std::string& out, const Value& value, const Names* included, const Names& omitted) {
  if (value.kind == Kind::array) return writeElements(out, value, included, omitted);
  if (value.kind != Kind::object) return append(out, value);
  out += '{';
  for (bool first = true; const auto& member : value.members) {
    const Choice cut = choose(omitted, value, member.key);
    if (cut.whole) continue;
    const Choice in = included ? choose(*included, value, member.key) : Choice{true, {}};
    if (!in.whole && (in.inside.empty() || !isContainer(member.value))) continue;
    if (!std::exchange(first, false)) out += ',';
    out += member.keySource;
    out += ':';
    if (in.whole && cut.inside.empty()) append(out, member.value);
    else write(out, member.value, in.whole ? nullptr : &in.inside, cut.inside);
  }
  out += '}';
}
}  // namespace

std::string Projection::apply(const Value& document) const {
  const Names included(included_.begin(), included_.end());
  const Names omitted(omitted_.begin(), omitted_.end());
  std::string out;
  write(out, document, includes_ ? &included : nullptr, omitted);
  return out;
}

// ---- FindOptions ----

Result<FindOptions> FindOptions::parse(std::string_view text) {
  FindOptions options;
  Parser parser;
  REDD_TRY(const Value* root, parser.parse(text));
  if (root->kind != Kind::object) return options;
  const Lookup look(*root);
  options.limit = countOf(either(look.top({"limit"}), look.hint({"$limit", "limit", "$max"})));
  if (options.limit == 0) options.limit.reset();
  options.offset = countOf(either(look.top({"offset", "skip"}), look.hint({"$offset", "offset", "skip"}))).value_or(0);
  if (const Value* fields = either(look.top({"fields", "projection"}), look.hint({"$fields", "fields", "projection"}))) {
    REDD_TRY(options.projection, Projection::parse(*fields));
  }
  const bool backward = truthy(look.top({"reverse"}));
  if (backward) options.direction = Direction::backward;
  if (const Value* index = look.top({"useIndex"}); index && index->kind == Kind::text) {
    options.sort.add(index->text, backward);
    std::string range;
    if (const Value* from = look.top({"startIndex", "start"})) range += "\"$gte\":" + textOf(*from);
    if (const Value* to = look.top({"endIndex", "end"})) range += (range.empty() ? "" : ",") + ("\"$lte\":" + textOf(*to));
    if (!range.empty()) options.bounds = fmt::format("{{{}:{{{}}}}}", json::quoted(index->text), range);
  }
  if (const Value* sort = either(look.top({"sort"}), look.hint({"$sort", "sort", "$orderby"}))) {
    REDD_TRY(options.sort, Sort::parse(*sort));
  }
  if (truthy(look.hint({"$onlycount", "$count", "count"}))) options.answer = Answer::count;
  else if (truthy(look.hint({"$onlyids"}))) options.answer = Answer::ids;
  if (truthy(either(look.top({"explain"}), look.hint({"$explain", "explain"})))) options.answer = Answer::explain;
  return options;
}

}  // namespace redd::query
