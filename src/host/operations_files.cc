// Files (spec 60.1). What is open stands in the table of cursors: it belongs to its worker and closes with its invocation.
#include <fmt/format.h>

#include "base/json.h"
#include "operation_tools.h"

namespace redd::host {
namespace {

using worker::CallReply;

constexpr std::size_t kPieceBytes = 256 << 10;

std::string infoJson(const store::FileInfo& info, std::uint64_t handle) {
  return fmt::format(R"({{"path":{},"size":{},"contentType":{},"etag":"\"{}\"","modified":{},"handle":{}}})", json::quoted(info.path), info.size,
                     json::quoted(info.contentType), info.hash.substr(0, 32), info.modified, handle);
}

std::string entriesJson(const std::vector<store::FileEntry>& entries) {
  std::string out = "[";
  for (const auto& [kind, info] : entries) {
    if (out.size() > 1) out += ',';
    const bool directory = kind == store::FileEntry::Kind::directory;
    out += fmt::format(R"({{"name":{},"path":{},"type":"{}","size":{},"modified":{},"contentType":{}}})",
                       json::quoted(info.path.substr(info.path.rfind('/') + 1)), json::quoted(info.path), directory ? "directory" : "file", info.size,
                       directory ? "null" : std::to_string(info.modified), directory ? "null" : json::quoted(info.contentType));
  }
  return out += ']';
}

// The scope of store/files.h. Source files are those of the deployment that asks.
Result<std::string> scopeOf(Call& call) {
  REDD_TRY(const std::string place, call.arguments.textOrEmpty("place", 10));
  if (place.empty()) return std::string();
  if (place != "source" || !call.space.deployment) return invalid("a file's place is empty or \"source\"");
  return call.space.deployment->sourceScope();
}

Result<std::string> pathOf(Call& call) { return call.arguments.text("path", 16 * call.limits.filePathBytesMax); }

Result<std::uint64_t> handleOf(Call& call) {
  REDD_TRY(const double handle, call.arguments.number("handle"));
  if (handle < 1 || handle > 9e15) return notFound("no such open file");
  return static_cast<std::uint64_t>(handle);
}

template <class Left>
Result<std::shared_ptr<Left>> opened(Call& call) {
  REDD_TRY(const auto handle, handleOf(call));
  const Cursor* cursor = call.cursors->find(handle, call.workerId);
  const auto* left = cursor ? std::get_if<std::shared_ptr<Left>>(&cursor->left) : nullptr;
  if (!left) return notFound("no such open file");
  return *left;
}

}  // namespace

Result<void> fileOpen(Call& call) {
  REDD_TRY(std::string path, pathOf(call));
  REDD_TRY(std::string scope, scopeOf(call));
  call.store->fileOpen(std::move(scope), std::move(path), answering<std::shared_ptr<store::FileReader>>(
      call, [cursors = call.cursors, store = std::weak_ptr(call.store), worker = call.workerId, invocation = call.invocation](const auto& file) {
        return infoJson(file->info(), cursors->open({worker, invocation, store, file}));
      }));
  return {};
}

Result<void> fileRead(Call& call) {
  REDD_TRY(const auto file, opened<store::FileReader>(call));
  REDD_TRY(const double offset, call.arguments.number("offset"));
  REDD_TRY(const double bytes, call.arguments.number("bytes"));
  if (offset < 0 || offset > 9e15 || bytes < 0 || bytes > kPieceBytes) return invalid(fmt::format("a piece of a file has 0 to {} bytes", kPieceBytes));
  file->read(static_cast<std::uint64_t>(offset), static_cast<std::size_t>(bytes), [reply = std::move(call.reply)](Result<std::string> piece) mutable {
    if (!piece) return reply(errorReply(piece.error()));
    reply({CallReply::Kind::bytes, *std::move(piece)});
  });
  return {};
}

Result<void> fileCreate(Call& call) {
  call.store->fileCreate(answering<std::shared_ptr<store::FileWriter>>(
      call, [cursors = call.cursors, store = std::weak_ptr(call.store), worker = call.workerId, invocation = call.invocation](const auto& file) {
        return std::to_string(cursors->open({worker, invocation, store, file}));
      }));
  return {};
}

Result<void> fileAppend(Call& call) {
  REDD_TRY(const auto file, opened<store::FileWriter>(call));
  if (call.bytes.size() > kPieceBytes) return invalid(fmt::format("a piece of a file has at most {} bytes", kPieceBytes));
  file->append(std::string(call.bytes), answering<void>(call, [] { return std::string("null"); }));
  return {};
}

Result<void> fileCommit(Call& call) {
  REDD_TRY(const auto handle, handleOf(call));
  REDD_TRY(std::string path, pathOf(call));
  REDD_TRY(std::string type, call.arguments.textOrEmpty("contentType", 255));
  const auto cursor = call.cursors->take(handle, call.workerId);
  const auto* file = cursor ? std::get_if<std::shared_ptr<store::FileWriter>>(&cursor->left) : nullptr;
  if (!file) return notFound("no such open file");
  (*file)->commit("", std::move(path), std::move(type), answering<store::FileInfo>(call, [](const store::FileInfo& info) { return infoJson(info, 0); }));
  return {};
}

Result<void> fileClose(Call& call) {
  REDD_TRY(const auto handle, handleOf(call));
  call.cursors->take(handle, call.workerId);
  call.reply({CallReply::Kind::value, "null"});
  return {};
}

Result<void> fileRemove(Call& call) {
  REDD_TRY(std::string path, pathOf(call));
  call.store->fileRemove("", std::move(path), answering<store::FileInfo>(call, [](const store::FileInfo& info) {
    return fmt::format(R"({{"path":{},"deleted":true}})", json::quoted(info.path));
  }));
  return {};
}

Result<void> fileList(Call& call) {
  REDD_TRY(std::string path, call.arguments.textOrEmpty("path", 16 * call.limits.filePathBytesMax));
  REDD_TRY(std::string scope, scopeOf(call));
  call.store->fileList(std::move(scope), std::move(path), answering<std::vector<store::FileEntry>>(call, entriesJson));
  return {};
}

}  // namespace redd::host
