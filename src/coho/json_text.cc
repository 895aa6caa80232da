#include "json_text.h"

namespace redd::coho {
namespace {

constexpr int kDepthMax = 110;  // a document may have 100 levels

const Json* find(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(name));
  return found == object.end() ? nullptr : &*found;
}

// Nesting outside strings; the parser itself recurses when it destroys what it built.
bool isTooDeep(std::string_view text) {
  int depth = 0;
  bool inString = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inString) {
      if (c == '\\') ++i;
      if (c == '"') inString = false;
    } else if (c == '"') {
      inString = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDepthMax) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Result<Json> parseJson(std::string_view text) {
  if (isTooDeep(text)) return invalid("JSON of more than 110 levels");
  auto value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return invalid("not JSON");
  return value;
}

std::string printJson(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string prettyJson(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string textOf(const Json& object, std::string_view name) {
  const auto* member = find(object, name);
  return member != nullptr && member->is_string() ? member->get<std::string>() : std::string();
}

std::int64_t numberOf(const Json& object, std::string_view name) {
  const auto* member = find(object, name);
  if (member == nullptr || !member->is_number()) return 0;
  if (member->is_number_integer()) return member->get<std::int64_t>();
  const auto value = member->get<double>();
  return value > -9e15 && value < 9e15 ? static_cast<std::int64_t>(value) : 0;
}

bool flagOf(const Json& object, std::string_view name) {
  const auto* member = find(object, name);
  return member != nullptr && member->is_boolean() && member->get<bool>();
}

Json memberOf(const Json& object, std::string_view name) {
  const auto* member = find(object, name);
  return member == nullptr ? Json() : *member;
}

std::vector<std::string> textsOf(const Json& object, std::string_view name) {
  std::vector<std::string> out;
  const auto* member = find(object, name);
  if (member == nullptr || !member->is_array()) return out;
  for (const auto& one : *member) {
    if (one.is_string()) out.push_back(one.get<std::string>());
  }
  return out;
}

}  // namespace redd::coho
