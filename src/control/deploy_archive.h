// What a deploy brings: a tar whose first entry is redd/deployment.json, followed by the source files as source/PATH. A pure function,
// any thread.
//
// The reader is strict and knows one thing, regular files with names (POSIX ustar, and pax records for long names): nothing is repaired,
// cut, normalised or unpacked in it, so what was checked is what is stored. Every byte of content stands in the archive, so its size
// bounds the result. Every refusal (invalidArgument) names the entry and the rule.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace redd::control {

inline constexpr std::size_t kDeployFilesMax = 10'000;

struct SourceFile {
  std::string path;  // "/a/b.txt": absolute, UTF-8, no empty part, `.` or `..`, no control byte or backslash
  std::string_view content;
};

struct DeployArchive {              // views into the tar
  std::string_view description = {};  // redd/deployment.json: the JSON form of a deploy
  std::vector<SourceFile> files = {};
};

Result<DeployArchive> readDeployArchive(std::string_view tar, const Limits& limits);

}  // namespace redd::control
