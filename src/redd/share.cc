#include "share.h"

#include <fmt/format.h>

namespace redd {

Result<Share> findShare() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return Error::make(ErrorCode::internal, "cannot find the folder of this executable: /proc is not mounted");
  const auto root = self.parent_path().parent_path() / "share" / "redd";
  Share share{root / "node", root / "runtime", root / "devidp", root / "assets"};
  for (const auto& path : {share.node, share.runtime}) {
    if (!std::filesystem::exists(path, error)) {
      return Error::make(ErrorCode::internal, fmt::format("{} is missing. Fix: run tools/setup and build again, or install Redd anew", path.string()));
    }
  }
  share.node = std::filesystem::canonical(share.node, error);
  share.runtime = std::filesystem::canonical(share.runtime, error);
  return share;
}

}  // namespace redd
