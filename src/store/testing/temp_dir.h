// For tests and benchmarks: a new directory that goes away with its object.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "base/result.h"

namespace redd::store {

class TempDir {
 public:
  explicit TempDir(const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
    std::string name = (parent / "redd-test-XXXXXX").string();
    REDD_CHECK(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  void write(std::string_view name, std::string_view bytes) const { std::ofstream(path_ / name, std::ios::binary) << bytes; }

 private:
  std::filesystem::path path_;
};

}  // namespace redd::store
