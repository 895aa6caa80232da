// Files of the disk (not of a space's store) as bodies, a piece at a time, read and written on a thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "handlers.h"

namespace redd::control {

Task<Result<void>> sendDiskFile(Services& services, std::filesystem::path file, std::string name, http::Exchange& exchange);
// Into a new file, 0600, not synced: it is read once and goes.
Task<Result<void>> receiveDiskFile(Services& services, std::filesystem::path file, std::uint64_t bytesMax, http::Exchange& exchange);

}  // namespace redd::control
