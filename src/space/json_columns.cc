#include "json_columns.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace redd::space {
namespace {

Error damaged() { return Error::hidden(ErrorCode::internal, "the catalogue holds JSON that it did not write"); }

// One row a list of the manifest: its name in the column.
struct ManifestList {
  const char* name;
  std::vector<std::string> Manifest::* list;
};
constexpr ManifestList kLists[] = {{"routes", &Manifest::routes},   {"auth", &Manifest::auth}, {"queues", &Manifest::queues},
                                   {"workers", &Manifest::workers}, {"jobs", &Manifest::jobs}, {"realtime", &Manifest::realtime}};

std::string dump(const nlohmann::json& value) { return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

bool isListOfTexts(const nlohmann::json& value) {
  return value.is_array() && std::ranges::all_of(value, [](const auto& one) { return one.is_string(); });
}

}  // namespace

std::string listText(const std::vector<std::string>& values) { return dump(values); }

Result<std::vector<std::string>> listFrom(std::string_view text) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!isListOfTexts(parsed)) return damaged();
  return parsed.get<std::vector<std::string>>();
}

std::string manifestText(const Manifest& manifest) {
  nlohmann::json out = {{"startup", manifest.startup}};
  for (const auto& row : kLists) out[row.name] = manifest.*row.list;
  return dump(out);
}

Result<Manifest> manifestFrom(std::string_view text) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_object()) return damaged();
  Manifest out;
  for (const auto& row : kLists) {
    const auto found = parsed.find(row.name);
    if (found == parsed.end()) continue;
    if (!isListOfTexts(*found)) return damaged();
    out.*row.list = found->get<std::vector<std::string>>();
  }
  const auto startup = parsed.find("startup");
  out.startup = startup != parsed.end() && startup->is_boolean() && startup->get<bool>();
  return out;
}

}  // namespace redd::space
