#include "files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/random.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

Error ioError(std::string_view verb, const fs::path& path, int number) {
  return Error::make(number == EACCES || number == EPERM ? ErrorCode::forbidden : ErrorCode::internal,
                     fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(number)));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int get() const { return number_; }

 private:
  int number_;
};

bool writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

Result<void> makeParents(const fs::path& path, Access access) {
  const auto parent = path.parent_path();
  if (parent.empty() || fs::exists(parent)) return {};
  REDD_TRY_VOID(makeParents(parent, access));
  if (mkdir(parent.c_str(), access == Access::ownerOnly ? 0700 : 0777) != 0 && errno != EEXIST) {
    return ioError("make the folder", parent, errno);
  }
  return {};
}

}  // namespace

Result<std::optional<std::string>> readFile(const fs::path& path, std::size_t bytesMax) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (file.get() < 0) return ioError("read", path, errno);
  std::string text;
  char buffer[16 << 10];
  while (true) {
    const auto count = ::read(file.get(), buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ioError("read", path, errno);
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > bytesMax) return invalid(fmt::format("{} is larger than {} bytes", path.string(), bytesMax));
  }
}

Result<void> writeFile(const fs::path& path, std::string_view text, Access access) {
  REDD_TRY_VOID(makeParents(path, access));
  const fs::path neighbour = path.string() + "." + randomHex(6);
  {
    const Descriptor file(open(neighbour.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, access == Access::ownerOnly ? 0600 : 0666));
    if (file.get() < 0) return ioError("write", path, errno);
    if (!writeAll(file.get(), text) || fsync(file.get()) != 0) {
      const int number = errno;
      unlink(neighbour.c_str());
      return ioError("write", path, number);
    }
  }
  if (rename(neighbour.c_str(), path.c_str()) != 0) {
    const int number = errno;
    unlink(neighbour.c_str());
    return ioError("write", path, number);
  }
  return {};
}

Result<TemporaryFolder> TemporaryFolder::create() {
  std::error_code failure;
  auto pattern = (fs::temp_directory_path(failure) / "coho-XXXXXX").string();
  if (failure || mkdtemp(pattern.data()) == nullptr) return ioError("make the folder", pattern, failure ? failure.value() : errno);
  return TemporaryFolder(fs::path(pattern));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace redd::coho
