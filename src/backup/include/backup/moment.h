// A space as it was at a moment, from the logs that a server started with --pitr-hours keeps (store/moments.h): its documents, keys and
// files; code and settings are those of now.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "backup/space_archive.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/moments.h"

namespace redd::backup {

// 2026-11-24T18:01:02Z, with milliseconds or without seconds, or milliseconds since 1970. Error: shows the form.
Result<UnixMs> momentFrom(std::string_view text);

struct FromMoment {
  std::filesystem::path dataDir;
  space::SpacePtr space;
  UnixMs at = 0;
};
Result<StagedSpace> stageSpace(const FromMoment& wish, const std::filesystem::path& scratch);
Result<std::vector<store::MomentSpan>> momentsOf(const std::filesystem::path& dataDir, const space::Space& space);

}  // namespace redd::backup
