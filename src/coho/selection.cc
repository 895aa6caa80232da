#include <fmt/format.h>

#include <charconv>

#include "base/json.h"
#include "data_commands.h"
#include "filter_text.h"
#include "text.h"

namespace redd::coho {
namespace {

// JSON as it stands when it begins like an object, else a text.
Result<std::string> objectOrText(std::string_view option, const std::string& value) {
  if (!value.starts_with('{')) return json::quoted(value);
  const auto parsed = parseJson(value);
  if (parsed && parsed->is_object()) return value;
  return invalid(fmt::format("{} begins with '{{' and is not a JSON object: {}", option, inertLine(value)));
}

// Bounds of an index: numbers compare as numbers (spec 40.5).
std::string boundJson(const std::string& value) {
  const auto parsed = parseJson(value);
  return parsed && parsed->is_number() ? value : json::quoted(value);
}

}  // namespace

Result<std::string> Selection::collectionName() const {
  if (!collection.empty()) return collection;
  if (!words.empty() && !words.front().empty()) return words.front();
  return invalid("no collection is named. Fix: name it first, or with -c; coho collections lists them");
}

bool Selection::hasFilter() const { return !query.empty() || words.size() > (collection.empty() ? 1U : 0U); }

Result<std::string> Selection::filter() const {
  std::string text = query;
  for (std::size_t i = collection.empty() ? 1 : 0; i < words.size(); ++i) text += (text.empty() ? "" : " ") + words[i];
  return filterJson(text);
}

std::string collectionPath(const Target& target, const std::string& collection, std::string_view rest) {
  return target.path("/collections/" + segment(collection) + std::string(rest));
}

std::vector<std::string> namesIn(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto name = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!name.empty()) out.emplace_back(name);
  }
  return out;
}

Result<std::string> findBody(const FindArguments& arguments, std::string_view format) {
  REDD_TRY(const auto filter, arguments.selection.filter());
  std::string out = fmt::format(R"({{"format":"{}","filter":{})", format, filter);
  const auto add = [&out](std::string_view name, std::string_view value) { out += fmt::format(R"(,"{}":{})", name, value); };
  if (arguments.limit) add("limit", std::to_string(*arguments.limit));
  if (arguments.offset) add("offset", std::to_string(*arguments.offset));
  if (!arguments.sort.empty()) {
    REDD_TRY(const auto sort, objectOrText("--sort", arguments.sort));
    add("sort", sort);
  }
  if (!arguments.fields.empty()) {
    REDD_TRY(const auto fields, objectOrText("--fields", arguments.fields));
    add("fields", fields);
  }
  if (!arguments.useIndex.empty()) add("useIndex", json::quoted(arguments.useIndex));
  if (!arguments.start.empty()) add("start", boundJson(arguments.start));
  if (!arguments.end.empty()) add("end", boundJson(arguments.end));
  if (arguments.wantsReverse) add("reverse", "true");
  if (arguments.wantsExplain) add("explain", "true");
  return out + "}";
}

}  // namespace redd::coho
