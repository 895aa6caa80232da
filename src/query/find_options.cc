#include "query/find_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/json.h"

namespace redd::query {
namespace {

Error refused(std::string_view why) { return invalid(fmt::format("3 INVALID_ARGUMENT: {}", why)); }

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
      const auto direction = numberOf(&member.value);
      if (!direction || *direction == 0) return refused(fmt::format("sort: {} needs 1 or -1", member.key));
      result.add(member.key, *direction < 0);
    }
  } else if (sort.kind == Kind::text) {
    std::string_view rest = sort.text;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      auto field = rest.substr(0, comma);
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
      while (field.starts_with(' ')) field.remove_prefix(1);
      while (field.ends_with(' ')) field.remove_suffix(1);
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
    if (value->kind == Kind::object || value->kind == Kind::array) key.text = textOf(*value);
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
  if (fields.kind != Kind::object) return refused("fields must be an object {name: 1} or {name: 0}");
  const auto wanted = [](const Value& value) { return truthy(&value); };
  result.include_ = std::ranges::any_of(fields.members, [&](const Member& m) { return m.key != "_id" && wanted(m.value); });
  for (const auto& member : fields.members) {
    if (member.key == "_id") {
      result.withId_ = wanted(member.value);
      if (result.withId_ && fields.members.size() == 1) result.include_ = true;
    } else if (wanted(member.value) == result.include_) {
      add(result.fields_, member.key);
    }
  }
  if (result.include_ && result.fields_.empty()) add(result.fields_, "_id");  // {_id: 1}
  return result;
}

void Projection::add(std::vector<Node>& nodes, std::string_view path) {
  const auto dot = path.find('.');
  const auto name = path.substr(0, dot);
  auto node = std::ranges::find(nodes, name, &Node::name);
  const bool known = node != nodes.end();
  if (!known) node = nodes.insert(nodes.end(), Node{std::string(name), {}});
  if (dot == std::string_view::npos) {
    node->inside.clear();  // the whole field
  } else if (!known || !node->inside.empty()) {
    add(node->inside, path.substr(dot + 1));
  }
}

std::string Projection::apply(const Value& document) const {
  std::string out;
  write(out, document, fields_, include_, &withId_);
  return out;
}

void Projection::write(std::string& out, const Value& value, const std::vector<Node>& nodes, bool include, const bool* withId) {
  if (value.kind == Kind::array) {
    out += '[';
    for (const auto& element : value.elements) {
      if (&element != value.elements.data()) out += ',';
      write(out, element, nodes, include, nullptr);
    }
    out += ']';
    return;
  }
  if (value.kind != Kind::object) return append(out, value);
  out += '{';
  bool first = true;
  for (const auto& member : value.members) {
    const auto node = std::ranges::find(nodes, member.key, &Node::name);
    const bool named = node != nodes.end();
    const bool partly = named && !node->inside.empty();
    bool keep = include ? named : !named || partly;
    if (withId && member.key == "_id") keep = *withId;
    if (!keep) continue;
    if (!std::exchange(first, false)) out += ',';
    out += member.keySource;
    out += ':';
    if (partly) {
      write(out, member.value, node->inside, include, nullptr);
    } else {
      append(out, member.value);
    }
  }
  out += '}';
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
  return options;
}

}  // namespace redd::query
