// What `coho deploy` sends besides the bundle: the files of the app's folder (spec 60.3), as the tar that the server's deploy takes.
// Blocking; one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace redd::coho {

struct AppFile {
  std::string path;               // below the folder, with /
  std::filesystem::path place;    // where its content lies
  std::uint64_t bytes = 0;
};

struct AppFiles {
  std::vector<AppFile> files;     // in order of their paths
  std::vector<std::string> warnings;  // what was left out though no rule names it
  std::uint64_t bytes = 0;
};

// Everything but node_modules, dot files, dot folders, and config.json and config-dev.json of the folder itself. A link counts as the
// file that it names, when that lies in the folder and would be sent as well. Errors: more than 10,000 files, a folder that
// cannot be read.
Result<AppFiles> findAppFiles(const std::filesystem::path& folder);

// Errors: payloadTooLarge, which names the largest files; a file that cannot be read.
Result<std::string> makeArchive(std::string_view description, const AppFiles& app);

}  // namespace redd::coho
