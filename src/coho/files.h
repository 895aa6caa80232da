// Small files of the CLI: read with a bound, written whole or not at all. Blocking; one thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::coho {

inline constexpr std::size_t kConfigBytesMax = 64 << 10;

// Nothing when there is no such file; an error when it cannot be read or is larger.
Result<std::optional<std::string>> readFile(const std::filesystem::path& path, std::size_t bytesMax);

enum class Access { shared, ownerOnly };  // 0644 and 0600
// Through a neighbour that is renamed over `path`. ownerOnly also makes missing parent folders 0700.
Result<void> writeFile(const std::filesystem::path& path, std::string_view text, Access access);

// A folder of its own under TMPDIR, gone with the object.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace redd::coho
