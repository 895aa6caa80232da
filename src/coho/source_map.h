// Source maps (ECMA-426, version 3), cut down to the app's own files.
//
// A whole map of a bundle with codehooks-js in it is as large as the bundle, and every worker would read it at its start. Kept are only the
// positions in files outside node_modules: a few kilobytes, and an error in the app's code still names its file and line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace redd::coho {

class SourceMap {
 public:
  struct Position {
    std::string file;
    std::uint32_t line = 0;    // from 1
    std::uint32_t column = 0;  // from 1
  };

  // `mapJson` as esbuild wrote it to `mapFolder`; files are named relative to `appFolder`. Both paths are canonical.
  static Result<SourceMap> ofApp(std::string_view mapJson, const std::filesystem::path& mapFolder, const std::filesystem::path& appFolder);

  std::string toJson() const;  // version 3, without the sources' text

  // The place behind a place of the script, both counted from 1.
  std::optional<Position> find(std::uint32_t line, std::uint32_t column) const;

  // Every "SCRIPT:LINE:COLUMN" of a stack that find() knows, replaced by the place behind it.
  std::string explain(std::string_view stack, std::string_view script) const;

 private:
  struct Segment {
    std::uint32_t line = 0;  // of the script; all from 0
    std::uint32_t column = 0;
    std::int32_t source = -1;  // -1: somebody else's code begins
    std::uint32_t sourceLine = 0;
    std::uint32_t sourceColumn = 0;
  };
  Result<void> takeMappings(std::string_view mappings, const std::vector<std::int32_t>& kept);

  std::vector<std::string> files_;
  std::vector<Segment> segments_;  // in the script's order
};

}  // namespace redd::coho
