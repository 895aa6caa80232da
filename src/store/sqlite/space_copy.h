// A space's folder as it is at one moment, copied while others write to it: data.sqlite through a reader's transaction (VACUUM INTO),
// the blobs that it names by hard link, or as copies where links are not possible. The log is not copied.
//
// Blocks for as long as it takes; any thread; writers are not held up. Everything is synced when it returns.
// Errors: storageFull, alreadyExists (`to` holds data already), unavailable (files were replaced faster than they were copied).
#pragma once

#include <filesystem>

#include "base/result.h"

namespace redd::store::sqlite {

Result<void> copySpace(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace redd::store::sqlite
