#include "disk_stream.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "answers.h"
#include "backups.h"
#include "data_access.h"

namespace redd::control {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::shared_ptr<std::FILE>;

Error failed(const std::filesystem::path& file) {
  const bool full = errno == ENOSPC || errno == EDQUOT;
  return Error::hidden(full ? ErrorCode::storageFull : ErrorCode::internal, fmt::format("{}: {}", file.string(), std::generic_category().message(errno)));
}

Task<Result<File>> open(Services& services, std::filesystem::path path, const char* mode) {
  co_return co_await services.backups->pieces.run<File>([path, mode]() -> Result<File> {
    std::FILE* const opened = std::fopen(path.c_str(), mode);
    if (opened == nullptr) return failed(path);
    return File(opened, Close());
  });
}

}  // namespace

Task<Result<void>> sendDiskFile(Services& services, std::filesystem::path path, std::string name, http::Exchange& exchange) {
  REDD_CO_TRY(const auto file, co_await open(services, path, "rbe"));
  std::error_code unreadable;
  const auto bytes = std::filesystem::file_size(path, unreadable);
  if (unreadable) co_return Error::hidden(ErrorCode::internal, fmt::format("{}: {}", path.string(), unreadable.message()));
  http::ResponseHead head;
  addControlHeaders(head, "application/x-tar");
  head.headers.add("content-length", std::to_string(bytes));
  head.headers.add("content-disposition", fmt::format("attachment; filename=\"{}\"", name));
  REDD_CO_TRY_VOID(co_await exchange.sendHead(std::move(head)));
  while (true) {
    if (services.stopping) co_return stoppingError();
    REDD_CO_TRY(const auto piece, co_await services.backups->pieces.run<std::string>([file, path]() -> Result<std::string> {
      std::string out(kPieceBytes, '\0');
      out.resize(std::fread(out.data(), 1, out.size(), file.get()));
      if (std::ferror(file.get()) != 0) return failed(path);
      return out;
    }));
    if (piece.empty()) break;
    REDD_CO_TRY_VOID(co_await exchange.sendBody(piece));
  }
  co_return co_await exchange.finish();
}

Task<Result<void>> receiveDiskFile(Services& services, std::filesystem::path path, std::uint64_t bytesMax, http::Exchange& exchange) {
  REDD_CO_TRY(const auto file, co_await open(services, path, "wbxe"));
  exchange.setBodyLimit(bytesMax);
  while (true) {
    REDD_CO_TRY(auto piece, co_await exchange.readBody());
    if (services.stopping) co_return stoppingError();
    const bool isEnd = piece.empty();
    REDD_CO_TRY_VOID(co_await services.backups->pieces.run<void>([file, path, piece = std::move(piece)]() -> Result<void> {
      if (std::fwrite(piece.data(), 1, piece.size(), file.get()) != piece.size()) return failed(path);
      if (piece.empty() && std::fflush(file.get()) != 0) return failed(path);
      return {};
    }));
    if (isEnd) co_return Result<void>{};
  }
}

}  // namespace redd::control
