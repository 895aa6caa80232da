// Runs another program to its end, without a shell. Blocking; one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "environment.h"

namespace redd::coho {

struct ChildRequest {
  std::vector<std::string> arguments;  // [0]: the program, found in PATH when it holds no slash
  std::filesystem::path folder;
  const Environment& environment;
  std::uint32_t totalMs = 120'000;
  std::size_t outputBytesMax = 1 << 20;  // of each stream; what comes beyond is read and dropped
};

struct ChildAnswer {
  int exitCode = 0;  // 128 + signal when one ended it
  std::string out;
  std::string err;
};

// Errors: notFound when there is no such program, timeout (it is killed), internal.
Result<ChildAnswer> runChild(const ChildRequest& request);

}  // namespace redd::coho
