#include "byte_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "text.h"

namespace redd::coho {
namespace {

constexpr std::size_t kBufferBytes = 256 << 10;

}  // namespace

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
  InputFile out;
  out.name_ = path == "-" ? "standard input" : inertLine(path.string());
  out.file_.reset(path == "-" ? stdin : std::fopen(path.c_str(), "rbe"));
  if (!out.file_) return notFound(fmt::format("cannot read {}: {}", out.name_, std::strerror(errno)));
  struct stat about{};
  if (fstat(fileno(out.file_.get()), &about) == 0) {
    if (S_ISDIR(about.st_mode)) return invalid(out.name_ + " is a folder");
    if (S_ISREG(about.st_mode)) out.bytesInAll_ = static_cast<std::uint64_t>(about.st_size);
  }
  out.buffer_.resize(kBufferBytes);
  return out;
}

Result<std::string_view> InputFile::read() {
  while (true) {
    const auto count = ::read(fileno(file_.get()), buffer_.data(), buffer_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error::make(ErrorCode::internal, fmt::format("cannot read {}: {}", name_, std::strerror(errno)));
    bytesRead_ += static_cast<std::uint64_t>(count);
    return std::string_view(buffer_.data(), static_cast<std::size_t>(count));
  }
}

Result<OutputFile> OutputFile::open(const std::filesystem::path& path) {
  OutputFile out;
  out.path_ = path;
  if (path == "-") {
    out.file_.reset(stdout);
    return out;
  }
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::is_directory(status)) return invalid(inertLine(path.string()) + " is a folder");
  if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status)) out.draft_ = path.string() + ".part";
  const auto& place = out.draft_.empty() ? path : out.draft_;
  out.file_.reset(std::fopen(place.c_str(), "wbe"));
  if (!out.file_) {
    out.draft_.clear();
    return out.failed("write");
  }
  std::setvbuf(out.file_.get(), nullptr, _IOFBF, kBufferBytes);
  return out;
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  if (file_ && !draft_.empty()) std::filesystem::remove(draft_, ignored);
}

Error OutputFile::failed(std::string_view verb) const {
  const auto code = errno == ENOSPC ? ErrorCode::storageFull : ErrorCode::internal;
  return Error::make(code, fmt::format("cannot {} {}: {}", verb, path_ == "-" ? "standard output" : inertLine(path_.string()), std::strerror(errno)));
}

Result<void> OutputFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) return failed("write");
  return {};
}

Result<void> OutputFile::commit() {
  if (std::fflush(file_.get()) != 0) return failed("write");
  if (!draft_.empty() && std::rename(draft_.c_str(), path_.c_str()) != 0) return failed("write");
  draft_.clear();
  return {};
}

}  // namespace redd::coho
