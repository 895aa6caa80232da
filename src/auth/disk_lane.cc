#include "disk_lane.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <fstream>
#include <iterator>

#include "base/log.h"

namespace redd::auth {
namespace {

namespace fs = std::filesystem;

Result<std::string> readFile(const fs::path& file, std::size_t bytesMax) {
  std::error_code failure;
  const auto size = fs::file_size(file, failure);
  if (failure) return notFound(file.string());
  if (size > bytesMax) return Error::make(ErrorCode::payloadTooLarge, file.string() + " is too large");
  std::ifstream stream(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(stream), {});
  return text;
}

bool writeAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(fd) == 0;
}

void writeFile(const fs::path& file, std::string_view text) {
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  const fs::path beside = file.string() + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool good = fd >= 0 && writeAll(fd, text);
  if (fd >= 0) ::close(fd);
  if (!good || ::rename(beside.c_str(), file.c_str()) != 0) {
    log::warn("auth", "the key set could not be kept in {}: {}", file.string(), ::strerror(errno));
  }
}

}  // namespace

Task<Result<std::string>> DiskLane::read(fs::path file, std::size_t bytesMax) {
  co_return co_await suspend<std::string>([this, &file, bytesMax](Completion<std::string> done) {
    boost::asio::post(thread_, [file, bytesMax, done = std::move(done)]() mutable { done(readFile(file, bytesMax)); });
  });
}

void DiskLane::write(fs::path file, std::string text) {
  boost::asio::post(thread_, [file = std::move(file), text = std::move(text)] { writeFile(file, text); });
}

void DiskLane::remove(fs::path file) {
  boost::asio::post(thread_, [file = std::move(file)] {
    std::error_code ignored;
    fs::remove(file, ignored);
  });
}

}  // namespace redd::auth
