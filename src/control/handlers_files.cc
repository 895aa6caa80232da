#include <fmt/format.h>

#include "answers.h"
#include "data_access.h"
#include "json_writer.h"

namespace redd::control {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;
constexpr std::size_t kContentTypeBytesMax = 255;
const std::string kScope;  // the app's file store

std::string_view nameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string fileJson(const store::FileInfo& info) {
  return JsonObject()
      .text("name", nameOf(info.path))
      .text("path", info.path)
      .text("type", "file")
      .raw("size", std::to_string(info.size))
      .raw("modified", std::to_string(info.modified))
      .text("contentType", info.contentType)
      .end();
}

std::string entryJson(const store::FileEntry& entry) {
  if (entry.kind == store::FileEntry::Kind::file) return fileJson(entry.info);
  return JsonObject().text("name", nameOf(entry.info.path)).text("path", entry.info.path).text("type", "directory").members(R"("size":0,"modified":null,"contentType":null)").end();
}

Result<std::string> pathOf(const Call& call) { return store::filePath(call.arguments.text("path"), call.services.limits.filePathBytesMax); }

Result<std::string> filePathOf(const Call& call) {
  REDD_TRY(auto path, pathOf(call));
  if (path == "/") return invalid("'path' names the root directory, and no file.");
  return path;
}

Task<Result<void>> sendFile(Call& call, http::Exchange& exchange) {
  REDD_CO_TRY(auto path, filePathOf(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  using Reader = std::shared_ptr<store::FileReader>;
  REDD_CO_TRY(const auto reader, co_await suspend<Reader>([&](Completion<Reader> done) { store->fileOpen(kScope, path, std::move(done)); }));
  const auto& info = reader->info();
  http::ResponseHead head;
  addControlHeaders(head, info.contentType);
  head.headers.add("content-length", std::to_string(info.size));
  head.headers.add("content-disposition", "attachment");  // the app's pages do not run under the control plane's name
  REDD_CO_TRY_VOID(co_await exchange.sendHead(std::move(head)));
  for (std::uint64_t offset = 0; offset < info.size;) {
    if (call.services.stopping) co_return stoppingError();
    REDD_CO_TRY(const auto piece,
                co_await suspend<std::string>([&](Completion<std::string> done) { reader->read(offset, kPieceBytes, std::move(done)); }));
    if (piece.empty()) co_return Error::make(ErrorCode::internal, "The file ended early.");
    REDD_CO_TRY_VOID(co_await exchange.sendBody(piece));
    offset += piece.size();
  }
  co_return co_await exchange.finish();
}

Result<std::string> contentTypeFor(const http::Exchange& exchange, std::string_view path) {
  const auto given = exchange.head().headers.find("content-type");
  if (!given || given->empty()) return std::string(store::contentTypeOf(path));
  if (given->size() > kContentTypeBytesMax) return invalid(fmt::format("A content type has at most {} bytes.", kContentTypeBytesMax));
  return std::string(*given);
}

Task<Result<store::FileInfo>> receiveFile(Call& call, http::Exchange& exchange) {
  REDD_CO_TRY(auto path, filePathOf(call));
  REDD_CO_TRY(auto contentType, contentTypeFor(exchange, path));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  using Writer = std::shared_ptr<store::FileWriter>;
  REDD_CO_TRY(const auto writer, co_await suspend<Writer>([&](Completion<Writer> done) { store->fileCreate(std::move(done)); }));
  exchange.setBodyLimit(call.services.limits.fileBytesMax);
  while (true) {
    REDD_CO_TRY(auto piece, co_await exchange.readBody());
    if (piece.empty()) break;
    if (call.services.stopping) co_return stoppingError();
    REDD_CO_TRY_VOID(co_await suspend<void>([&](Completion<void> done) { writer->append(std::move(piece), std::move(done)); }));
  }
  co_return co_await suspend<store::FileInfo>(
      [&](Completion<store::FileInfo> done) { writer->commit(kScope, std::move(path), std::move(contentType), std::move(done)); });
}

}  // namespace

Task<Result<Answer>> listFiles(Call call) {
  REDD_CO_TRY(auto path, pathOf(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  using Entries = std::vector<store::FileEntry>;
  REDD_CO_TRY(const auto entries, co_await suspend<Entries>([&](Completion<Entries> done) { store->fileList(kScope, path, std::move(done)); }));
  co_return Answer{JsonObject().text("path", path).raw("files", jsonList(entries, entryJson)).end()};
}

Task<Result<Answer>> removeFile(Call call) {
  REDD_CO_TRY(auto path, filePathOf(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  REDD_CO_TRY(const auto info, co_await suspend<store::FileInfo>(
                                   [&](Completion<store::FileInfo> done) { store->fileRemove(kScope, std::move(path), std::move(done)); }));
  co_return Answer{JsonObject().text("path", info.path).flag("deleted", true).end()};
}

Task<void> readFile(Call call, http::Exchange& exchange) {
  auto done = co_await sendFile(call, exchange);
  co_await endStream("file.read", std::move(done), exchange);
}

Task<void> writeFile(Call call, http::Exchange& exchange) {
  const auto stored = co_await receiveFile(call, exchange);
  if (!stored) {
    co_await endStream("file.write", stored.error(), exchange);
    co_return;
  }
  co_await respondJson(exchange, 200, fileJson(*stored));
}

}  // namespace redd::control
