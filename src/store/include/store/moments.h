// The data of a space as it was at a moment: what a MomentLog (sqlite/moment_log.h) wrote while the server ran, put together again.
//
//   MOMENTS/SPACE/MS/base.sqlite   a copy of the database, complete at MS (milliseconds since 1970)
//   MOMENTS/SPACE/MS/log           every page that commits wrote since before that, with the time of the commit
//   MOMENTS/SPACE/blobs/ab/HASH    contents of files that were removed or replaced
//
// A moment inside a chain MS is base + log up to it. All calls block.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace redd::store {

struct MomentSpan {
  UnixMs from = 0;
  UnixMs to = 0;  // the last commit that is known
};
// What can be gone back to, oldest first. `folder`: MOMENTS/SPACE.
Result<std::vector<MomentSpan>> momentSpans(const std::filesystem::path& folder);

// Makes data.sqlite and blobs/ in `target`, which must exist and be empty; blobs are linked, from `folder` and from `spaceFolder`, where the
// living ones are. Errors: notFound, with the spans there are; a log that is damaged before the moment.
Result<void> rebuildMoment(const std::filesystem::path& folder, const std::filesystem::path& spaceFolder, UnixMs at, const std::filesystem::path& target);

}  // namespace redd::store
