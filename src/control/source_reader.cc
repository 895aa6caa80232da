#include "source_reader.h"

#include <algorithm>

namespace redd::control {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;

}  // namespace

Task<Result<std::vector<store::FileInfo>>> listSources(StorePtr store, std::string scope) {
  std::vector<store::FileInfo> out;
  std::vector<std::string> directories{"/"};
  while (!directories.empty()) {
    const auto directory = std::move(directories.back());
    directories.pop_back();
    using Entries = std::vector<store::FileEntry>;
    REDD_CO_TRY(const auto entries, co_await suspend<Entries>([&](Completion<Entries> done) { store->fileList(scope, directory, std::move(done)); }));
    for (const auto& entry : entries) {
      if (entry.kind == store::FileEntry::Kind::file) {
        out.push_back(entry.info);
      } else {
        directories.push_back(entry.info.path);
      }
    }
  }
  std::ranges::sort(out, {}, &store::FileInfo::path);
  co_return out;
}

Task<Result<std::string>> readSource(StorePtr store, std::string scope, std::string path) {
  using Reader = std::shared_ptr<store::FileReader>;
  REDD_CO_TRY(const auto reader, co_await suspend<Reader>([&](Completion<Reader> done) { store->fileOpen(scope, path, std::move(done)); }));
  std::string out;
  while (out.size() < reader->info().size) {
    REDD_CO_TRY(const auto piece,
                co_await suspend<std::string>([&](Completion<std::string> done) { reader->read(out.size(), kPieceBytes, std::move(done)); }));
    if (piece.empty()) co_return Error::make(ErrorCode::internal, "A source file ended early.");
    out += piece;
  }
  co_return out;
}

}  // namespace redd::control
