// The data directory as far as it is nobody's table: it exists and is ours alone (0700), one server holds its lock, and the
// key that seals secrets lies in it (secret.key, 0600, 32 random bytes) or in a file of the operator's.
//
// The lock is flock() on DIR/lock: the kernel drops it when the process dies in whatever way, so there is nothing to clean up;
// the file's text is the pid, for the sentence that a second server prints.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace redd::space {

using SecretKey = std::array<std::byte, 32>;

class DirectoryLock {
 public:
  DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

  // Makes `dir` (0700) where it is missing. Errors: not writable, not a directory, held by another server (names its pid).
  static Result<DirectoryLock> acquire(const std::filesystem::path& dir);

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

enum class MissingKey { make, refuse };

// Reads a key file. MissingKey::make makes it: written beside, synced, renamed, so that a kill leaves none or all of it.
// Errors: not ours alone (mode), not 32 bytes, missing.
Result<SecretKey> readSecretKey(const std::filesystem::path& file, MissingKey missing);

// Rotation in two steps: FILE.new is written and synced; once what it seals is committed it takes the place of FILE.
std::filesystem::path nextKeyFile(const std::filesystem::path& file);
Result<SecretKey> writeNextKey(const std::filesystem::path& file);
Result<void> adoptNextKey(const std::filesystem::path& file);

}  // namespace redd::space
