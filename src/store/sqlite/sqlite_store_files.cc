// Files: rows in the database, content in blobs (store/files.h). Content is written and read on the readers' threads; naming a blob,
// its row, and the removal of a blob that no row names any more happen on the lane.
#include <fmt/format.h>
#include <unistd.h>

#include <set>

#include "base/json.h"
#include "file_rules.h"
#include "sqlite/blob_files.h"
#include "sqlite/sqlite_store.h"

namespace redd::store::sqlite {
namespace {

constexpr std::size_t kOpBytes = 512;
constexpr std::string_view kColumns = "SELECT path, blob, content_type, size, modified FROM file ";

Result<std::optional<FileInfo>> oneRow(Statement rows) {
  REDD_TRY(const bool there, rows.step());
  if (!there) return std::nullopt;
  return FileInfo{std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2)),
                  static_cast<std::uint64_t>(rows.integer(3)), rows.integer(4)};
}
Result<std::optional<FileInfo>> rowOf(Database& database, const std::string& scope, const std::string& path) {
  REDD_TRY(Statement rows, database.query(std::string(kColumns) + "WHERE scope = ? AND path = ?", scope, path));
  return oneRow(std::move(rows));
}

// A write that may leave a blob without a row.
template <class T>
class FileOp : public WriteOpOf<T> {
 public:
  FileOp(std::shared_ptr<BlobFiles> blobs, Completion<T> done) : WriteOpOf<T>(std::move(done)), blobs_(std::move(blobs)) {}
  void committed(Database& database) final {
    for (auto& hash : blobs_->takeLeft()) left_.push_back(std::move(hash));
    for (const auto& hash : left_) {
      auto rows = database.query("SELECT 1 FROM file WHERE blob = ? LIMIT 1", hash);
      const auto named = rows ? rows->step() : Result<bool>(rows.error());
      if (named && !*named) blobs_->remove(hash);  // in doubt it stays until the store is opened anew
    }
  }

 protected:
  std::shared_ptr<BlobFiles> blobs_;
  std::vector<std::string> left_;
};

class CommitFileOp final : public FileOp<FileInfo> {
 public:
  CommitFileOp(std::shared_ptr<BlobFiles> blobs, std::shared_ptr<NewBlob> blob, std::string scope, FileInfo info, Completion<FileInfo> done)
      : FileOp(std::move(blobs), std::move(done)), blob_(std::move(blob)), scope_(std::move(scope)), info_(std::move(info)) {}
  Result<void> apply(Writer& writer) override {
    left_.clear();
    REDD_TRY_VOID(blobs_->name(blob_->file(), info_.hash));
    REDD_TRY(const auto old, rowOf(writer.database, scope_, info_.path));
    if (old && old->hash != info_.hash) left_.push_back(old->hash);
    REDD_TRY_VOID(writer.database.run("INSERT OR REPLACE INTO file(scope, path, blob, content_type, size, modified) VALUES(?, ?, ?, ?, ?, ?)",
                                      scope_, info_.path, info_.hash, info_.contentType, info_.size, info_.modified));
    result_ = info_;
    return {};
  }

 private:
  std::shared_ptr<NewBlob> blob_;
  std::string scope_;
  FileInfo info_;
};

class RemoveFileOp final : public FileOp<FileInfo> {
 public:
  RemoveFileOp(std::shared_ptr<BlobFiles> blobs, std::string scope, std::string path, Completion<FileInfo> done)
      : FileOp(std::move(blobs), std::move(done)), scope_(std::move(scope)), path_(std::move(path)) {}
  Result<void> apply(Writer& writer) override {
    left_.clear();
    REDD_TRY(auto old, rowOf(writer.database, scope_, path_));
    if (!old) return noSuchFile(path_);
    left_.push_back(old->hash);
    REDD_TRY_VOID(writer.database.run("DELETE FROM file WHERE scope = ? AND path = ?", scope_, path_));
    result_ = *std::move(old);
    return {};
  }

 private:
  std::string scope_, path_;
};

class KeepScopesOp final : public FileOp<std::uint64_t> {
 public:
  KeepScopesOp(std::shared_ptr<BlobFiles> blobs, const std::vector<std::string>& scopes, Completion<std::uint64_t> done)
      : FileOp(std::move(blobs), std::move(done)) {
    for (const auto& scope : scopes) kept_ += (kept_.size() > 1 ? "," : "") + json::quoted(scope);
    kept_ += ']';
  }
  Result<void> apply(Writer& writer) override {
    constexpr std::string_view where = "FROM file WHERE scope <> '' AND scope NOT IN (SELECT value FROM json_each(?))";
    left_.clear();
    REDD_TRY(Statement rows, writer.database.query(fmt::format("SELECT blob {}", where), kept_));
    std::uint64_t count = 0;
    for (std::set<std::string> seen;; ++count) {
      REDD_TRY(const bool row, rows.step());
      if (!row) break;
      if (seen.emplace(rows.text(0)).second) left_.emplace_back(rows.text(0));
    }
    REDD_TRY_VOID(writer.database.run(fmt::format("DELETE {}", where), kept_));
    result_ = count;
    return {};
  }

 private:
  std::string kept_ = "[";
};

}  // namespace

class SqliteStore::OpenFile final : public FileReader {
 public:
  OpenFile(std::shared_ptr<SqliteStore> store, FileInfo info, std::shared_ptr<Fd> fd)
      : store_(std::move(store)), info_(std::move(info)), fd_(std::move(fd)) {}
  const FileInfo& info() const override { return info_; }
  void read(std::uint64_t offset, std::size_t bytes, Completion<std::string> done) override {
    const auto left = offset < info_.size ? info_.size - offset : 0;
    bytes = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, left));
    store_->onReaders<std::string>([fd = fd_, offset, bytes](Moment&) -> Result<std::string> {
      std::string out(bytes, '\0');
      std::size_t have = 0;
      while (have < bytes) {
        const auto got = ::pread(fd->get(), out.data() + have, bytes - have, static_cast<off_t>(offset + have));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return Error::hidden(ErrorCode::internal, "a blob is shorter than its row says, or cannot be read");
        have += static_cast<std::size_t>(got);
      }
      return out;
    }, std::move(done));
  }

 private:
  std::shared_ptr<SqliteStore> store_;
  FileInfo info_;
  std::shared_ptr<Fd> fd_;
};

class SqliteStore::Upload final : public FileWriter, public std::enable_shared_from_this<Upload> {
 public:
  Upload(std::shared_ptr<SqliteStore> store, std::shared_ptr<NewBlob> blob) : store_(std::move(store)), blob_(std::move(blob)) {}

  void append(std::string bytes, Completion<void> done) override {
    if (busy_ || !blob_) return store_->failLater(std::move(done), invalid("One piece of a file at a time"));
    const auto most = store_->limits_.fileBytesMax;
    if (blob_->size() + bytes.size() > most) {
      return store_->failLater(std::move(done), Error::make(ErrorCode::payloadTooLarge, fmt::format("A file has at most {} bytes", most)));
    }
    busy_ = true;
    store_->onReaders<void>([blob = blob_, bytes = std::move(bytes)](Moment&) { return blob->append(bytes); },
                            [self = shared_from_this(), done = std::move(done)](Result<void> result) mutable {
                              self->busy_ = false;
                              done(std::move(result));
                            });
  }

  void commit(std::string scope, std::string path, std::string contentType, Completion<FileInfo> done) override {
    auto name = fileName(path, store_->limits_);
    if (busy_ || !blob_) name = invalid("One piece of a file at a time");
    if (!name) return store_->failLater(std::move(done), name.error());
    FileInfo info{*std::move(name), "", std::move(contentType), blob_->size(), nowMs()};
    if (info.contentType.empty()) info.contentType = contentTypeOf(info.path);
    auto blob = std::exchange(blob_, nullptr);
    store_->onReaders<std::string>([blob](Moment&) { return blob->finish(); }, [store = store_, blob, scope = std::move(scope), info = std::move(info),
                                                                       done = std::move(done)](Result<std::string> hash) mutable {
      if (!hash) return done(hash.error());
      info.hash = *std::move(hash);
      store->filesWritten_ = std::max(store->filesWritten_,
          store->write(std::make_unique<CommitFileOp>(store->blobs_, std::move(blob), std::move(scope), std::move(info), std::move(done)), kOpBytes));
    });
  }

 private:
  std::shared_ptr<SqliteStore> store_;
  std::shared_ptr<NewBlob> blob_;
  bool busy_ = false;
};

void SqliteStore::fileOpen(std::string scope, std::string path, Completion<std::shared_ptr<FileReader>> done) {
  auto name = fileName(path, limits_);
  if (!name) return failLater(std::move(done), name.error());
  using Found = std::pair<FileInfo, std::shared_ptr<Fd>>;
  auto job = [blobs = blobs_, scope = std::move(scope), name = *std::move(name)](Database& database) -> Result<Found> {
    for (int attempt = 0;; ++attempt) {
      if (attempt > 0) {  // it was replaced in between: the row of now, not of the moment that is being read
        database.rollback();
        REDD_TRY_VOID(database.beginReading());
      }
      REDD_TRY(auto info, rowOf(database, scope, name));
      if (!info) return noSuchFile(name);
      auto fd = blobs->open(info->hash);
      if (fd) return Found{*std::move(info), std::make_shared<Fd>(*std::move(fd))};
      if (attempt > 0 || fd.error().code != ErrorCode::notFound) return Error::hidden(ErrorCode::internal, fd.error().detail);
    }
  };
  readAfter<Found>(filesWritten_, std::move(job), [self = shared_from_this(), done = std::move(done)](Result<Found> found) mutable {
    if (!found) return done(found.error());
    done(std::shared_ptr<FileReader>(std::make_shared<OpenFile>(std::move(self), std::move(found->first), std::move(found->second))));
  });
}

void SqliteStore::fileCreate(Completion<std::shared_ptr<FileWriter>> done) {
  onReaders<std::shared_ptr<NewBlob>>([file = blobs_->unnamed(++lastUpload_)](Moment&) -> Result<std::shared_ptr<NewBlob>> {
    REDD_TRY(auto blob, NewBlob::create(file));
    return std::shared_ptr<NewBlob>(std::move(blob));
  }, [self = shared_from_this(), done = std::move(done)](Result<std::shared_ptr<NewBlob>> blob) mutable {
    if (!blob) return done(blob.error());
    done(std::shared_ptr<FileWriter>(std::make_shared<Upload>(std::move(self), *std::move(blob))));
  });
}

void SqliteStore::fileRemove(std::string scope, std::string path, Completion<FileInfo> done) {
  auto name = fileName(path, limits_);
  if (!name) return failLater(std::move(done), name.error());
  filesWritten_ = std::max(filesWritten_, write(std::make_unique<RemoveFileOp>(blobs_, std::move(scope), *std::move(name), std::move(done)), kOpBytes));
}

void SqliteStore::fileKeepScopes(std::vector<std::string> scopes, Completion<std::uint64_t> done) {
  filesWritten_ = std::max(filesWritten_, write(std::make_unique<KeepScopesOp>(blobs_, scopes, std::move(done)), kOpBytes));
}

void SqliteStore::fileList(std::string scope, std::string directory, Completion<std::vector<FileEntry>> done) {
  auto name = filePath(directory, limits_.filePathBytesMax);
  if (!name) return failLater(std::move(done), name.error());
  auto job = [scope = std::move(scope), name = *std::move(name)](Database& database) {
    return entriesOf(name, [&](const std::string& from) -> Result<std::optional<FileInfo>> {
      REDD_TRY(Statement rows, database.query(std::string(kColumns) + "WHERE scope = ? AND path >= ? ORDER BY path LIMIT 1", scope, from));
      return oneRow(std::move(rows));
    });
  };
  readAfter<std::vector<FileEntry>>(filesWritten_, std::move(job), std::move(done));
}

}  // namespace redd::store::sqlite
