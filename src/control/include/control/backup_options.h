// Where and when this server makes backups of itself, as the operator set it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "backup/s3.h"

namespace redd::control {

struct BackupOptions {
  std::filesystem::path folder;         // empty: backups/ in the data directory
  std::int64_t everyMs = 0;             // 0: only when asked
  std::size_t keep = 7;                 // the newest so many
  std::filesystem::path secretKeyFile{};  // the server's; empty: secret.key in the data directory
  std::optional<backup::S3Store> s3{};  // where they also go
  std::size_t s3Keep = 0;               // of those there, the newest so many; 0: all
};

}  // namespace redd::control
