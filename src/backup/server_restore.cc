#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>

#include "backup/server_backup.h"
#include "base/random.h"
#include "crypto/passphrase.h"
#include "disk.h"
#include "server_files.h"
#include "space/catalogue.h"
#include "space/data_dir.h"
#include "store/sqlite/database.h"

namespace redd::backup {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSealedKeyBytesMax = 1 << 10;

bool isDatabase(std::string_view name) { return name.ends_with(".sqlite"); }

// May an archive bring this file? A restored directory holds data, and nothing that a server takes its orders from.
bool isExpected(std::string_view name) {
  const auto top = name.substr(0, name.find('/'));
  if (top == name) return isDatabase(name) || name == kKeyName || name == kSealedKeyName;
  if (top == kKeySetsName) return true;
  if (top != kSpacesName) return false;
  name.remove_prefix(top.size() + 1);
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return false;
  const auto inSpace = name.substr(slash + 1);
  return inSpace == kDataName || inSpace.starts_with("blobs/");
}

Result<void> unpack(const Archive& archive, const fs::path& folder, Progress& progress) {
  for (const auto& entry : archive.entries()) {
    if (!isExpected(entry.name)) return invalid(fmt::format("The archive is refused: {} has no place in a data directory", entry.name));
    if (entry.name == kKeyName || entry.name == kSealedKeyName) continue;
    REDD_TRY_VOID(archive.extract(entry, folder / entry.name, progress));
    if (!isDatabase(entry.name)) continue;
    REDD_TRY(auto database, store::sqlite::Database::open(folder / entry.name, store::sqlite::Mode::readWrite));
    REDD_TRY_VOID(database.check());
  }
  return {};
}

// The key that comes with the wish, or none.
Result<std::optional<std::string>> keyFor(const Restore& wish, const Archive& archive, Restored& restored) {
  std::error_code ignored;
  if (!wish.keyApart.empty() && fs::exists(wish.keyApart, ignored)) {
    if (!wish.keyFile.empty()) {
      return Error::make(ErrorCode::alreadyExists, fmt::format("{} exists, and --key names another. Fix: leave out --key, or name a file that does not "
                                                               "exist in --secret-key-file", wish.keyApart.string()));
    }
    restored.key = Restored::Key::apart;
    REDD_TRY(auto key, readWholeFile(wish.keyApart, kKeyBytes));
    return key;
  }
  if (!wish.keyFile.empty()) {
    restored.key = Restored::Key::given;
    REDD_TRY(auto key, readWholeFile(wish.keyFile, kKeyBytes));
    return key;
  }
  restored.key = Restored::Key::ofArchive;
  if (const auto* entry = archive.find(kKeyName)) {
    REDD_TRY(auto key, archive.read(*entry, kKeyBytes));
    return key;
  }
  if (const auto* entry = archive.find(kSealedKeyName)) {
    if (wish.passphrase.empty()) {
      return invalid("The archive holds secret.key sealed under a passphrase. Fix: --passphrase-file FILE (- is standard input), or --key FILE with the key itself");
    }
    REDD_TRY(const auto sealed, archive.read(*entry, kSealedKeyBytesMax));
    REDD_TRY(auto key, crypto::openUnder(wish.passphrase, kKeyName, sealed));
    return key;
  }
  restored.key = Restored::Key::missing;
  return std::nullopt;
}

// Puts the key in and opens the catalogue with it: it fits, and what it seals can be read.
Result<void> tryKey(const fs::path& folder, const std::string& key) {
  const auto file = folder / kKeyName;
  REDD_TRY_VOID(writePrivateFile(file, key));
  auto opened = space::Catalogue::open(folder);
  std::error_code ignored;
  if (opened) {
    opened->reset();
    fs::remove(folder / "lock", ignored);
    return {};
  }
  fs::remove(folder / "lock", ignored);
  fs::remove(file, ignored);
  return opened.error();
}

Result<void> putKey(const Restore& wish, const Archive& archive, const fs::path& folder, Restored& restored) {
  REDD_TRY(const auto key, keyFor(wish, archive, restored));
  if (key) return tryKey(folder, *key);
  if (!wish.keyApart.empty()) return {};
  const auto old = readWholeFile(wish.dataDir / kKeyName, kKeyBytes);
  if (old && tryKey(folder, *old)) restored.key = Restored::Key::ofOldDirectory;
  return {};
}

// Takes the key, which fits, out of the directory to where it is kept. Gone again unless kept().
class KeyApart {
 public:
  Result<void> place(const Restore& wish, const fs::path& folder) {
    std::error_code failed;
    const auto inside = folder / kKeyName;
    if (wish.keyApart.empty() || !fs::exists(inside, failed)) return {};
    if (!fs::exists(wish.keyApart, failed)) {
      REDD_TRY(const auto key, readWholeFile(inside, kKeyBytes));
      REDD_TRY_VOID(makeFolder(wish.keyApart.parent_path()));
      REDD_TRY_VOID(writePrivateFile(wish.keyApart, key));
      made_ = wish.keyApart;
      REDD_TRY_VOID(syncFolder(wish.keyApart.parent_path()));
    }
    fs::remove(inside, failed);
    return failed ? Result<void>(failure("remove", inside, failed.value())) : Result<void>();
  }
  void keep() { made_.clear(); }
  ~KeyApart() {
    std::error_code ignored;
    if (!made_.empty()) fs::remove(made_, ignored);
  }

 private:
  fs::path made_;
};

enum class Target : std::uint8_t { missing, empty, occupied };

Result<Target> lookAt(const fs::path& dataDir) {
  std::error_code failed;
  const auto status = fs::symlink_status(dataDir, failed);
  if (status.type() == fs::file_type::not_found) return Target::missing;
  if (status.type() != fs::file_type::directory) return invalid(fmt::format("{} is not a directory", dataDir.string()));
  return fs::is_empty(dataDir, failed) && !failed ? Target::empty : Target::occupied;
}

// One step for whoever looks: before it the old one stands there, after it the new one.
Result<void> exchange(ScratchFolder& scratch, const fs::path& dataDir, Target target, Restored& restored) {
  const auto fresh = scratch.path();
  if (target != Target::occupied) {
    if (::rename(fresh.c_str(), dataDir.c_str()) != 0) return failure("make", dataDir, errno);
    scratch.keep();
    return syncFolder(dataDir.parent_path());
  }
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, dataDir.c_str(), RENAME_EXCHANGE) != 0) {
    if (errno != EINVAL && errno != ENOSYS) return failure("exchange", dataDir, errno);
    return Error::make(ErrorCode::unavailable, fmt::format("The file system of {} cannot exchange two directories in one step. Fix: restore into a new "
                                                           "directory and name that one in --data", dataDir.string()));
  }
  scratch.keep();  // from here on it is the old one
  REDD_TRY_VOID(syncFolder(dataDir.parent_path()));
  const auto stamp = archiveName("before-restore", nowMs());
  restored.before = fmt::format("{}.{}", dataDir.string(), std::string_view(stamp).substr(0, stamp.size() - 4));
  std::error_code failed;
  fs::rename(fresh, restored.before, failed);
  if (failed) restored.before = fresh;
  return syncFolder(dataDir.parent_path());
}

}  // namespace

Result<Restored> restoreServer(const Restore& given, Progress& progress) {
  auto wish = given;
  wish.dataDir = fs::absolute(given.dataDir).lexically_normal();
  if (!wish.dataDir.has_filename()) wish.dataDir = wish.dataDir.parent_path();
  if (!given.keyApart.empty()) wish.keyApart = fs::absolute(given.keyApart).lexically_normal();
  REDD_TRY(const auto target, lookAt(wish.dataDir));
  if (target == Target::occupied && wish.occupied == Restore::Occupied::refuse) {
    return Error::make(ErrorCode::alreadyExists,
                       fmt::format("{} is not empty. Fix: name another directory, or --force, which moves it aside first", wish.dataDir.string()));
  }
  std::optional<space::DirectoryLock> lock;
  if (target == Target::occupied) {
    REDD_TRY(auto held, space::DirectoryLock::acquire(wish.dataDir));
    lock.emplace(std::move(held));
  }
  REDD_TRY(const auto archive, Archive::open(wish.archive, progress));
  Restored restored;
  restored.description = archive.description();
  if (restored.description.kind != Description::Kind::server || archive.find(kCatalogueName) == nullptr) {
    return invalid(fmt::format("{} holds one space, and not a server. Fix: coho space import {}", wish.archive.string(), wish.archive.filename().string()));
  }
  progress.bytesDone = 0;
  REDD_TRY(auto fresh, ScratchFolder::make(fmt::format("{}.restoring-{}", wish.dataDir.string(), randomLabel(8))));
  REDD_TRY_VOID(unpack(archive, fresh.path(), progress));
  REDD_TRY_VOID(putKey(wish, archive, fresh.path(), restored));
  for (const auto& entry : archive.entries()) restored.spaces += entry.name.starts_with(kSpacesName) && entry.name.ends_with(kDataName) ? 1 : 0;
  KeyApart apart;
  REDD_TRY_VOID(apart.place(wish, fresh.path()));
  REDD_TRY_VOID(syncTree(fresh.path()));
  REDD_TRY_VOID(exchange(fresh, wish.dataDir, target, restored));
  apart.keep();
  return restored;
}

}  // namespace redd::backup
