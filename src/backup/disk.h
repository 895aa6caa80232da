// Files on the disk as this room needs them: a descriptor that closes itself, whole reads and writes, syncs. All calls block; errors name
// the file, and a full disk is storageFull.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "backup/scratch.h"
#include "base/result.h"

namespace redd::backup {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();
  int get() const { return fd_; }

 private:
  int fd_;
};

Error failure(std::string_view doing, const std::filesystem::path& file, int code);  // "Cannot read FILE: …"

Result<Descriptor> openToRead(const std::filesystem::path& file);
Result<Descriptor> createFile(const std::filesystem::path& file);  // 0600, must not exist
Result<std::uint64_t> sizeOf(const Descriptor& file, const std::filesystem::path& name);
Result<void> writeAll(const Descriptor& file, std::string_view bytes, const std::filesystem::path& name);
Result<std::size_t> readAt(const Descriptor& file, char* to, std::size_t bytes, std::uint64_t offset, const std::filesystem::path& name);  // fewer: the end
Result<void> syncFile(const Descriptor& file, const std::filesystem::path& name);
Result<void> syncFolder(const std::filesystem::path& folder);
Result<void> syncTree(const std::filesystem::path& folder);  // the folders in it too; files are synced by whoever wrote them
Result<void> makeFolder(const std::filesystem::path& folder);  // 0700
Result<void> writePrivateFile(const std::filesystem::path& file, std::string_view content);  // 0600, synced; must not exist
Result<std::string> readWholeFile(const std::filesystem::path& file, std::size_t bytesMax);

}  // namespace redd::backup
