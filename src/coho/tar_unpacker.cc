#include "tar_unpacker.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "text.h"

namespace redd::coho {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kPaxBytesMax = 64 << 10;

std::string_view field(std::string_view block, std::size_t at, std::size_t bytes) {
  const auto text = block.substr(at, bytes);
  return text.substr(0, text.find('\0'));
}

Error broken(std::string_view what) { return Error::make(ErrorCode::unavailable, fmt::format("the archive is broken: {}", what)); }

bool isSafe(const std::string& name) {
  const std::filesystem::path path(name);
  return !name.empty() && path.is_relative() && std::ranges::none_of(path, [](const auto& part) { return part == ".." || part == "."; });
}

// The value of "LENGTH path=VALUE\n".
std::string pathIn(std::string_view pax) {
  const auto at = pax.find(" path=");
  const auto end = pax.find('\n', at == std::string_view::npos ? 0 : at);
  return at == std::string_view::npos || end == std::string_view::npos ? std::string() : std::string(pax.substr(at + 6, end - at - 6));
}

}  // namespace

Result<void> TarUnpacker::feed(std::string_view bytes) {
  rest_ += bytes;
  std::size_t at = 0;
  for (; rest_.size() - at >= kBlock && !hasEnded_; at += kBlock) REDD_TRY_VOID(take(std::string_view(rest_).substr(at, kBlock)));
  rest_.erase(0, at);
  return {};
}

Result<std::size_t> TarUnpacker::finish() {
  if (!hasEnded_) return broken("it ended early");
  return files_;
}

Result<void> TarUnpacker::take(std::string_view block) {
  if (left_ == 0) return header(block);
  const auto content = block.substr(0, std::min<std::uint64_t>(left_, kBlock));
  left_ -= content.size();
  if (isPax_) {
    pax_ += content;
    if (left_ == 0) longName_ = pathIn(std::exchange(pax_, {}));
    return {};
  }
  file_ << content;
  if (left_ == 0) file_.close();
  if (!file_) return Error::make(ErrorCode::storageFull, fmt::format("a file in {} cannot be written", inertLine(folder_.string())));
  return {};
}

Result<void> TarUnpacker::header(std::string_view block) {
  if (block.find_first_not_of('\0') == std::string_view::npos) {
    hasEnded_ = true;
    return {};
  }
  const auto digits = field(block, 124, 12);
  if (std::from_chars(digits.data(), digits.data() + digits.size(), left_, 8).ec != std::errc{}) return broken("an entry without a size");
  const char type = block[156];
  isPax_ = type == 'x';
  if (isPax_ && left_ > kPaxBytesMax) return broken("a header that is too long");
  if (isPax_) return {};
  const auto name = longName_.empty() ? std::string(field(block, 0, 100)) : std::exchange(longName_, {});
  if (type != '0' || !isSafe(name)) return broken(fmt::format("the entry {} is no plain file below the folder", inertLine(name)));
  return open(name);
}

Result<void> TarUnpacker::open(const std::string& name) {
  const auto path = folder_ / name;
  std::error_code failed;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, failed))) {
    return Error::make(ErrorCode::alreadyExists, fmt::format("{} exists already. Fix: name an empty folder with --out", inertLine(path.string())));
  }
  std::filesystem::create_directories(path.parent_path(), failed);
  file_ = std::ofstream(path, std::ios::binary);
  if (!file_) return Error::make(ErrorCode::unavailable, fmt::format("{} cannot be written", inertLine(path.string())));
  ++files_;
  if (left_ == 0) file_.close();
  return {};
}

}  // namespace redd::coho
