// The heads of a tar's entries (POSIX ustar), as archive.h uses them: regular files only. A size of 8 GiB and more stands in base 256, as
// GNU tar and libarchive read and write it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redd::backup::tar {

inline constexpr std::size_t kBlock = 512;
inline constexpr std::size_t kNameBytesMax = 255;

struct Head {
  std::string name;
  std::uint64_t bytes = 0;
};

bool isGoodName(std::string_view name);  // archive.h says which
// One block; nullopt: the name is no good, or has no place in a head.
std::optional<std::string> write(const Head& head);
// nullopt unless it is, byte for byte, what write() makes of what it says.
std::optional<Head> read(std::string_view block);
inline std::uint64_t padding(std::uint64_t bytes) { return (kBlock - bytes % kBlock) % kBlock; }

}  // namespace redd::backup::tar
