#include "project_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "files.h"
#include "json_text.h"
#include "text.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isLabel(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return isLower(c) || isDigit(c) || c == '-'; });
}

}  // namespace

Result<std::optional<ProjectConfig>> readProjectConfig(const fs::path& folder) {
  const auto file = folder / "config.json";
  REDD_TRY(const auto text, readFile(file, kConfigBytesMax));
  if (!text) return std::nullopt;
  const auto json = parseJson(*text);
  if (!json || !json->is_object()) {
    return invalid(fmt::format("{}: {}. Fix: it reads {{\"name\": \"PROJECT\", \"space\": \"dev\"}}", file.string(),
                               json ? "not an object" : std::string(json.error().text())));
  }
  return ProjectConfig{textOf(*json, "name"), textOf(*json, "space"), file};
}

Result<void> writeProjectConfig(const fs::path& folder, std::string_view project, std::string_view space) {
  const auto file = folder / "config.json";
  Json json = Json::object();
  REDD_TRY(const auto text, readFile(file, kConfigBytesMax));
  if (text) {
    auto before = parseJson(*text);
    if (before && before->is_object()) json = std::move(*before);
  }
  json["name"] = project;
  json["space"] = space;
  return writeFile(file, prettyJson(json), Access::shared);
}

Result<std::string> checkProjectName(std::string_view name) {
  const bool good =
      name.size() >= 4 && name.size() <= 15 && std::ranges::all_of(name, [](char c) { return isLower(c) || isUpper(c) || isDigit(c); });
  if (!good) return invalid(fmt::format("'{}' is no project name: 4 to 15 letters or digits", inertLine(name)));
  std::string out(name);
  std::ranges::transform(out, out.begin(), [](char c) { return isUpper(c) ? static_cast<char>(c + 32) : c; });
  return out;
}

Result<void> checkUniqueName(std::string_view name) {
  if (!name.empty() && name.size() <= 63 && isLabel(name)) return {};
  return invalid(fmt::format("'{}' is no project: lower-case letters, digits and '-', as in mybackend-f00d", inertLine(name)));
}

Result<void> checkSpaceName(std::string_view name) {
  if (!name.empty() && name.size() <= 30 && isLabel(name)) return {};
  return invalid(fmt::format("'{}' is no space name: 1 to 30 lower-case letters, digits or '-'", inertLine(name)));
}

}  // namespace redd::coho
