// A folder that goes with everything in it, unless it was kept. Blocks.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace redd::backup {

class ScratchFolder {
 public:
  static Result<ScratchFolder> make(std::filesystem::path folder);  // must not exist
  // DIR/staging/…, on the file system of the data directory: what is made here is moved into it by a rename.
  static Result<ScratchFolder> in(const std::filesystem::path& dataDir);
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();
  const std::filesystem::path& path() const { return path_; }
  void keep() { path_.clear(); }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// Removes what a kill left. Call when the directory is locked and nothing of the kind runs.
void clearStaging(const std::filesystem::path& dataDir);

}  // namespace redd::backup
