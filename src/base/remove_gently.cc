#include "base/remove_gently.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace redd {
namespace {

namespace fs = std::filesystem;
constexpr off_t kPieceBytes = 16 << 20;

// Without a name, without another link, and in nobody else's hands: a write lease is given for nothing less.
bool isOursAlone(int descriptor) {
  struct stat info {};
  if (::fstat(descriptor, &info) != 0 || info.st_nlink > 0) return false;
  ::fcntl(descriptor, F_SETSIG, SIGURG);  // should somebody come in this very moment: one that is ignored, in place of one that ends the process
  if (::fcntl(descriptor, F_SETLEASE, F_WRLCK) != 0) return false;
  ::fcntl(descriptor, F_SETLEASE, F_UNLCK);
  return true;
}

void shorten(int descriptor, off_t bytes) {
  while (bytes > 0) {
    bytes = std::max<off_t>(0, bytes - kPieceBytes);
    if (::ftruncate(descriptor, bytes) != 0 || ::fsync(descriptor) != 0) return;  // the rest goes at once
  }
}

}  // namespace

void removeGently(const fs::path& file, std::error_code& failed) {
  failed.clear();
  struct stat info {};
  const bool large = ::lstat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_size > kGentleFromBytes && info.st_nlink == 1;
  const int descriptor = large ? ::open(file.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK) : -1;
  fs::remove(file, failed);
  if (descriptor < 0) return;
  if (!failed && isOursAlone(descriptor)) shorten(descriptor, info.st_size);
  ::close(descriptor);
}

void removeAllGently(const fs::path& folder, std::error_code& failed) {
  std::error_code ignored;
  if (fs::is_symlink(fs::symlink_status(folder, ignored))) return removeGently(folder, failed);
  for (fs::recursive_directory_iterator entry(folder, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    if (std::error_code gone; entry->is_regular_file(gone) && !entry->is_symlink(gone)) removeGently(entry->path(), gone);
  }
  fs::remove_all(folder, failed);
}

}  // namespace redd
