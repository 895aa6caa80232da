#include "sqlite/space_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "sqlite/blob_files.h"
#include "store/sqlite/database.h"

namespace redd::store::sqlite {
namespace {

namespace fs = std::filesystem;
constexpr int kAttemptsMax = 5;  // a blob that the snapshot names may have gone before it was linked

Error failed(std::string_view what, const fs::path& path, std::error_code code) {
  const bool full = code == std::errc::no_space_on_device;
  return Error::hidden(full ? ErrorCode::storageFull : ErrorCode::internal, fmt::format("{} cannot be {}: {}", path.string(), what, code.message()));
}

Result<void> sync(const fs::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return failed("synced", path, {errno, std::generic_category()});
  return {};
}

// True: it is there now. A blob never changes, so a link is as good as a copy.
Result<bool> take(const fs::path& from, const fs::path& to) {
  std::error_code code;
  if (fs::exists(to, code)) return true;
  fs::create_directories(to.parent_path(), code);
  if (code) return failed("made", to.parent_path(), code);
  fs::create_hard_link(from, to, code);
  if (!code) return true;
  if (code == std::errc::no_such_file_or_directory) return false;
  fs::copy_file(from, to, code);
  if (code == std::errc::no_such_file_or_directory) return false;
  if (code) return failed("copied", from, code);
  REDD_TRY_VOID(sync(to));
  return true;
}

fs::path blobIn(const fs::path& space, std::string_view hash) { return space / "blobs" / hash.substr(0, 2) / hash; }

// All blobs that are there before the snapshot is made: what it names is among them, or was made or removed meanwhile.
Result<void> takeAll(const fs::path& from, const fs::path& to) {
  std::error_code code;
  for (fs::recursive_directory_iterator entry(from / "blobs", code), end; !code && entry != end; entry.increment(code)) {
    std::error_code gone;
    if (!entry->is_regular_file(gone) || entry->path().parent_path().filename() == "new") continue;
    REDD_TRY_VOID(take(entry->path(), blobIn(to, entry->path().filename().string())));
  }
  return {};
}

Result<void> snapshot(const fs::path& from, const fs::path& to) {
  std::error_code code;
  fs::remove(to, code);
  REDD_TRY(auto source, Database::open(from, Mode::readOnly));
  REDD_TRY_VOID(source.script("PRAGMA query_only = OFF"));  // it counts as writing; the file itself is open for reading only
  REDD_TRY_VOID(source.run("VACUUM INTO ?", to.string()));
  return sync(to);
}

Result<bool> takeNamed(const fs::path& from, const fs::path& to) {
  REDD_TRY(auto copy, Database::open(to / "data.sqlite", Mode::readOnly));
  REDD_TRY(auto rows, copy.query("SELECT DISTINCT blob FROM file"));
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return true;
    REDD_TRY(const bool taken, take(blobIn(from, rows.text(0)), blobIn(to, rows.text(0))));
    if (!taken) return false;
  }
}

Result<void> syncFolders(const fs::path& to) {
  std::error_code code;
  for (fs::recursive_directory_iterator entry(to, code), end; !code && entry != end; entry.increment(code)) {
    if (entry->is_directory(code)) REDD_TRY_VOID(sync(entry->path()));
  }
  REDD_TRY_VOID(sync(to));
  return sync(to.parent_path());
}

}  // namespace

Result<void> copySpace(const fs::path& from, const fs::path& to) {
  std::error_code code;
  if (fs::exists(to / "data.sqlite", code)) return Error::make(ErrorCode::alreadyExists, fmt::format("{} holds data already.", to.string()));
  fs::create_directories(to, code);
  if (code) return failed("made", to, code);
  if (!fs::exists(from / "data.sqlite", code)) return syncFolders(to);  // a space that nobody has asked for data
  for (int i = 0; i < kAttemptsMax; ++i) {
    REDD_TRY_VOID(takeAll(from, to));
    REDD_TRY_VOID(snapshot(from / "data.sqlite", to / "data.sqlite"));
    REDD_TRY(const bool whole, takeNamed(from, to));
    if (whole) return syncFolders(to);
  }
  return Error::make(ErrorCode::unavailable, "The files of the space are replaced faster than they can be copied. Try again.");
}

}  // namespace redd::store::sqlite
