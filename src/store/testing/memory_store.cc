#include "store/testing/memory_store.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <type_traits>

#include "cursors.h"
#include "document_ops.h"
#include "kv_rules.h"

namespace redd::store {
namespace {

using Collections = std::map<std::string, std::map<std::string, std::string, std::less<>>>;

class MapRows final : public DocumentRows {
 public:
  explicit MapRows(Collections& collections) : collections_(collections) {}

  Result<std::optional<std::string>> get(const std::string& collection, std::string_view id) override {
    const auto rows = collections_.find(collection);
    if (rows == collections_.end()) return std::optional<std::string>();
    const auto row = rows->second.find(id);
    return row == rows->second.end() ? std::nullopt : std::optional(row->second);
  }
  Result<void> scan(const std::string& collection, const std::optional<std::string>& after, Direction direction,
                    const Visit& visit) override {
    const auto rows = collections_.find(collection);
    if (rows == collections_.end()) return {};
    return direction == Direction::forward
               ? walk(after ? rows->second.upper_bound(*after) : rows->second.begin(), rows->second.end(), visit)
               : walk(std::make_reverse_iterator(after ? rows->second.lower_bound(*after) : rows->second.end()),
                      rows->second.rend(), visit);
  }
  Result<bool> insert(const std::string& collection, std::string_view id, std::string_view json) override {
    return collections_[collection].emplace(id, json).second;
  }
  Result<void> put(const std::string& collection, std::string_view id, std::string_view json) override {
    collections_[collection].insert_or_assign(std::string(id), std::string(json));
    return {};
  }
  Result<void> erase(const std::string& collection, std::string_view id) override {
    auto& rows = collections_[collection];
    if (const auto row = rows.find(id); row != rows.end()) rows.erase(row);
    return {};
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
  Collections& collections_;
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
      if (const auto value = visible(name)) found.push_back({name.second, *value});
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
    MapRows rows(collections_);
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
    MapRows rows(collections_);
    later(std::move(done), countDocuments(rows, collection, filter));
  }
  void collections(Completion<std::vector<std::pair<std::string, std::uint64_t>>> done) override {
    std::vector<std::pair<std::string, std::uint64_t>> names;
    for (const auto& [name, rows] : collections_) names.emplace_back(name, rows.size());
    later(std::move(done), Result<std::vector<std::pair<std::string, std::uint64_t>>>(std::move(names)));
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
    Collections before = collections_;
    MapRows rows(collections_);
    auto result = work(rows);
    if (!result) collections_ = std::move(before);
    return result;
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
    MapRows rows(collections_);
    REDD_TRY(Finder finder, Finder::make(std::move(collection), find));
    Page page;
    REDD_TRY(page.items, finder.page(rows));
    if (!finder.done()) page.cursor = cursors_.add(std::move(finder));
    return page;
  }
  Result<Page> nextPage(std::uint64_t cursor) {
    REDD_TRY(Finder finder, cursors_.take(cursor));
    MapRows rows(collections_);
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

  Loop& loop_;
  const Limits limits_;
  std::map<Name, Entry> entries_;
  Collections collections_;
  Cursors cursors_;
};

}  // namespace

std::shared_ptr<Store> makeMemoryStore(Loop& loop, const Limits& limits) { return std::make_shared<MemoryStore>(loop, limits); }

}  // namespace redd::store
