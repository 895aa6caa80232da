// What git knows of the code that is deployed. Without git, outside a work tree or before the first commit: empty.
#pragma once

#include <filesystem>
#include <string>

#include "environment.h"

namespace redd::coho {

struct GitInfo {
  std::string hash;
  std::string branch;
  std::string author;  // git's user.name
};

GitInfo readGitInfo(const std::filesystem::path& folder, const Environment& environment);

}  // namespace redd::coho
