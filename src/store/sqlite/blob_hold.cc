#include "store/blob_hold.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "sqlite/blob_files.h"

namespace redd::store {

Result<BlobHold> BlobHold::take(const std::filesystem::path& spaceFolder) {
  const auto file = spaceFolder / "blobs" / sqlite::BlobFiles::kHoldName;
  std::error_code code;
  std::filesystem::create_directories(file.parent_path(), code);
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor >= 0 && ::flock(descriptor, LOCK_SH) == 0) return BlobHold(descriptor);
  const int reason = errno;
  if (descriptor >= 0) ::close(descriptor);
  return Error::hidden(reason == ENOSPC ? ErrorCode::storageFull : ErrorCode::internal,
                       fmt::format("{} cannot be locked: {}", file.string(), std::generic_category().message(reason)));
}

BlobHold::~BlobHold() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace redd::store
