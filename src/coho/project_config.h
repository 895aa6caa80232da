// The project's file, config.json beside index.js: {"name": "<uniqueName>", "space": "dev"} (spec 70.1). Not secret; belongs into git.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::coho {

struct ProjectConfig {
  std::string project;  // the unique name
  std::string space;
  std::filesystem::path file;
};

Result<std::optional<ProjectConfig>> readProjectConfig(const std::filesystem::path& folder);
Result<void> writeProjectConfig(const std::filesystem::path& folder, std::string_view project,
                                std::string_view space);  // keeps other members

// Errors say which characters are allowed.
Result<std::string> checkProjectName(std::string_view name);  // for a new one: 4 to 15 letters or digits; answers it in lower case
Result<void> checkUniqueName(std::string_view name);          // of an existing one
Result<void> checkSpaceName(std::string_view name);

}  // namespace redd::coho
