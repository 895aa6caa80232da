// Files of a space: what Store's file… methods give and take. A file is a row (scope, path) that names a blob by the hash of its
// content; a blob never changes, so what is open for reading stays readable while the file is replaced or removed.
// Scope "" is the app's file store; any other is the id of the deployment whose source files it holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/suspend.h"

namespace redd::store {

struct FileInfo {
  std::string path = {};    // as filePath() gives it
  std::string hash = {};    // SHA-256 of the content, 64 digits
  std::string contentType = {};
  std::uint64_t size = 0;
  UnixMs modified = 0;
};
struct FileEntry {
  enum class Kind : std::uint8_t { file, directory } kind = Kind::file;
  FileInfo info = {};       // of a directory: the path alone
};

// Completions come on the loop, never inside the call.
class FileReader {
 public:
  virtual ~FileReader() = default;
  virtual const FileInfo& info() const = 0;
  // Bytes from `offset` on; fewer only at the file's end.
  virtual void read(std::uint64_t offset, std::size_t bytes, Completion<std::string> done) = 0;
};

// A file that is being written; dropping it before commit() leaves nothing behind. One call at a time: another while one is under way
// is refused. Errors: storageFull, payloadTooLarge (Limits::fileBytesMax).
class FileWriter {
 public:
  virtual ~FileWriter() = default;
  virtual void append(std::string bytes, Completion<void> done) = 0;
  // Content and row are on disk when `done` is called; replaces a file of that path. Nothing may be called after it.
  virtual void commit(std::string scope, std::string path, std::string contentType, Completion<FileInfo> done) = 0;
};

// "/a/b": absolute, `.` and `..` resolved, no empty parts, at most Limits::filePathBytesMax. Errors: invalidArgument (a zero byte, out
// of the root, too long). "/" is the root directory, which no file can be.
Result<std::string> filePath(std::string_view path, std::size_t bytesMax);
Error noSuchFile(std::string_view path);                   // notFound: "File not found: /path"
std::string_view contentTypeOf(std::string_view path);     // by its extension

}  // namespace redd::store
