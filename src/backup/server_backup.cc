#include "backup/server_backup.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "base/random.h"
#include "base/remove_gently.h"
#include "crypto/passphrase.h"
#include "disk.h"
#include "server_files.h"
#include "store/blob_hold.h"
#include "store/space_file.h"
#include "store/sqlite/database.h"

namespace redd::backup {

namespace fs = std::filesystem;
using store::sqlite::Database;
using store::sqlite::Mode;

namespace {

constexpr std::size_t kKeyBytes = 32;

struct Names {
  std::vector<std::string> databases;  // at the top, the catalogue first
  std::vector<std::string> keySets;
  std::vector<std::string> spaces;     // ids
};

Result<std::vector<std::string>> namesIn(const fs::path& folder, fs::file_type type) {
  std::vector<std::string> out;
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) return out;
  for (auto one = fs::directory_iterator(folder, failed); !failed && one != fs::end(one); one.increment(failed)) {
    if (one->symlink_status(failed).type() == type) out.push_back(one->path().filename().string());
  }
  if (failed) return failure("read", folder, failed.value());
  std::ranges::sort(out);
  return out;
}

Result<Names> namesOf(const fs::path& dataDir) {
  std::error_code ignored;
  if (!fs::exists(dataDir / kCatalogueName, ignored)) {
    return notFound(fmt::format("{} is no data directory of redd: there is no {} in it", dataDir.string(), kCatalogueName));
  }
  Names out;
  REDD_TRY(out.databases, namesIn(dataDir, fs::file_type::regular));
  std::erase_if(out.databases, [](const std::string& name) { return !name.ends_with(".sqlite"); });
  std::ranges::sort(out.databases, {}, [](const std::string& name) { return std::pair(name != kCatalogueName, name); });
  REDD_TRY(out.keySets, namesIn(dataDir / kKeySetsName, fs::file_type::regular));
  std::erase_if(out.keySets, [](const std::string& name) { return name.contains(".new"); });
  REDD_TRY(out.spaces, namesIn(dataDir / kSpacesName, fs::file_type::directory));
  return out;
}

std::uint64_t bytesUnder(const fs::path& folder) {  // about; for the progress
  std::uint64_t out = 0;
  std::error_code failed;
  for (auto one = fs::recursive_directory_iterator(folder, failed); !failed && one != fs::end(one); one.increment(failed)) {
    std::error_code ignored;
    const auto name = one->path().filename().string();
    if (one->is_regular_file(ignored) && !name.starts_with("log.sqlite") && !name.ends_with("-shm")) out += one->file_size(ignored);
  }
  return out;
}

// One backup under way.
class Backing {
 public:
  Backing(const BackUp& wish, fs::path scratch, ArchiveWriter writer, Progress& progress)
      : wish_(wish), scratch_(std::move(scratch)), writer_(std::move(writer)), progress_(progress) {}

  Result<Written> run(const Names& names) {
    for (const auto& name : names.databases) REDD_TRY_VOID(addDatabase(name));
    for (const auto& name : names.keySets) REDD_TRY_VOID(addSmallFile(fmt::format("{}/{}", kKeySetsName, name)));
    for (const auto& id : names.spaces) REDD_TRY_VOID(addSpace(id));
    REDD_TRY_VOID(addKey());
    return writer_.finish();
  }

 private:
  Result<void> copy(const std::string& name) {
    REDD_TRY(auto source, Database::open(wish_.dataDir / name, Mode::readOnly));
    return source.copyTo(scratch_, [this](std::int64_t) { return !progress_.shallStop; });
  }
  Result<void> addCopy(const std::string& name) {
    REDD_TRY_VOID(writer_.addFile(name, scratch_));
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"}) removeGently(scratch_.string() + suffix, ignored);
    return {};
  }
  Result<void> addDatabase(const std::string& name) {
    REDD_TRY_VOID(copy(name));
    return addCopy(name);
  }
  Result<void> addSmallFile(const std::string& name) {
    constexpr std::size_t bytesMax = 16 << 20;
    const auto content = readWholeFile(wish_.dataDir / name, bytesMax);
    if (!content && content.error().code == ErrorCode::notFound) return {};  // went meanwhile
    REDD_TRY_VOID(content ? Result<void>() : Result<void>(content.error()));
    return writer_.add(name, *content);
  }
  Result<void> addSpace(const std::string& id) {
    const auto folder = fmt::format("{}/{}", kSpacesName, id);
    std::error_code ignored;
    if (!fs::exists(wish_.dataDir / folder / kDataName, ignored)) return {};  // nothing was ever stored in it
    REDD_TRY(const auto hold, store::BlobHold::take(wish_.dataDir / folder));
    REDD_TRY_VOID(copy(fmt::format("{}/{}", folder, kDataName)));
    REDD_TRY(const auto blobs, store::blobsNamedIn(scratch_));
    REDD_TRY_VOID(addCopy(fmt::format("{}/{}", folder, kDataName)));
    for (const auto& hash : blobs) {
      const auto name = blobName(folder, hash);
      REDD_TRY_VOID(writer_.addFile(name, wish_.dataDir / name));
    }
    return {};
  }
  Result<void> addKey() {
    if (wish_.key == BackUp::Key::apart) return {};
    REDD_TRY(const auto key, readWholeFile(wish_.keyFile.empty() ? wish_.dataDir / kKeyName : wish_.keyFile, kKeyBytes));
    if (wish_.key == BackUp::Key::clear) return writer_.add(kKeyName, key);
    REDD_TRY(const auto sealed, crypto::sealUnder(wish_.passphrase, kKeyName, key));
    return writer_.add(kSealedKeyName, sealed);
  }

  const BackUp& wish_;
  fs::path scratch_;  // a file, for one database after the other
  ArchiveWriter writer_;
  Progress& progress_;
};

}  // namespace

std::string blobName(std::string_view folder, std::string_view hash) { return fmt::format("{}/blobs/{}/{}", folder, hash.substr(0, 2), hash); }

std::string archiveName(std::string_view what, UnixMs at) {
  const std::time_t seconds = at / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{}-{:04}{:02}{:02}T{:02}{:02}{:02}.{:03}Z.tar", what, parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                     parts.tm_min, parts.tm_sec, at % 1000);
}

Result<Written> backUp(const BackUp& wish, Progress& progress) {
  REDD_TRY(const auto names, namesOf(wish.dataDir));
  progress.bytesInAll = bytesUnder(wish.dataDir / kSpacesName) + bytesUnder(wish.dataDir / kKeySetsName);
  Description description;
  description.createdMs = nowMs();
  description.version = wish.version;
  REDD_TRY(auto writer, ArchiveWriter::create(wish.target, description, progress));
  REDD_TRY(const auto scratch, ScratchFolder::make(fmt::format("{}.copying-{}", wish.target.string(), randomLabel(8))));
  return Backing(wish, scratch.path() / "database", std::move(writer), progress).run(names);
}

}  // namespace redd::backup
