// The files of a new project.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redd::coho {

struct StarterFile {
  std::string name;
  std::string text;
};

std::vector<StarterFile> starterFiles(std::string_view packageName);  // index.js, package.json, .gitignore

}  // namespace redd::coho
