// Store over one SQLite file.
//
// The way of a write: called on the loop → numbered and gathered → handed to the lane once per turn of the loop → applied and
// committed with whatever else is there → synced → one message back, in which the cache learns the news and every completion
// is called. The way of a read: from the cache, or on a thread of the shared reader pool, after the writes of the same things
// that were called before it (REL-16).
//
// Belongs to the loop; the lane and the readers hold no pointer to it that outlives a message.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "cursors.h"
#include "sqlite/blob_files.h"
#include "sqlite/kv_cache.h"
#include "sqlite/lane.h"
#include "sqlite/read_queue.h"
#include "sqlite/sqlite_rows.h"
#include "slow_queries.h"
#include "store/store.h"

namespace redd::store::sqlite {

class SqliteStore final : public Store, public std::enable_shared_from_this<SqliteStore> {
 public:
  struct Options {
    std::string label;            // of the metrics: the space
    std::int64_t pagesMax = 0;    // 0: as large as the disk
    std::filesystem::path moments = {};  // the folder of this space's moments (store/moments.h); empty: none are kept
    std::int64_t momentsKeptMs = 0;
  };
  static constexpr std::size_t kWritesWaitingMax = 10'000;
  static constexpr std::size_t kWriteBytesWaitingMax = 64 << 20;
  static constexpr std::size_t kReadsWaitingMax = 10'000;
  static constexpr std::size_t kScanBytesMax = 4 << 20;

  // Opens the database; not on the loop: it reads and writes files.
  static Result<Database> openDatabase(const std::filesystem::path& file, const Options& options);
  static std::shared_ptr<SqliteStore> make(Loop& loop, Database database, std::shared_ptr<ReaderThreads> readers,
                                           const Limits& limits, Metrics& metrics, const Options& options);
  ~SqliteStore() override;

  void kvGet(std::string keyspace, std::string key, Completion<std::optional<KvValue>> done) override;
  void kvSet(std::string keyspace, std::string key, std::string value, std::optional<std::int64_t> ttlMs,
             Completion<void> done) override;
  void kvIncr(std::string keyspace, std::string key, double by, std::optional<std::int64_t> ttlMs,
              Completion<double> done) override;
  void kvDel(std::string keyspace, std::string key, Completion<std::optional<KvValue>> done) override;
  void kvScan(KvScan scan, Completion<std::vector<KvEntry>> done) override;
  void kvDelPrefix(std::string keyspace, std::string prefix, Completion<std::uint64_t> done) override;

  void insert(std::string collection, std::vector<std::string> documents, Completion<std::vector<std::string>> done) override;
  void findOne(std::string collection, Selector selector, std::string options,
               Completion<std::optional<std::string>> done) override;
  void find(std::string collection, Find find, Completion<Page> done) override;
  void next(std::uint64_t cursor, Completion<Page> done) override;
  void closeCursor(std::uint64_t cursor) override;
  void update(std::string collection, Selector selector, std::string change, Many many, Upsert upsert,
              Completion<Change> done) override;
  void replace(std::string collection, Selector selector, std::string document, Many many, Upsert upsert,
               Completion<Change> done) override;
  void remove(std::string collection, Selector selector, Many many, Completion<std::vector<std::string>> doneIds) override;
  void count(std::string collection, std::string filter, Completion<std::uint64_t> done) override;
  void put(std::string collection, std::vector<std::string> documents, Completion<std::uint64_t> done) override;

  void collections(Completion<std::vector<CollectionInfo>> done) override;
  void collection(std::string name, Completion<std::optional<CollectionInfo>> done) override;
  void createCollection(std::string name, CollectionOptions options, Completion<void> done) override;
  void dropCollection(std::string name, Completion<bool> done) override;
  void setSchema(std::string collection, std::optional<std::string> schema, Completion<void> done) override;
  void setCap(std::string collection, std::optional<std::uint64_t> cap, Completion<void> done) override;
  void createIndex(std::string collection, std::vector<std::string> fields, Progress progress, Completion<void> done) override;
  void removeIndex(std::string collection, std::vector<std::string> fields, Completion<bool> done) override;
  void advice(Completion<std::vector<IndexAdvice>> done) override;

  void fileOpen(std::string scope, std::string path, Completion<std::shared_ptr<FileReader>> done) override;
  void fileCreate(Completion<std::shared_ptr<FileWriter>> done) override;
  void fileRemove(std::string scope, std::string path, Completion<FileInfo> done) override;
  void fileList(std::string scope, std::string directory, Completion<std::vector<FileEntry>> done) override;
  void fileKeepScopes(std::vector<std::string> scopes, Completion<std::uint64_t> done) override;

  void close(Completion<void> done) override;

 private:
  using WorkGuard = boost::asio::executor_work_guard<Loop::executor_type>;

  SqliteStore(Loop& loop, std::filesystem::path file, std::shared_ptr<ReaderThreads> readers, const Limits& limits);
  void start(Database database, Metrics& metrics, const Options& options);

  // Writes.
  std::uint64_t write(std::unique_ptr<WriteOp> op, std::size_t bytes);  // its number; 0 when it was refused
  void flush();
  void delivered(Lane::Outcome outcome);

  // Reads: job(Database&) -> Result<T> on a reader thread, once the writes up to `number` are done.
  template <class T, class Job>
  void readAfter(std::uint64_t number, Job job, Completion<T> done);
  template <class T, class Job>
  void read(Job job, Completion<T> done);
  void after(std::uint64_t number, std::move_only_function<void()> then);
  template <class T, class Job>
  void onReaders(Job job, Completion<T> done);  // job(Moment&) -> Result<T>

  class OpenFile;
  class Upload;

  struct PageRead {
    std::vector<std::string> items;
    Finder finder;
  };
  struct IndexBuild;
  template <class T, class Work>
  void writeTo(const std::string& collection, Work work, std::size_t bytes, Completion<T> done);
  void buildIndex(std::shared_ptr<IndexBuild> build);
  void finishIndexes();  // those that a stop left half built
  void writeDocuments(const std::string& collection, std::unique_ptr<WriteOp> op, std::size_t bytes);
  std::uint64_t writtenIn(const std::string& collection) const;  // number of its last write

  void getNow(const KvKey& key, Completion<std::optional<KvValue>> done);
  void load(const KvKey& key, KvCache::Entry& entry);
  void loaded(const KvKey& key, Result<KvState> state);

  template <class T>
  void failLater(Completion<T> done, Error error);
  void closeWhenQuiet();

  Loop& loop_;
  std::shared_ptr<ReaderThreads> readers_;
  const Limits limits_;
  std::shared_ptr<ReadQueue> reads_;
  std::shared_ptr<KnownCollections> known_ = std::make_shared<KnownCollections>();
  std::shared_ptr<SlowQueries> slow_ = std::make_shared<SlowQueries>();
  std::unique_ptr<Lane> lane_;

  WriteOps gathered_;
  std::uint64_t called_ = 0;         // number of the last write called
  std::uint64_t settled_ = 0;        // number of the last write completed
  std::size_t bytesWaiting_ = 0;     // of the writes called and not completed
  std::multimap<std::uint64_t, std::move_only_function<void()>> waiting_;
  std::optional<WorkGuard> guard_;   // while a write is under way, so that the loop stays

  KvCache cache_;
  std::uint64_t kvWritten_ = 0;          // number of the last key/value write: scans wait for it
  std::uint64_t kvPrefixRemoved_ = 0;    // number of the last kvDelPrefix: every get waits for it

  Cursors cursors_;
  std::unordered_map<std::string, std::uint64_t> documentsWritten_;  // number of the last write of each collection

  std::shared_ptr<BlobFiles> blobsOf(const std::filesystem::path& file, const std::filesystem::path& retired) const;  // for the lane's thread
  std::shared_ptr<BlobFiles> blobs_;
  std::uint64_t filesWritten_ = 0;  // number of the last write of a file's row
  std::uint64_t lastUpload_ = 0;

  Completion<void> closed_;
  bool closing_ = false;
};

// ---- templates ----

template <class T>
void SqliteStore::failLater(Completion<T> done, Error error) {
  boost::asio::post(loop_, [self = shared_from_this(), done = std::move(done), error = std::move(error)]() mutable {
    done(std::move(error));
  });
}

template <class T, class Job>
void SqliteStore::readAfter(std::uint64_t number, Job job, Completion<T> done) {
  if (number <= settled_) return read<T>(std::move(job), std::move(done));
  after(number, [this, job = std::move(job), done = std::move(done)]() mutable { read<T>(std::move(job), std::move(done)); });
}

template <class T, class Job>
void SqliteStore::read(Job job, Completion<T> done) {
  onReaders<T>([settled = settled_, job = std::move(job)](Moment& moment) mutable -> Result<T> {
    REDD_TRY(Database* database, moment.from(settled));
    return job(*database);
  }, std::move(done));
}

template <class T, class Job>
void SqliteStore::onReaders(Job job, Completion<T> done) {
  if (closing_ || reads_->size() >= kReadsWaitingMax) {
    return failLater(std::move(done), Error::make(ErrorCode::unavailable, closing_ ? "The store is closing" : "Too many reads wait"));
  }
  reads_->add([self = shared_from_this(), job = std::move(job), done = std::move(done)](Moment& moment) mutable -> ReadQueue::Done {
    return [self = std::move(self), result = Result<T>(job(moment)), done = std::move(done)]() mutable {
      done(std::move(result));
      self->closeWhenQuiet();
    };
  });
}

}  // namespace redd::store::sqlite
