// One space's data: documents and key/value. The interface behind which SQLite (and later PostgreSQL) stand, and an in-memory
// store for tests; one contract test suite (store/testing/contract.h) holds for all.
//
// Threads: every method is called on the loop, returns at once, and calls its Completion on the loop, never inside the call;
// kvGet alone may call it inside the call, when it knows the value already.
// Durability: a write completes after the commit that holds it is synced (REL-08). Operations on one key or document are
// linearizable in the order in which they were called (REL-16).
// Documents are JSON text and stay the text that came in (spec 40.2); `_id` is added where it was missing, last.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "base/suspend.h"
#include "store/files.h"

namespace redd::store {

// ---- key/value (spec 40.10) ----
using KvValue = std::variant<std::string, double>;  // text, or a number last written by incr

struct KvEntry {
  std::string key;
  KvValue value;
  std::optional<UnixMs> expiresMs = {};  // nullopt: it stays
};
struct KvScan {
  std::string keyspace = {};  // "": the default one
  std::string prefix = {};
  std::optional<std::string> after = {};  // continue behind this key, in the scan's direction
  enum class Order { ascending, descending } order = Order::ascending;
  std::size_t limit = 100;         // fewer may come, when they are large (about 4 MiB); only an empty answer is the end
};

// ---- documents (spec 40.3 to 40.6) ----
struct Selector {                  // which documents: by id, or by filter (JSON text of a query object, spec 40.7)
  std::optional<std::string> id = {};
  std::string filter = "{}";
  // Of update and replace: the document as its reader knows it (JSON text). When it is another by now, nothing changes: alreadyExists, with the
  // member "current". How numbers and spaces are written, and the order of members, do not count.
  std::optional<std::string> expect = {};
};
enum class Many { one, all };
enum class Upsert { no, yes };

// ---- collections (spec 40.8, 40.9) ----
struct IndexInfo {
  std::vector<std::string> fields;  // dotted paths; more than one: compound
  enum class State { building, ready } state = State::building;
};
struct CollectionOptions {
  std::optional<std::string> schema = {};    // JSON Schema, JSON text
  std::optional<std::uint64_t> cap = {};     // most documents; the oldest go
};
struct CollectionInfo {
  std::string name;
  std::uint64_t documents = 0;
  UnixMs createdMs = 0;
  CollectionOptions options = {};
  std::vector<IndexInfo> indexes = {};
};
// Queries of one shape that read many documents to return few, and the index that would serve them.
struct IndexAdvice {
  std::string collection;
  std::vector<std::string> fields;      // of the index
  std::uint64_t queries = 0;
  std::uint64_t documentsRead = 0, documentsReturned = 0;  // by all of them
  std::int64_t slowestNs = 0;
  UnixMs lastMs = 0;
};
using Progress = std::move_only_function<void(std::uint64_t documents)>;  // so many were indexed so far; on the loop

struct Find {
  std::string filter = "{}";
  std::string options = "{}";      // JSON: limit, offset, sort, fields, reverse, hints … (spec 40.5)
};
struct Page {
  std::vector<std::string> items;  // JSON texts
  std::uint64_t cursor = 0;        // 0: that was all
};
struct Change {
  std::uint64_t count = 0;                // matched documents (an upsert counts as one)
  std::optional<std::string> document;    // Many::one: the new document
};

class Store {
 public:
  virtual ~Store() = default;

  virtual void kvGet(std::string keyspace, std::string key, Completion<std::optional<KvValue>> done) = 0;
  virtual void kvSet(std::string keyspace, std::string key, std::string value, std::optional<std::int64_t> ttlMs,
                     Completion<void> done) = 0;
  virtual void kvIncr(std::string keyspace, std::string key, double by, std::optional<std::int64_t> ttlMs,
                      Completion<double> done) = 0;
  virtual void kvDel(std::string keyspace, std::string key, Completion<std::optional<KvValue>> done) = 0;
  virtual void kvScan(KvScan scan, Completion<std::vector<KvEntry>> done) = 0;
  virtual void kvDelPrefix(std::string keyspace, std::string prefix, Completion<std::uint64_t> done) = 0;

  // All or none. Returns the stored texts. Errors: alreadyExists, invalidArgument.
  virtual void insert(std::string collection, std::vector<std::string> documents, Completion<std::vector<std::string>> done) = 0;
  virtual void findOne(std::string collection, Selector selector, std::string options,
                       Completion<std::optional<std::string>> done) = 0;
  // The first page; more by next(). A cursor that is not used for 60 s, or that is closed, is gone (notFound).
  virtual void find(std::string collection, Find find, Completion<Page> done) = 0;
  virtual void next(std::uint64_t cursor, Completion<Page> done) = 0;
  virtual void closeCursor(std::uint64_t cursor) = 0;
  virtual void update(std::string collection, Selector selector, std::string change, Many many, Upsert upsert,
                      Completion<Change> done) = 0;
  virtual void replace(std::string collection, Selector selector, std::string document, Many many, Upsert upsert,
                       Completion<Change> done) = 0;
  virtual void remove(std::string collection, Selector selector, Many many, Completion<std::vector<std::string>> doneIds) = 0;
  virtual void count(std::string collection, std::string filter, Completion<std::uint64_t> done) = 0;
  // Inserts, or replaces what has the same _id: for imports. All or none; each call is one write.
  virtual void put(std::string collection, std::vector<std::string> documents, Completion<std::uint64_t> done) = 0;

  virtual void collections(Completion<std::vector<CollectionInfo>> done) = 0;  // by name
  virtual void collection(std::string name, Completion<std::optional<CollectionInfo>> done) = 0;
  // Makes it when it is not there; options that are given replace those it has. Errors: invalidArgument (schema, cap).
  virtual void createCollection(std::string name, CollectionOptions options, Completion<void> done) = 0;
  virtual void dropCollection(std::string name, Completion<bool> done) = 0;  // false: there was none. Its rows go later
  virtual void setSchema(std::string collection, std::optional<std::string> schema, Completion<void> done) = 0;
  virtual void setCap(std::string collection, std::optional<std::uint64_t> cap, Completion<void> done) = 0;
  // Done when the index serves queries. Built in pieces between other writes; goes on after a restart. One that exists is done at
  // once. Errors: invalidArgument (no field, more than kIndexFieldsMax, more than kIndexesMax indexes).
  virtual void createIndex(std::string collection, std::vector<std::string> fields, Progress progress, Completion<void> done) = 0;
  virtual void removeIndex(std::string collection, std::vector<std::string> fields, Completion<bool> done) = 0;  // false: there was none
  // Finds and counts since the store was opened that read at least 1,000 documents, and ten times what they returned, without such an index;
  // worst first, at most 100 shapes.
  virtual void advice(Completion<std::vector<IndexAdvice>> done) = 0;
  static constexpr std::size_t kIndexesMax = 32;       // of a collection
  static constexpr std::size_t kIndexFieldsMax = 8;

  // Files (store/files.h); paths are normalised here. Errors: notFound, invalidArgument.
  virtual void fileOpen(std::string scope, std::string path, Completion<std::shared_ptr<FileReader>> done) = 0;
  virtual void fileCreate(Completion<std::shared_ptr<FileWriter>> done) = 0;
  virtual void fileRemove(std::string scope, std::string path, Completion<FileInfo> done) = 0;
  virtual void fileList(std::string scope, std::string directory, Completion<std::vector<FileEntry>> done) = 0;  // empty: no such directory
  // Removes the files of every scope that is not among these; scope "" always stays. How many they were.
  virtual void fileKeepScopes(std::vector<std::string> scopes, Completion<std::uint64_t> done) = 0;

  // Everything acknowledged so far is on disk; nothing runs any more when `done` is called. No calls after it.
  virtual void close(Completion<void> done) = 0;
};

// The stores of all spaces of a data directory: DIR/spaces/ID/data.sqlite, opened when first asked for, closed when idle.
class Stores {
 public:
  // `momentsKeptMs`: for so long each space can be put back to any moment (store/moments.h, DIR/moments); 0: not kept.
  static Result<std::unique_ptr<Stores>> open(Loop& loop, std::filesystem::path dataDir, const Limits& limits, Metrics& metrics,
                                              std::int64_t momentsKeptMs = 0);
  virtual ~Stores() = default;
  virtual void get(std::string spaceId, Completion<std::shared_ptr<Store>> done) = 0;
  virtual std::shared_ptr<Store> opened(std::string_view spaceId) = 0;  // nullptr when it is not open now
  // The data and files of a space as they are at one moment, into the folder of one that has none yet; neither loop nor writers wait.
  virtual void copy(std::string fromId, std::string toId, Completion<void> done) = 0;
  // Closes the space's store when it is open and deletes its folder. One that is not there is done at once.
  virtual void remove(std::string spaceId, Completion<void> done) = 0;
  virtual void close(Completion<void> done) = 0;                        // all of them
};

}  // namespace redd::store
