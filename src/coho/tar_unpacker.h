// Unpacks a tar from a server into a folder as its bytes come. Strict: regular files only, no path that leaves the folder (SEC-39), nothing
// that exists is overwritten. Errors name the entry.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::coho {

class TarUnpacker {
 public:
  explicit TarUnpacker(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<void> feed(std::string_view bytes);
  Result<std::size_t> finish();  // how many files; error: it broke off

 private:
  Result<void> take(std::string_view block);  // 512 bytes
  Result<void> header(std::string_view block);
  Result<void> open(const std::string& name);

  std::filesystem::path folder_;
  std::string rest_;             // less than a block
  std::string longName_;         // of a pax header, for the next entry
  std::string pax_;              // content of a pax header
  bool isPax_ = false, hasEnded_ = false;
  std::uint64_t left_ = 0;       // bytes of the entry's content to come
  std::ofstream file_;
  std::size_t files_ = 0;
};

}  // namespace redd::coho
