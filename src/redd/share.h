// Where the files that belong to the executable are: ../share/redd beside its folder, in the build tree as when installed.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace redd {

struct Share {
  std::filesystem::path node, runtime, devidp, assets;
};
Result<Share> findShare();

}  // namespace redd
