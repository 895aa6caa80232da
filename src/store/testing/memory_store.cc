#include "store/testing/memory_store.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <ranges>
#include <set>
#include <type_traits>

#include "collection_ops.h"
#include "cursors.h"
#include "document_ops.h"
#include "crypto/hash.h"
#include "file_rules.h"
#include "kv_rules.h"

namespace redd::store {
namespace {

struct MapCollection {
  CollectionPtr known;
  std::map<std::string, std::string, std::less<>> documents;
  std::vector<std::string> arrivals;  // of a capped one, oldest first
  std::map<std::string, UnixMs, std::less<>> expiries;
};
struct MapData {
  std::shared_ptr<SlowQueries> slow = std::make_shared<SlowQueries>();
  std::map<std::string, MapCollection> collections;
  std::map<std::int64_t, std::set<std::pair<std::string, std::string>>> keys;  // index → (key, id)
  std::int64_t lastNumber = 0;
};

class MapRows final : public DocumentRows {
 public:
  explicit MapRows(MapData& data) : data_(data) {}
  SlowQueries* slowQueries() override { return data_.slow.get(); }

  Result<std::optional<std::string>> get(const std::string& collection, std::string_view id) override {
    const auto* own = own_(collection);
    if (!own) return std::optional<std::string>();
    const auto row = own->documents.find(id);
    return row == own->documents.end() ? std::nullopt : std::optional(row->second);
  }
  Result<void> scan(const std::string& collection, const IdRange& range, Direction direction, const Visit& visit) override {
    const auto* own = own_(collection);
    if (!own) return {};
    if (range.from >= range.to) return {};
    const auto first = own->documents.lower_bound(range.from), last = own->documents.lower_bound(range.to);
    return direction == Direction::forward ? walk(first, last, visit) : walk(std::make_reverse_iterator(last), std::make_reverse_iterator(first), visit);
  }
  Result<std::uint64_t> count(const std::string& collection) override {
    const auto* own = own_(collection);
    return own ? own->documents.size() : 0;
  }
  Result<bool> insert(const std::string& collection, std::string_view id, std::string_view json) override {
    return made(collection).documents.emplace(id, json).second;
  }
  Result<void> put(const std::string& collection, std::string_view id, std::string_view json) override {
    made(collection).documents.insert_or_assign(std::string(id), std::string(json));
    return {};
  }
  Result<void> erase(const std::string& collection, std::string_view id) override {
    auto& rows = made(collection).documents;
    if (const auto row = rows.find(id); row != rows.end()) rows.erase(row);
    return {};
  }

  Result<void> scanKeys(std::int64_t index, const std::string& from, const std::string& to, const std::optional<KeyPlace>& after,
                        Direction direction, const VisitKey& visit) override {
    const bool forward = direction == Direction::forward;
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& one : data_.keys[index]) {
      if (one.first < from || one.first >= to) continue;
      const auto order = after ? one.first.compare(after->key) : 0;
      const bool behind = !after || (order == 0 ? one.second > after->id : forward == (order > 0));
      if (behind) found.push_back(one);
    }
    if (!forward) {
      std::ranges::sort(found, [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    }
    for (const auto& [key, id] : found) {
      REDD_TRY(const bool more, visit(key, id));
      if (!more) break;
    }
    return {};
  }
  Result<void> scanByKeys(const std::string& collection, std::int64_t index, const std::string& from, const std::string& to,
                          const std::optional<KeyPlace>& after, Direction direction, const VisitKeyed& visit) override {
    return scanKeys(index, from, to, after, direction, [&](std::string_view key, std::string_view id) -> Result<bool> {
      REDD_TRY(const auto json, get(collection, id));
      return json ? visit(key, id, *json) : Result<bool>(true);
    });
  }
  Result<void> scanPoint(const std::string& collection, std::int64_t index, const std::string& key, const IdRange& range, Direction direction,
                         const Visit& visit) override {
    const auto isIn = [&](std::string_view id) { return id >= range.from && id < range.to && data_.keys[index].contains({key, std::string(id)}); };
    return scan(collection, range, direction,
                [&](std::string_view id, std::string_view json) -> Result<bool> { return isIn(id) ? visit(id, json) : Result<bool>(true); });
  }
  Result<void> addKey(std::int64_t index, std::string_view key, std::string_view id) override {
    data_.keys[index].emplace(key, id);
    return {};
  }
  Result<void> removeKey(std::int64_t index, std::string_view key, std::string_view id) override {
    data_.keys[index].erase({std::string(key), std::string(id)});
    return {};
  }

  Result<CollectionPtr> find(const std::string& collection) override {
    const auto* own = own_(collection);
    return own ? own->known : nullptr;
  }
  Result<CollectionPtr> findOrMake(const std::string& collection) override { return made(collection).known; }
  Result<void> setSchema(const std::string& collection, const std::optional<std::string>& schema) override {
    return change(collection, [&schema](Collection& known) -> Result<void> {
      known.schemaText = schema;
      known.schema = nullptr;
      if (!schema) return {};
      REDD_TRY(known.schema, compileSchema(*schema));
      return {};
    });
  }
  Result<void> setCap(const std::string& collection, std::optional<std::uint64_t> cap) override {
    auto& own = made(collection);
    own.arrivals.clear();
    if (cap) std::ranges::copy(own.documents | std::views::keys, std::back_inserter(own.arrivals));
    return change(collection, [cap](Collection& known) -> Result<void> {
      known.cap = cap;
      return {};
    });
  }
  Result<void> drop(const std::string& collection) override {
    data_.collections.erase(collection);
    return {};
  }
  Result<std::int64_t> addIndex(const std::string& collection, const std::vector<std::string>& fields) override {
    Index index;
    index.number = ++data_.lastNumber;
    index.fields = fields;
    for (const auto& field : fields) index.paths.emplace_back(field);
    REDD_TRY_VOID(change(collection, [&index](Collection& known) -> Result<void> {
      known.indexes.push_back(index);
      return {};
    }));
    return index.number;
  }
  Result<void> markReady(const std::string& collection, std::int64_t number) override {
    return changeIndex(collection, number, [](Index& index) { index.state = IndexInfo::State::ready; });
  }
  Result<void> markMany(const std::string& collection, std::int64_t number) override {
    return changeIndex(collection, number, [](Index& index) { index.many = true; });
  }
  Result<void> removeIndex(const std::string& collection, std::int64_t number) override {
    return change(collection, [number](Collection& known) -> Result<void> {
      std::erase_if(known.indexes, [number](const Index& index) { return index.number == number; });
      return {};
    });
  }

  Result<void> setExpiry(const std::string& collection, std::string_view id, UnixMs at) override {
    made(collection).expiries.insert_or_assign(std::string(id), at);
    return {};
  }
  Result<void> arrived(const std::string& collection, std::string_view id) override {
    made(collection).arrivals.emplace_back(id);
    return {};
  }
  Result<void> left(const std::string& collection, std::string_view id) override {
    std::erase(made(collection).arrivals, id);
    return {};
  }
  Result<std::uint64_t> arrivals(const std::string& collection) override { return made(collection).arrivals.size(); }
  Result<std::vector<std::string>> oldest(const std::string& collection, std::uint64_t count) override {
    const auto& all = made(collection).arrivals;
    return std::vector(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(count, all.size())));
  }

 private:
  template <class Iterator>
  static Result<void> walk(Iterator at, Iterator end, const Visit& visit) {
    for (; at != end; ++at) {
      REDD_TRY(const bool more, visit(at->first, at->second));
      if (!more) break;
    }
    return {};
  }
  const MapCollection* own_(const std::string& name) const {
    const auto found = data_.collections.find(name);
    return found == data_.collections.end() ? nullptr : &found->second;
  }
  MapCollection& made(const std::string& name) {
    auto& own = data_.collections[name];
    if (!own.known) {
      Collection known;
      known.number = ++data_.lastNumber;
      known.createdMs = nowMs();
      own.known = std::make_shared<const Collection>(std::move(known));
    }
    return own;
  }
  template <class Edit>
  Result<void> change(const std::string& name, Edit edit) {
    auto& own = made(name);
    auto fresh = std::make_shared<Collection>(*own.known);
    REDD_TRY_VOID(edit(*fresh));
    own.known = std::move(fresh);
    return {};
  }
  template <class Edit>
  Result<void> changeIndex(const std::string& name, std::int64_t number, Edit edit) {
    return change(name, [&](Collection& known) -> Result<void> {
      for (auto& index : known.indexes) {
        if (index.number == number) edit(index);
      }
      return {};
    });
  }
  MapData& data_;
};

struct MapFile {
  FileInfo info;
  std::shared_ptr<const std::string> content;
};
using MapFiles = std::map<std::pair<std::string, std::string>, MapFile>;

class MapFileReader final : public FileReader {
 public:
  MapFileReader(Loop& loop, MapFile file) : loop_(loop), file_(std::move(file)) {}
  const FileInfo& info() const override { return file_.info; }
  void read(std::uint64_t offset, std::size_t bytes, Completion<std::string> done) override {
    auto piece = offset < file_.info.size ? file_.content->substr(static_cast<std::size_t>(offset), bytes) : std::string();
    boost::asio::post(loop_, [done = std::move(done), piece = std::move(piece)]() mutable { done(std::move(piece)); });
  }

 private:
  Loop& loop_;
  MapFile file_;
};

class MapFileWriter final : public FileWriter {
 public:
  MapFileWriter(Loop& loop, std::shared_ptr<MapFiles> files, const Limits& limits) : loop_(loop), files_(std::move(files)), limits_(limits) {}
  void append(std::string bytes, Completion<void> done) override {
    content_ += bytes;
    boost::asio::post(loop_, [done = std::move(done)]() mutable { done({}); });
  }
  void commit(std::string scope, std::string path, std::string contentType, Completion<FileInfo> done) override {
    boost::asio::post(loop_, [done = std::move(done), result = put(scope, path, std::move(contentType))]() mutable { done(std::move(result)); });
  }

 private:
  Result<FileInfo> put(const std::string& scope, const std::string& path, std::string contentType) {
    REDD_TRY(std::string name, fileName(path, limits_));
    if (contentType.empty()) contentType = contentTypeOf(name);
    const FileInfo info{name, crypto::sha256Hex(content_), std::move(contentType), content_.size(), nowMs()};
    (*files_)[{scope, name}] = {info, std::make_shared<const std::string>(std::move(content_))};
    return info;
  }
  Loop& loop_;
  std::shared_ptr<MapFiles> files_;
  Limits limits_;
  std::string content_;
};

class MemoryStore final : public Store {
 public:
  MemoryStore(Loop& loop, const Limits& limits) : loop_(loop), limits_(limits) {}

  void kvGet(std::string keyspace, std::string key, Completion<std::optional<KvValue>> done) override {
    if (auto sound = checkKey(limits_, keyspace, key); !sound) return later(std::move(done), sound.error());
    later(std::move(done), Result<std::optional<KvValue>>(visible({keyspace, key})));
  }
  void kvSet(std::string keyspace, std::string key, std::string value, std::optional<std::int64_t> ttlMs,
             Completion<void> done) override {
    auto sound = checkKey(limits_, keyspace, key);
    if (sound) sound = checkValue(limits_, value);
    if (sound) entries_[{keyspace, key}] = {std::move(value), expiryOf(ttlMs, nowMs())};
    later(std::move(done), std::move(sound));
  }
  void kvIncr(std::string keyspace, std::string key, double by, std::optional<std::int64_t> ttlMs,
              Completion<double> done) override {
    later(std::move(done), incr({keyspace, key}, by, ttlMs));
  }
  void kvDel(std::string keyspace, std::string key, Completion<std::optional<KvValue>> done) override {
    auto old = visible({keyspace, key});
    entries_.erase({keyspace, key});
    later(std::move(done), Result<std::optional<KvValue>>(std::move(old)));
  }
  void kvScan(KvScan scan, Completion<std::vector<KvEntry>> done) override {
    std::vector<KvEntry> found;
    for (const auto& [name, entry] : entries_) {
      const bool ascending = scan.order == KvScan::Order::ascending;
      const bool behind = !scan.after || (ascending ? name.second > *scan.after : name.second < *scan.after);
      if (name.first != scan.keyspace || !name.second.starts_with(scan.prefix) || !behind) continue;
      if (const auto value = visible(name)) found.push_back({name.second, *value, entry.expiresAt});
    }
    if (scan.order == KvScan::Order::descending) std::ranges::reverse(found);
    if (found.size() > scan.limit) found.resize(scan.limit);
    later(std::move(done), Result<std::vector<KvEntry>>(std::move(found)));
  }
  void kvDelPrefix(std::string keyspace, std::string prefix, Completion<std::uint64_t> done) override {
    std::uint64_t count = 0;
    std::erase_if(entries_, [&](const auto& one) {
      if (one.first.first != keyspace || !one.first.second.starts_with(prefix)) return false;
      count += visible(one.first) ? 1 : 0;
      return true;
    });
    later(std::move(done), Result<std::uint64_t>(count));
  }

  void insert(std::string collection, std::vector<std::string> documents, Completion<std::vector<std::string>> done) override {
    later(std::move(done), atomically([&](MapRows& rows) { return insertDocuments(rows, collection, documents); }));
  }
  void findOne(std::string collection, Selector selector, std::string options,
               Completion<std::optional<std::string>> done) override {
    forgetExpired();
    MapRows rows(data_);
    later(std::move(done), findOneDocument(rows, collection, selector, options));
  }
  void find(std::string collection, Find find, Completion<Page> done) override {
    later(std::move(done), firstPage(std::move(collection), find));
  }
  void next(std::uint64_t cursor, Completion<Page> done) override { later(std::move(done), nextPage(cursor)); }
  void closeCursor(std::uint64_t cursor) override { cursors_.close(cursor); }
  void update(std::string collection, Selector selector, std::string change, Many many, Upsert upsert,
              Completion<Change> done) override {
    later(std::move(done),
          atomically([&](MapRows& rows) { return updateDocuments(rows, collection, selector, change, many, upsert); }));
  }
  void replace(std::string collection, Selector selector, std::string document, Many many, Upsert upsert,
               Completion<Change> done) override {
    later(std::move(done),
          atomically([&](MapRows& rows) { return replaceDocuments(rows, collection, selector, document, many, upsert); }));
  }
  void remove(std::string collection, Selector selector, Many many, Completion<std::vector<std::string>> doneIds) override {
    later(std::move(doneIds), atomically([&](MapRows& rows) { return removeDocuments(rows, collection, selector, many); }));
  }
  void count(std::string collection, std::string filter, Completion<std::uint64_t> done) override {
    forgetExpired();
    MapRows rows(data_);
    later(std::move(done), countDocuments(rows, collection, filter));
  }
  void put(std::string collection, std::vector<std::string> documents, Completion<std::uint64_t> done) override {
    later(std::move(done), atomically([&](MapRows& rows) { return putDocuments(rows, collection, documents); }));
  }

  void advice(Completion<std::vector<IndexAdvice>> done) override {
    MapRows rows(data_);
    later(std::move(done), data_.slow->list(rows));
  }
  void collections(Completion<std::vector<CollectionInfo>> done) override {
    later(std::move(done), atomically([&](MapRows& rows) -> Result<std::vector<CollectionInfo>> {
      std::vector<CollectionInfo> all;
      for (const auto& [name, own] : data_.collections) {
        REDD_TRY(auto info, describe(rows, name, *own.known));
        all.push_back(std::move(info));
      }
      return all;
    }));
  }
  void collection(std::string name, Completion<std::optional<CollectionInfo>> done) override {
    later(std::move(done), atomically([&](MapRows& rows) -> Result<std::optional<CollectionInfo>> {
      REDD_TRY(const auto known, rows.find(name));
      if (!known) return std::nullopt;
      return describe(rows, name, *known);
    }));
  }
  void createCollection(std::string name, CollectionOptions options, Completion<void> done) override {
    later(std::move(done), atomically([&](MapRows& rows) { return store::createCollection(rows, name, options); }));
  }
  void dropCollection(std::string name, Completion<bool> done) override {
    later(std::move(done), atomically([&](MapRows& rows) { return store::dropCollection(rows, name); }));
  }
  void setSchema(std::string collection, std::optional<std::string> schema, Completion<void> done) override {
    later(std::move(done), atomically([&](MapRows& rows) { return store::setSchema(rows, collection, schema); }));
  }
  void setCap(std::string collection, std::optional<std::uint64_t> cap, Completion<void> done) override {
    later(std::move(done), atomically([&](MapRows& rows) { return store::setCap(rows, collection, cap); }));
  }
  void createIndex(std::string collection, std::vector<std::string> fields, Progress progress, Completion<void> done) override {
    std::uint64_t documents = 0;
    auto built = atomically([&](MapRows& rows) -> Result<void> {
      REDD_TRY(const auto begun, beginIndex(rows, collection, fields));
      IndexPiece piece;
      piece.ready = begun.ready;
      while (!piece.ready) {
        REDD_TRY(piece, buildIndexPiece(rows, collection, begun.number, piece.last));
        documents += piece.documents;
      }
      return {};
    });
    boost::asio::post(loop_, [documents, progress = std::move(progress), done = std::move(done), built = std::move(built)]() mutable {
      if (progress && documents > 0) progress(documents);
      done(std::move(built));
    });
  }
  void removeIndex(std::string collection, std::vector<std::string> fields, Completion<bool> done) override {
    later(std::move(done), atomically([&](MapRows& rows) { return store::removeIndex(rows, collection, fields); }));
  }
  void fileOpen(std::string scope, std::string path, Completion<std::shared_ptr<FileReader>> done) override {
    auto name = fileName(path, limits_);
    if (!name) return later(std::move(done), name.error());
    const auto found = files_->find({scope, *name});
    if (found == files_->end()) return later(std::move(done), noSuchFile(*name));
    later(std::move(done), Result<std::shared_ptr<FileReader>>(std::make_shared<MapFileReader>(loop_, found->second)));
  }
  void fileCreate(Completion<std::shared_ptr<FileWriter>> done) override {
    later(std::move(done), Result<std::shared_ptr<FileWriter>>(std::make_shared<MapFileWriter>(loop_, files_, limits_)));
  }
  void fileRemove(std::string scope, std::string path, Completion<FileInfo> done) override {
    auto name = fileName(path, limits_);
    if (!name) return later(std::move(done), name.error());
    auto node = files_->extract({scope, *name});
    if (node.empty()) return later(std::move(done), noSuchFile(*name));
    later(std::move(done), Result<FileInfo>(std::move(node.mapped().info)));
  }
  void fileList(std::string scope, std::string directory, Completion<std::vector<FileEntry>> done) override {
    auto name = filePath(directory, limits_.filePathBytesMax);
    if (!name) return later(std::move(done), name.error());
    later(std::move(done), entriesOf(*name, [&](const std::string& from) -> Result<std::optional<FileInfo>> {
      const auto at = files_->lower_bound({scope, from});
      return at == files_->end() || at->first.first != scope ? std::nullopt : std::optional(at->second.info);
    }));
  }
  void fileKeepScopes(std::vector<std::string> scopes, Completion<std::uint64_t> done) override {
    scopes.emplace_back();
    const auto gone = std::erase_if(*files_, [&](const auto& file) { return std::ranges::find(scopes, file.first.first) == scopes.end(); });
    later(std::move(done), Result<std::uint64_t>(gone));
  }
  void close(Completion<void> done) override { later(std::move(done), Result<void>()); }

 private:
  using Name = std::pair<std::string, std::string>;
  struct Entry {
    KvValue value;
    std::optional<UnixMs> expiresAt;
  };

  template <class T>
  void later(Completion<T> done, Result<T> result) {
    boost::asio::post(loop_, [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
  }
  template <class T>
  void later(Completion<T> done, Error error) {
    later(std::move(done), Result<T>(std::move(error)));
  }
  template <class Work>
  std::invoke_result_t<Work, MapRows&> atomically(Work work) {
    forgetExpired();
    MapData before = data_;
    MapRows rows(data_);
    auto result = work(rows);
    if (!result) data_ = std::move(before);
    return result;
  }
  void forgetExpired() {
    const auto now = nowMs();
    MapRows rows(data_);
    for (auto& [name, own] : data_.collections) {
      for (auto at = own.expiries.begin(); at != own.expiries.end();) {
        if (at->second > now) {
          ++at;
          continue;
        }
        const auto json = own.documents.find(at->first);
        if (json != own.documents.end() && hasTtl(json->second)) {
          auto writer = DocumentWriter::make(rows, name);
          const std::string id = at->first, text = json->second;
          REDD_CHECK(writer && writer->erase(id, text));
        }
        at = own.expiries.erase(at);
      }
    }
  }
  std::optional<KvValue> visible(const Name& name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) return std::nullopt;
    if (found->second.expiresAt && *found->second.expiresAt <= nowMs()) return std::nullopt;
    return found->second.value;
  }
  Result<double> incr(const Name& name, double by, std::optional<std::int64_t> ttlMs) {
    REDD_TRY_VOID(checkKey(limits_, name.first, name.second));
    REDD_TRY_VOID(checkAmount(by));
    const auto old = visible(name);
    REDD_TRY(const double sum, sumOf(old, by));
    const auto expiresAt = ttlMs ? expiryOf(ttlMs, nowMs()) : old ? entries_[name].expiresAt : std::nullopt;
    entries_[name] = {sum, expiresAt};
    return sum;
  }
  Result<Page> firstPage(std::string collection, const Find& find) {
    forgetExpired();
    MapRows rows(data_);
    REDD_TRY(Finder finder, Finder::make(std::move(collection), find));
    Page page;
    REDD_TRY(page.items, finder.page(rows));
    if (!finder.done()) page.cursor = cursors_.add(std::move(finder));
    return page;
  }
  Result<Page> nextPage(std::uint64_t cursor) {
    REDD_TRY(Finder finder, cursors_.take(cursor));
    forgetExpired();
    MapRows rows(data_);
    Page page;
    REDD_TRY(page.items, finder.page(rows));
    if (finder.done()) {
      cursors_.close(cursor);
    } else {
      cursors_.putBack(cursor, std::move(finder));
      page.cursor = cursor;
    }
    return page;
  }

  std::shared_ptr<MapFiles> files_ = std::make_shared<MapFiles>();
  Loop& loop_;
  const Limits limits_;
  std::map<Name, Entry> entries_;
  MapData data_;
  Cursors cursors_;
};

}  // namespace

std::shared_ptr<Store> makeMemoryStore(Loop& loop, const Limits& limits) { return std::make_shared<MemoryStore>(loop, limits); }

}  // namespace redd::store
