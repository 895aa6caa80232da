// The rows under the documents of one space, as the algorithms of this module see them: documents, keys of indexes, what is known of
// collections, when documents expire, in which order they came. Implemented by SQLite and by the memory store of the tests.
// One thread at a time. What is written inside one operation is undone together when the operation fails.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "collection.h"
#include "query/index_key.h"

namespace redd::store {

class SlowQueries;

class DocumentRows {
 public:
  enum class Direction { forward, backward };
  // Gets id and JSON, valid during the call; false ends the scan.
  using Visit = std::function<Result<bool>(std::string_view id, std::string_view json)>;

  virtual ~DocumentRows() = default;

  // ---- documents; writers go through DocumentWriter, which keeps all the rest in step ----
  virtual Result<std::optional<std::string>> get(const std::string& collection, std::string_view id) = 0;
  // In _id order, the ids in the range. The rows must not be changed during the scan.
  using IdRange = query::TextRange;
  virtual Result<void> scan(const std::string& collection, const IdRange& range, Direction direction, const Visit& visit) = 0;
  virtual Result<std::uint64_t> count(const std::string& collection) = 0;
  virtual Result<bool> insert(const std::string& collection, std::string_view id, std::string_view json) = 0;  // false: is there
  virtual Result<void> put(const std::string& collection, std::string_view id, std::string_view json) = 0;     // is there
  virtual Result<void> erase(const std::string& collection, std::string_view id) = 0;

  // ---- keys of indexes: (index, key, id), in this order ----
  struct KeyPlace {
    std::string key, id;
  };
  using VisitKey = std::function<Result<bool>(std::string_view key, std::string_view id)>;
  // Keys in [from, to), behind `after`; backward: descending by key, and ascending by id among equal keys all the same.
  // Document rows may be read during the scan, nothing written.
  virtual Result<void> scanKeys(std::int64_t index, const std::string& from, const std::string& to,
                                const std::optional<KeyPlace>& after, Direction direction, const VisitKey& visit) = 0;
  // The same with the documents the keys belong to.
  using VisitKeyed = std::function<Result<bool>(std::string_view key, std::string_view id, std::string_view json)>;
  virtual Result<void> scanByKeys(const std::string& collection, std::int64_t index, const std::string& from, const std::string& to,
                                  const std::optional<KeyPlace>& after, Direction direction, const VisitKeyed& visit) = 0;
  // The documents with this very key whose ids lie in the range, in _id order.
  virtual Result<void> scanPoint(const std::string& collection, std::int64_t index, const std::string& key, const IdRange& range, Direction direction,
                                 const Visit& visit) = 0;
  virtual Result<void> addKey(std::int64_t index, std::string_view key, std::string_view id) = 0;  // nothing when it is there
  virtual Result<void> removeKey(std::int64_t index, std::string_view key, std::string_view id) = 0;

  // ---- collections ----
  virtual Result<CollectionPtr> find(const std::string& collection) = 0;        // nullptr: there is none
  virtual Result<CollectionPtr> findOrMake(const std::string& collection) = 0;
  virtual Result<void> setSchema(const std::string& collection, const std::optional<std::string>& schema) = 0;
  virtual Result<void> setCap(const std::string& collection, std::optional<std::uint64_t> cap) = 0;
  virtual Result<void> drop(const std::string& collection) = 0;  // its rows may go later; nobody sees them any more
  virtual Result<std::int64_t> addIndex(const std::string& collection, const std::vector<std::string>& fields) = 0;  // state building
  virtual Result<void> markReady(const std::string& collection, std::int64_t index) = 0;
  virtual Result<void> markMany(const std::string& collection, std::int64_t index) = 0;
  virtual Result<void> removeIndex(const std::string& collection, std::int64_t index) = 0;  // its keys may go later

  // Who is told of slow queries; nullptr: nobody.
  virtual SlowQueries* slowQueries() { return nullptr; }

  // ---- expiry (spec 40.2, `_ttl`): a document has one moment or none ----
  virtual Result<void> setExpiry(const std::string& collection, std::string_view id, UnixMs at) = 0;

  // ---- order of arrival, kept for capped collections only (spec 40.9) ----
  virtual Result<void> arrived(const std::string& collection, std::string_view id) = 0;
  virtual Result<void> left(const std::string& collection, std::string_view id) = 0;
  virtual Result<std::uint64_t> arrivals(const std::string& collection) = 0;
  virtual Result<std::vector<std::string>> oldest(const std::string& collection, std::uint64_t count) = 0;
};

}  // namespace redd::store
