#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "schema_node.h"

namespace redd::query::schema {
namespace {

// JSON that no schema is looked for in.
bool holdsData(std::string_view keyword) {
  return keyword == "enum" || keyword == "const" || keyword == "default" || keyword == "examples";
}

bool hasReference(const Value& value) {
  const auto inElements = std::ranges::any_of(value.elements, hasReference);
  return inElements || std::ranges::any_of(value.members, [](const Member& member) { return member.key == "$ref" || hasReference(member.value); });
}

bool isKeyword(std::string_view name) {
  return name == "type" || name == "nullable" || std::ranges::any_of(keywords(), [name](const Keyword& one) { return one.name == name; });
}

bool isOnlyReference(const Value& schema) {
  return find(schema, "$ref") && std::ranges::none_of(schema.members, [](const Member& member) { return member.key != "$ref" && isKeyword(member.key); });
}

// `ref` against `base`, as far as schemas need it: no dot segments.
std::string joined(std::string_view base, std::string_view ref) {
  if (ref.empty()) return std::string(base);
  const auto colon = ref.find(':');
  if (colon != std::string_view::npos && ref.find('/') > colon) return std::string(ref);
  const auto scheme = base.find("://");
  if (scheme == std::string_view::npos) return std::string(ref);
  const auto path = base.find('/', scheme + 3);
  if (path == std::string_view::npos) return fmt::format("{}{}{}", base, ref.starts_with('/') ? "" : "/", ref);
  return std::string(base.substr(0, ref.starts_with('/') ? path : base.rfind('/') + 1)) + std::string(ref);
}

std::string_view withoutHash(std::string_view id) { return id.ends_with('#') ? id.substr(0, id.size() - 1) : id; }

// One part of a JSON pointer in a URI fragment.
std::string decoded(std::string_view part) {
  std::string out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      return at < part.size() ? std::string_view("0123456789abcdef").find(static_cast<char>(part[at] | 0x20)) : std::string_view::npos;
    };
    if (part[i] == '%' && digit(i + 1) < 16 && digit(i + 2) < 16) {
      out += static_cast<char>(digit(i + 1) * 16 + digit(i + 2));
      i += 2;
    } else {
      out += part[i];
    }
  }
  std::string plain;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool escape = out[i] == '~' && i + 1 < out.size() && (out[i + 1] == '0' || out[i + 1] == '1');
    plain += !escape ? out[i] : out[++i] == '0' ? '~' : '/';
  }
  return plain;
}

// What the pointer "/a/b" leads to below `value`.
const Value* at(const Value* value, std::string_view pointer) {
  while (value && !pointer.empty()) {
    pointer.remove_prefix(1);
    const auto part = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(part.size());
    if (value->kind == Kind::array) {
      const bool digits = !part.empty() && part.size() < 8 && std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
      const std::size_t index = digits ? std::stoul(std::string(part)) : value->elements.size();
      value = index < value->elements.size() ? &value->elements[index] : nullptr;
    } else {
      value = find(*value, decoded(part));
    }
  }
  return value;
}

bool isSchema(const Value& value) { return value.kind == Kind::object || value.kind == Kind::boolean; }

}  // namespace

// ---- Context ----

Error Context::refused(std::string_view why) const { return invalid(fmt::format("Invalid schema: {} at {}: {}", keyword, path, why)); }

Result<const Node*> Context::node(const Value& value) const {
  if (!isSchema(value)) return refused("it must be a schema: an object, true or false");
  return compiler.node(value, path);
}

Result<const Node*> Context::node(const Value& value, std::string_view name) const {
  if (!isSchema(value)) return refused(fmt::format("{} must be a schema: an object, true or false", name));
  return compiler.node(value, fmt::format("{}/{}", path, name));
}

// ---- Compiler ----

Result<const Node*> Compiler::compile() {
  REDD_TRY_VOID(index(root_, ""));
  resources_.try_emplace("", &root_);
  const Node* root = node(root_, "#");
  while (!queue_.empty()) {
    const Work work = std::move(queue_.front());
    queue_.pop_front();
    REDD_TRY_VOID(fill(work));
  }
  return root;
}

const Node* Compiler::node(const Value& schema, const std::string& path) {
  Node*& node = known_[&schema];
  if (!node) {
    node = &nodes_.emplace_back();
    queue_.push_back({node, &schema, path});
  }
  return node;
}

// $id and $anchor, wherever they stand.
Result<void> Compiler::index(const Value& value, const std::string& base) {
  for (const auto& element : value.elements) REDD_TRY_VOID(index(element, base));
  if (value.kind != Kind::object) return {};
  std::string here = base;
  const auto add = [&value](auto& names, const std::string& name) -> Result<void> {
    if (names.try_emplace(name, &value).second) return {};
    return invalid(fmt::format("Invalid schema: $id or $anchor {}: two schemas have it", json::quoted(name)));
  };
  if (const Value* id = find(value, "$id"); id && id->kind == Kind::text) {
    if (id->text.starts_with('#') && id->text.size() > 1) {
      REDD_TRY_VOID(add(anchors_, base + std::string(id->text)));
    } else if (const auto whole = joined(base, withoutHash(id->text)); whole != base) {
      here = whole;
      REDD_TRY_VOID(add(resources_, here));
    }
  }
  if (const Value* anchor = find(value, "$anchor"); anchor && anchor->kind == Kind::text) {
    REDD_TRY_VOID(add(anchors_, fmt::format("{}#{}", here, anchor->text)));
  }
  bases_.emplace(&value, here);
  for (const auto& member : value.members) {
    if (!holdsData(member.key)) REDD_TRY_VOID(index(member.value, here));
  }
  return {};
}

const Value* Compiler::resolve(const Value& from, std::string_view ref) const {
  const auto known = bases_.find(&from);
  const std::string base = known == bases_.end() ? "" : known->second;
  const auto hash = ref.find('#');
  const std::string resource = joined(base, ref.substr(0, hash));
  const auto fragment = hash == std::string_view::npos ? std::string_view() : ref.substr(hash + 1);
  if (!fragment.empty() && !fragment.starts_with('/')) {
    const auto anchor = anchors_.find(fmt::format("{}#{}", resource, fragment));
    return anchor == anchors_.end() ? nullptr : anchor->second;
  }
  const auto found = resources_.find(resource);
  if (found == resources_.end()) return nullptr;
  return at(found->second, fragment == "/" ? std::string_view() : fragment);
}

Result<Compiler::Target> Compiler::reference(const Value& from, std::string_view ref) {
  const Value* schema = &from;
  std::string_view next = ref;
  for (std::size_t hops = 0; hops < kDepthMax; ++hops) {
    schema = resolve(*schema, next);
    if (!schema || !isSchema(*schema)) {
      return invalid(fmt::format("{} leads nowhere; a reference reaches only what stands in this schema, as in #/$defs/name", json::quoted(ref)));
    }
    if (!isOnlyReference(*schema)) return Target{node(*schema, std::string(ref)), !hasReference(*schema)};
    const Value* further = find(*schema, "$ref");
    if (further->kind != Kind::text) break;
    next = further->text;
  }
  return invalid(fmt::format("{} leads only to further references", json::quoted(ref)));
}

Result<std::shared_ptr<const Regex>> Compiler::regex(std::string_view source) {
  if (const auto known = regexes_.find(source); known != regexes_.end()) return known->second;
  if (regexes_.size() == Schema::kRegexesMax) return invalid(fmt::format("more than {} patterns in a schema", Schema::kRegexesMax));
  REDD_TRY(auto regex, makeRegex(source, "u"));
  regexes_.emplace(source, regex);
  return regex;
}

Result<void> Compiler::fill(const Work& work) {
  Node& node = *work.node;
  const Value& schema = *work.schema;
  node.never_ = schema.kind == Kind::boolean && !schema.boolean;
  node.always_ = !node.never_;
  if (schema.kind != Kind::object) return {};
  if (auto read = readTypes(node, schema); !read) {
    return invalid(fmt::format("Invalid schema: type at {}/type: {}", work.path, read.error().publicText));
  }
  node.always_ = node.types_ == 0;
  unsigned present = 0;
  for (const auto& [name, group, make] : keywords()) {
    const Value* operand = find(schema, name);
    if (!operand) continue;
    REDD_TRY(auto rule, make(Context{*this, schema, *operand, name, fmt::format("{}/{}", work.path, name)}));
    present |= 1U << static_cast<unsigned>(group);
    if (!rule) continue;
    node.rules_[static_cast<std::size_t>(group)].push_back(std::move(rule));
    node.always_ = false;
  }
  if ((present >> static_cast<unsigned>(node.typeGroup_) & 1U) == 0) node.typeGroup_ = Group::any;
  return {};
}

Result<void> Compiler::readTypes(Node& node, const Value& schema) {
  struct Name {
    std::string_view name;
    unsigned bits;
    Group group;
  };
  const auto bit = [](Kind kind) { return 1U << static_cast<unsigned>(kind); };
  const Name names[] = {{"string", bit(Kind::text), Group::text},   {"number", bit(Kind::number), Group::number},
                        {"integer", kInteger, Group::any},          {"boolean", bit(Kind::boolean), Group::any},
                        {"null", bit(Kind::null), Group::any},      {"array", bit(Kind::array), Group::array},
                        {"object", bit(Kind::object), Group::object}};
  const Value* nullable = find(schema, "nullable");
  if (nullable && nullable->kind != Kind::boolean) return invalid("nullable must be true or false");
  node.type_ = find(schema, "type");
  if (!node.type_) return nullable ? Result<void>(invalid("nullable needs a type beside it")) : Result<void>();
  const auto types = node.type_->kind == Kind::array ? node.type_->elements : std::span<const Value>(node.type_, 1);
  if (types.empty()) return invalid("it must not be empty");
  for (const auto& type : types) {
    const auto* known = std::ranges::find_if(names, [&type](const Name& one) { return type.kind == Kind::text && one.name == type.text; });
    if (known == std::end(names)) return invalid("it must be string, number, integer, boolean, null, array, object or an array of these");
    node.types_ |= known->bits;
    node.typeGroup_ = types.size() == 1 ? known->group : Group::any;
  }
  if (!nullable) return {};
  const bool withNull = (node.types_ & bit(Kind::null)) != 0;
  if (withNull && !nullable->boolean) return invalid("null contradicts nullable: false");
  if (!withNull && nullable->boolean) {
    node.types_ |= bit(Kind::null);
    node.typeGroup_ = Group::any;
  }
  return {};
}

}  // namespace redd::query::schema
