#include "sqlite/blob_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "base/remove_gently.h"

namespace redd::store::sqlite {
namespace {

Error failed(std::string_view what, const std::filesystem::path& file, int code) {
  const auto kind = code == ENOSPC || code == EDQUOT ? ErrorCode::storageFull : ErrorCode::internal;
  return Error::hidden(kind, fmt::format("{} cannot be {}: {}", file.string(), what, std::generic_category().message(code)));
}

Result<void> makeFolder(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) return failed("made", folder, code.value());
  return {};
}

Result<void> syncFolder(const std::filesystem::path& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return failed("synced", folder, errno);
  return {};
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

std::filesystem::path BlobFiles::at(std::string_view hash) const { return folder_ / hash.substr(0, 2) / hash; }
std::filesystem::path BlobFiles::unnamed(std::uint64_t number) const { return folder_ / "new" / std::to_string(number); }

Result<void> BlobFiles::sweep(Database& database) const {
  std::error_code code;
  const auto lock = lockForRemoval();
  if (lock.get() < 0) return {};
  std::filesystem::remove_all(folder_ / "new", code);
  std::vector<std::filesystem::path> orphans;
  for (std::filesystem::recursive_directory_iterator entry(folder_, code), end; !code && entry != end; entry.increment(code)) {
    if (!entry->is_regular_file(code) || entry->path().filename() == kHoldName) continue;
    REDD_TRY(Statement rows, database.query("SELECT 1 FROM file WHERE blob = ? LIMIT 1", entry->path().filename().string()));
    REDD_TRY(const bool known, rows.step());
    if (!known) orphans.push_back(entry->path());
  }
  for (const auto& orphan : orphans) takeAway(orphan.filename().string());
  return {};
}

Result<Fd> BlobFiles::open(std::string_view hash) const {
  Fd fd(::open(at(hash).c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() >= 0) return fd;
  if (errno == ENOENT) return Error::hidden(ErrorCode::notFound, fmt::format("the blob {} is missing", hash));
  return failed("opened", at(hash), errno);
}

Result<void> BlobFiles::name(const std::filesystem::path& unnamed, std::string_view hash) const {
  const auto named = at(hash);
  const bool fresh = !std::filesystem::exists(named.parent_path());
  REDD_TRY_VOID(makeFolder(named.parent_path()));
  if (::rename(unnamed.c_str(), named.c_str()) != 0 && (errno != ENOENT || ::access(named.c_str(), F_OK) != 0)) {
    return failed("named", unnamed, errno);
  }
  REDD_TRY_VOID(syncFolder(named.parent_path()));
  if (!fresh) return {};
  REDD_TRY_VOID(syncFolder(folder_));
  return syncFolder(folder_.parent_path());
}

void BlobFiles::remove(std::string_view hash) {
  if (const auto lock = lockForRemoval(); lock.get() >= 0) {
    takeAway(hash);
  } else {
    left_.emplace_back(hash);
  }
}

void BlobFiles::takeAway(std::string_view hash) const {
  if (!retired_.empty()) {
    std::error_code code;
    const auto target = retired_ / hash.substr(0, 2) / hash;
    std::filesystem::create_directories(target.parent_path(), code);
    // Its time from now on says since when nobody names it.
    if (::rename(at(hash).c_str(), target.c_str()) == 0 && ::utimensat(AT_FDCWD, target.c_str(), nullptr, 0) == 0) return;
  }
  std::error_code code;
  const auto gone = folder_ / "new" / ("gone-" + randomHex(8));  // where the next sweep finds it
  const bool large = std::filesystem::file_size(at(hash), code) > kGentleFromBytes && !code;
  if (large) std::ignore = makeFolder(gone.parent_path());
  if (!large || ::rename(at(hash).c_str(), gone.c_str()) != 0) {
    ::unlink(at(hash).c_str());
    return;
  }
  background_([gone] {
    std::error_code ignored;
    removeGently(gone, ignored);
  });
}

std::vector<std::string> BlobFiles::takeLeft() {
  if (left_.empty() || lockForRemoval().get() < 0) return {};
  return std::exchange(left_, {});
}

// The lock lasts as long as the descriptor. A folder that is not there is held by nobody; any other failure counts as held.
Fd BlobFiles::lockForRemoval() const {
  Fd fd(::open((folder_ / kHoldName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (fd.get() < 0) return Fd(errno == ENOENT ? ::open("/dev/null", O_RDONLY | O_CLOEXEC) : -1);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return Fd();
  return fd;
}

Result<std::unique_ptr<NewBlob>> NewBlob::create(std::filesystem::path file) {
  REDD_TRY_VOID(makeFolder(file.parent_path()));
  Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0) return failed("made", file, errno);
  return std::unique_ptr<NewBlob>(new NewBlob(std::move(file), std::move(fd)));
}

NewBlob::~NewBlob() { ::unlink(file_.c_str()); }

Result<void> NewBlob::append(std::string_view bytes) {
  hash_.update(bytes);
  size_ += bytes.size();
  while (!bytes.empty()) {
    const auto written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("written", file_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> NewBlob::finish() {
  if (::fsync(fd_.get()) != 0) return failed("synced", file_, errno);
  return crypto::hex(hash_.finish());
}

}  // namespace redd::store::sqlite
