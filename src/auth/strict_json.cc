#include "strict_json.h"

#include <algorithm>
#include <vector>

namespace redd::auth {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t kExcerptBytes = 200;

// The depth is bounded by the parser, so the recursion is too.
bool hasRepeatedName(const element& value) {
  if (value.is_array()) {
    for (const element item : array(value)) {
      if (hasRepeatedName(item)) return true;
    }
    return false;
  }
  if (!value.is_object()) return false;
  std::vector<std::string_view> names;
  for (const auto& [name, member] : object(value)) {
    if (hasRepeatedName(member)) return true;
    names.push_back(name);
  }
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) != names.end();
}

}  // namespace

Result<object> StrictJson::readObject(std::string_view text) {
  if (text.empty()) return invalid("empty");
  if (text.starts_with("\xef\xbb\xbf")) return invalid("a byte order mark");
  if (parser_.capacity() < text.size()) {
    if (parser_.allocate(std::max<std::size_t>(text.size(), 2'048), kJsonDepthMax) != simdjson::SUCCESS) return invalid("out of memory");
  }
  element document;
  if (const auto failure = parser_.parse(text.data(), text.size()).get(document)) return invalid(simdjson::error_message(failure));
  object made;
  if (document.get(made) != simdjson::SUCCESS) return invalid("not a JSON object");
  if (hasRepeatedName(document)) return invalid("a repeated member name");
  return made;
}

std::optional<std::string_view> stringMember(const object& object, std::string_view name) {
  std::string_view value;
  if (object[name].get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

bool has(const object& object, std::string_view name) { return object[name].error() == simdjson::SUCCESS; }

std::string shown(const element& value) { return excerpt(simdjson::minify(value)); }

std::string excerpt(std::string_view text) {
  if (text.size() <= kExcerptBytes) return std::string(text);
  std::size_t end = kExcerptBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace redd::auth
