// DocumentRows in a space's data.sqlite.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "document_rows.h"
#include "store/sqlite/database.h"

namespace redd::store::sqlite {

// What was read of collections, by the version that a row carries: indexes and compiled schemas are not read anew for every
// operation. Thread-safe; shared by the lane and the readers of one database.
class KnownCollections {
 public:
  CollectionPtr find(std::int64_t version);
  void keep(std::int64_t version, CollectionPtr collection);

 private:
  static constexpr std::size_t kMax = 1'000;
  std::mutex mutex_;
  std::unordered_map<std::int64_t, CollectionPtr> byVersion_;  // guarded by mutex_
};

class SqliteRows final : public DocumentRows {
 public:
  SqliteRows(Database& database, KnownCollections& known, SlowQueries* slow = nullptr) : database_(database), known_(known), slow_(slow) {}

  Result<std::optional<std::string>> get(const std::string& collection, std::string_view id) override;
  Result<void> scan(const std::string& collection, const IdRange& range, Direction direction, const Visit& visit) override;
  Result<std::uint64_t> count(const std::string& collection) override;
  Result<bool> insert(const std::string& collection, std::string_view id, std::string_view json) override;
  Result<void> put(const std::string& collection, std::string_view id, std::string_view json) override;
  Result<void> erase(const std::string& collection, std::string_view id) override;

  Result<void> scanKeys(std::int64_t index, const std::string& from, const std::string& to, const std::optional<KeyPlace>& after,
                        Direction direction, const VisitKey& visit) override;
  Result<void> scanByKeys(const std::string& collection, std::int64_t index, const std::string& from, const std::string& to,
                          const std::optional<KeyPlace>& after, Direction direction, const VisitKeyed& visit) override;
  Result<void> scanPoint(const std::string& collection, std::int64_t index, const std::string& key, const IdRange& range, Direction direction,
                         const Visit& visit) override;
  Result<void> addKey(std::int64_t index, std::string_view key, std::string_view id) override;
  Result<void> removeKey(std::int64_t index, std::string_view key, std::string_view id) override;

  Result<CollectionPtr> find(const std::string& collection) override;
  Result<CollectionPtr> findOrMake(const std::string& collection) override;
  Result<void> setSchema(const std::string& collection, const std::optional<std::string>& schema) override;
  Result<void> setCap(const std::string& collection, std::optional<std::uint64_t> cap) override;
  Result<void> drop(const std::string& collection) override;
  Result<std::int64_t> addIndex(const std::string& collection, const std::vector<std::string>& fields) override;
  Result<void> markReady(const std::string& collection, std::int64_t index) override;
  Result<void> markMany(const std::string& collection, std::int64_t index) override;
  Result<void> removeIndex(const std::string& collection, std::int64_t index) override;

  SlowQueries* slowQueries() override { return slow_; }

  Result<void> setExpiry(const std::string& collection, std::string_view id, UnixMs at) override;
  Result<void> arrived(const std::string& collection, std::string_view id) override;
  Result<void> left(const std::string& collection, std::string_view id) override;
  Result<std::uint64_t> arrivals(const std::string& collection) override;
  Result<std::vector<std::string>> oldest(const std::string& collection, std::uint64_t count) override;

 private:
  Result<std::optional<std::int64_t>> numberOf(const std::string& collection);
  Result<std::int64_t> numberOrNew(const std::string& collection);
  Result<CollectionPtr> read(const std::string& collection) const;
  Result<void> touched(const std::string& collection);  // it changed: a new version
  template <class Visit>
  Result<void> walkKeys(std::string_view source, std::int64_t number, std::int64_t index, const std::string& from, const std::string& to,
                        const std::optional<KeyPlace>& after, Direction direction, const Visit& visit);

  Database& database_;
  KnownCollections& known_;
  SlowQueries* slow_;
  std::string knownName_;  // the collection that was asked for last
  std::optional<std::int64_t> knownNumber_;
};

}  // namespace redd::store::sqlite
