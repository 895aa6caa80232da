#include "disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/random.h"
#include "base/remove_gently.h"

namespace redd::backup {

namespace fs = std::filesystem;

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Error failure(std::string_view doing, const fs::path& file, int code) {
  auto kind = ErrorCode::internal;
  if (code == ENOSPC || code == EDQUOT) kind = ErrorCode::storageFull;
  if (code == ENOENT) kind = ErrorCode::notFound;
  if (code == EEXIST) kind = ErrorCode::alreadyExists;
  return Error::make(kind, fmt::format("Cannot {} {}: {}", doing, file.string(), std::generic_category().message(code)));
}

Result<Descriptor> openToRead(const fs::path& file) {
  Descriptor out(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (out.get() < 0) return failure("open", file, errno);
  return out;
}

Result<Descriptor> createFile(const fs::path& file) {
  Descriptor out(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.get() < 0) return failure("make", file, errno);
  return out;
}

Result<std::uint64_t> sizeOf(const Descriptor& file, const fs::path& name) {
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return failure("read", name, errno);
  if (!S_ISREG(info.st_mode)) return invalid(fmt::format("{} is no file", name.string()));
  return static_cast<std::uint64_t>(info.st_size);
}

Result<void> writeAll(const Descriptor& file, std::string_view bytes, const fs::path& name) {
  while (!bytes.empty()) {
    const auto written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("write", name, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::size_t> readAt(const Descriptor& file, char* to, std::size_t bytes, std::uint64_t offset, const fs::path& name) {
  std::size_t have = 0;
  while (have < bytes) {
    const auto got = ::pread(file.get(), to + have, bytes - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", name, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

Result<void> syncFile(const Descriptor& file, const fs::path& name) {
  if (::fsync(file.get()) != 0) return failure("sync", name, errno);
  return {};
}

Result<void> syncFolder(const fs::path& folder) {
  const Descriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0) return failure("open", folder, errno);
  return syncFile(opened, folder);
}

Result<void> syncTree(const fs::path& folder) {
  std::error_code failed;
  for (auto one = fs::recursive_directory_iterator(folder, failed); !failed && one != fs::end(one); one.increment(failed)) {
    if (one->is_directory(failed)) REDD_TRY_VOID(syncFolder(one->path()));
  }
  if (failed) return failure("read", folder, failed.value());
  return syncFolder(folder);
}

Result<void> makeFolder(const fs::path& folder) {
  std::error_code failed;
  if (folder.empty() || fs::is_directory(folder, failed)) return {};
  REDD_TRY_VOID(makeFolder(folder.parent_path()));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failure("make the folder", folder, errno);
  return {};
}

Result<void> writePrivateFile(const fs::path& file, std::string_view content) {
  REDD_TRY(const auto out, createFile(file));
  REDD_TRY_VOID(writeAll(out, content, file));
  return syncFile(out, file);
}

Result<std::string> readWholeFile(const fs::path& file, std::size_t bytesMax) {
  REDD_TRY(const auto in, openToRead(file));
  REDD_TRY(const auto size, sizeOf(in, file));
  if (size > bytesMax) return invalid(fmt::format("{} has {} bytes, and {} is the most", file.string(), size, bytesMax));
  std::string out(size, '\0');
  REDD_TRY(const auto have, readAt(in, out.data(), out.size(), 0, file));
  out.resize(have);
  return out;
}

Result<ScratchFolder> ScratchFolder::make(fs::path folder) {
  REDD_TRY_VOID(makeFolder(folder.parent_path()));
  if (::mkdir(folder.c_str(), 0700) != 0) return failure("make the folder", folder, errno);
  return ScratchFolder(std::move(folder));
}

Result<ScratchFolder> ScratchFolder::in(const fs::path& dataDir) { return make(dataDir / "staging" / randomLabel(12)); }

void clearStaging(const fs::path& dataDir) {
  std::error_code ignored;
  removeAllGently(dataDir / "staging", ignored);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) removeAllGently(path_, ignored);
}

}  // namespace redd::backup
