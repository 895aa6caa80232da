#include "space/data_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <tuple>
#include <utility>

#include "base/random.h"

namespace redd::space {
namespace {

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

std::string reason() { return std::strerror(errno); }

Error failed(std::string_view what, const std::filesystem::path& path) {
  const auto code = errno == ENOSPC ? ErrorCode::storageFull : ErrorCode::unavailable;
  return Error::make(code, fmt::format("Cannot {} {}: {}.", what, path.string(), reason()));
}

// The pid in the lock file, or 0.
long readPid(int descriptor) {
  std::array<char, 32> text{};
  const auto n = ::pread(descriptor, text.data(), text.size() - 1, 0);
  return n > 0 ? std::strtol(text.data(), nullptr, 10) : 0;
}

Result<void> syncDirectory(const std::filesystem::path& dir) {
  const File opened(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) return failed("sync", dir);
  return {};
}

Result<SecretKey> makeSecretKey(const std::filesystem::path& path) {
  REDD_TRY(const auto key, writeNextKey(path));
  REDD_TRY_VOID(adoptNextKey(path));
  return key;
}

}  // namespace

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<DirectoryLock> DirectoryLock::acquire(const std::filesystem::path& dir) {
  std::error_code ignored;
  if (dir.has_parent_path()) std::filesystem::create_directories(dir.parent_path(), ignored);
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return failed("make the data directory", dir);
  if (!std::filesystem::is_directory(dir, ignored)) {
    return Error::make(ErrorCode::unavailable, fmt::format("The data directory {} is not a directory.", dir.string()));
  }
  if (::access(dir.c_str(), W_OK | X_OK) != 0) {
    return Error::make(ErrorCode::unavailable,
                       fmt::format("The data directory {} is not writable: {}. Fix: chown or chmod it, or name another.", dir.string(), reason()));
  }
  const auto path = dir / "lock";
  File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return failed("open", path);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed("lock", path);
    return Error::make(ErrorCode::unavailable,
                       fmt::format("The data directory {} is in use by another server (process {}). Fix: stop that one, or name another directory.",
                                   dir.string(), readPid(file.get())));
  }
  const auto pid = fmt::format("{}\n", ::getpid());
  // The pid is for people: a full disk must not keep the server from starting (REL-12).
  if (::ftruncate(file.get(), 0) == 0) std::ignore = ::pwrite(file.get(), pid.data(), pid.size(), 0);
  return DirectoryLock(file.release());
}

std::filesystem::path nextKeyFile(const std::filesystem::path& file) { return file.string() + ".new"; }

Result<SecretKey> writeNextKey(const std::filesystem::path& path) {
  SecretKey key{};
  fillRandom(key);
  const auto fresh = nextKeyFile(path);
  const File file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return failed("make", fresh);
  if (::fchmod(file.get(), 0600) != 0 || ::write(file.get(), key.data(), key.size()) != static_cast<ssize_t>(key.size()) ||
      ::fsync(file.get()) != 0) {
    return failed("write", fresh);
  }
  REDD_TRY_VOID(syncDirectory(path.parent_path()));
  return key;
}

Result<void> adoptNextKey(const std::filesystem::path& path) {
  if (::rename(nextKeyFile(path).c_str(), path.c_str()) != 0) return failed("make", path);
  return syncDirectory(path.parent_path());
}

Result<SecretKey> readSecretKey(const std::filesystem::path& path, MissingKey missing) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.get() < 0) {
    if (errno != ENOENT) return failed("open", path);
    if (missing == MissingKey::make) return makeSecretKey(path);
    return Error::make(ErrorCode::unavailable,
                       fmt::format("{} is missing, and the secrets in the catalogue were sealed with it. Fix: put it back from a backup, or name "
                                   "the file that holds it with --secret-key-file.",
                                   path.string()));
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return failed("read", path);
  if ((info.st_mode & 077) != 0) {
    return Error::make(ErrorCode::unavailable, fmt::format("{0} may be read by others (mode {1:o}). Fix: chmod 600 {0}", path.string(),
                                                           static_cast<unsigned>(info.st_mode & 07777)));
  }
  SecretKey key{};
  if (info.st_size != static_cast<off_t>(key.size()) || ::read(file.get(), key.data(), key.size()) != static_cast<ssize_t>(key.size())) {
    return Error::make(ErrorCode::unavailable, fmt::format("{} does not hold 32 bytes. Fix: put it back from a backup.", path.string()));
  }
  return key;
}

}  // namespace redd::space
