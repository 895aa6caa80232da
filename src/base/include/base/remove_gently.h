// Removes files that may be large, without making others wait. A file of a gigabyte that is unlinked gives all its blocks back in one go:
// the file system's journal is held meanwhile, and where the disk is told of free blocks the disk is too. An fsync beside it waited for
// 70 to 100 ms (bench/backup). Here a file that nobody else has open loses its name first and then its content, piece by piece.
//
// Blocks; any thread. Only for files that are not open in this process: closing one gives up the locks that SQLite holds on it.
// Who reads the file meanwhile, or has another link to it, keeps it whole. A kill in between leaves no name, and the file system
// frees the rest. Files of up to kGentleFromBytes go at once. `failed` as with std::filesystem::remove; nothing there is no failure.
#pragma once

#include <cstdint>
#include <filesystem>
#include <system_error>

namespace redd {

inline constexpr std::int64_t kGentleFromBytes = 16 << 20;
void removeGently(const std::filesystem::path& file, std::error_code& failed);
void removeAllGently(const std::filesystem::path& folder, std::error_code& failed);  // a folder with all that is in it, or a file

}  // namespace redd
