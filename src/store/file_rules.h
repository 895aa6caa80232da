// What both stores do the same way with files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "store/files.h"

namespace redd::store {

inline constexpr std::size_t kFileListMax = 10'000;  // entries of one directory that are told

// Checks a name for a file; the root is none.
Result<std::string> fileName(std::string_view path, const Limits& limits);

// The entries directly in `directory`. next(from) gives the first file at or behind the path `from`, in the order of bytes.
template <class Next>
Result<std::vector<FileEntry>> entriesOf(std::string directory, const Next& next) {
  if (!directory.ends_with('/')) directory += '/';
  std::vector<FileEntry> entries;
  std::string from = directory;
  while (entries.size() < kFileListMax) {
    REDD_TRY(std::optional<FileInfo> found, next(from));
    if (!found || !found->path.starts_with(directory)) break;
    const auto slash = found->path.find('/', directory.size());
    if (slash == std::string::npos) {
      from = found->path + '\0';
      entries.push_back({FileEntry::Kind::file, *std::move(found)});
    } else {
      from = found->path.substr(0, slash) + static_cast<char>('/' + 1);  // behind all that is in it
      entries.push_back({FileEntry::Kind::directory, {.path = found->path.substr(0, slash)}});
    }
  }
  return entries;
}

}  // namespace redd::store
