#include "sqlite/sqlite_rows.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "base/random.h"
#include "collection_ops.h"

namespace redd::store::sqlite {

CollectionPtr KnownCollections::find(std::int64_t version) {
  const std::lock_guard lock(mutex_);
  const auto found = byVersion_.find(version);
  return found == byVersion_.end() ? nullptr : found->second;
}

void KnownCollections::keep(std::int64_t version, CollectionPtr collection) {
  const std::lock_guard lock(mutex_);
  if (byVersion_.size() >= kMax) byVersion_.clear();
  byVersion_.insert_or_assign(version, std::move(collection));
}

// ---- documents ----

namespace {

// Rows of id and JSON.
Result<void> visitAll(Result<Statement> found, const DocumentRows::Visit& visit) {
  REDD_TRY(Statement rows, std::move(found));
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return {};
    REDD_TRY(const bool more, visit(rows.text(0), rows.text(1)));
    if (!more) return {};
  }
}

}  // namespace

Result<std::optional<std::int64_t>> SqliteRows::numberOf(const std::string& collection) {
  if (knownNumber_ && knownName_ == collection) return knownNumber_;
  REDD_TRY(Statement row, database_.query("SELECT number FROM collection WHERE name = ?", collection));
  REDD_TRY(const bool found, row.step());
  if (!found) return std::optional<std::int64_t>();
  knownName_ = collection;
  knownNumber_ = row.integer(0);
  return knownNumber_;
}

Result<std::int64_t> SqliteRows::numberOrNew(const std::string& collection) {
  REDD_TRY(const auto number, numberOf(collection));
  if (number) return *number;
  // Never the number of a dropped one whose rows are still there.
  REDD_TRY_VOID(database_.run("INSERT INTO collection(number, name, created) SELECT 1 + max("
                              " (SELECT ifnull(max(number), 0) FROM collection), (SELECT ifnull(max(number), 0) FROM dropped_collection)),"
                              " ?, ?", collection, nowMs()));
  knownName_ = collection;
  knownNumber_ = database_.lastInsertRowid();
  return *knownNumber_;
}

Result<std::optional<std::string>> SqliteRows::get(const std::string& collection, std::string_view id) {
  REDD_TRY(const auto number, numberOf(collection));
  if (!number) return std::optional<std::string>();
  REDD_TRY(Statement row, database_.query("SELECT json FROM document WHERE collection = ? AND id = ?", *number, id));
  REDD_TRY(const bool found, row.step());
  return found ? std::optional(std::string(row.text(0))) : std::nullopt;
}

Result<void> SqliteRows::scan(const std::string& collection, const IdRange& range, Direction direction, const Visit& visit) {
  REDD_TRY(const auto number, numberOf(collection));
  if (!number) return {};
  const auto* sql = direction == Direction::forward ? "SELECT id, json FROM document WHERE collection = ? AND id >= ? AND id < ? ORDER BY id ASC"
                                                    : "SELECT id, json FROM document WHERE collection = ? AND id >= ? AND id < ? ORDER BY id DESC";
  return visitAll(database_.query(sql, *number, range.from, range.to), visit);
}

Result<std::uint64_t> SqliteRows::count(const std::string& collection) {
  REDD_TRY(const auto number, numberOf(collection));
  if (!number) return 0;
  REDD_TRY(Statement row, database_.query("SELECT count(*) FROM document WHERE collection = ?", *number));
  REDD_TRY_VOID(row.step());
  return static_cast<std::uint64_t>(row.integer(0));
}

Result<bool> SqliteRows::insert(const std::string& collection, std::string_view id, std::string_view json) {
  REDD_TRY(const auto number, numberOrNew(collection));
  REDD_TRY(const auto added, database_.run("INSERT INTO document(collection, id, json) VALUES(?, ?, ?)"
                                           " ON CONFLICT DO NOTHING", number, id, json));
  return added == 1;
}

Result<void> SqliteRows::put(const std::string& collection, std::string_view id, std::string_view json) {
  REDD_TRY(const auto number, numberOrNew(collection));
  REDD_TRY_VOID(database_.run("UPDATE document SET json = ? WHERE collection = ? AND id = ?", json, number, id));
  return {};
}

Result<void> SqliteRows::erase(const std::string& collection, std::string_view id) {
  REDD_TRY(const auto number, numberOrNew(collection));
  REDD_TRY_VOID(database_.run("DELETE FROM document WHERE collection = ? AND id = ?", number, id));
  return {};
}

// ---- keys ----

// Rows of `source`, whose ?1 is the collection; visit(row) gets each, until it says false. `?1 = ?1`: bound also where `source` has no use for it.
template <class Visit>
Result<void> SqliteRows::walkKeys(std::string_view source, std::int64_t number, std::int64_t index, const std::string& from, const std::string& to,
                                  const std::optional<KeyPlace>& after, Direction direction, const Visit& visit) {
  bool ended = false;
  const auto part = [&](std::string_view condition, const std::string& end, const KeyPlace* behind) -> Result<void> {
    const auto sql = fmt::format("{} WHERE ?1 = ?1 AND k.field_index = ?2 AND k.key >= ?3 AND k.key < ?4{} ORDER BY k.key {}, k.id ASC", source, condition,
                                 direction == Direction::forward ? "ASC" : "DESC");
    REDD_TRY(Statement rows, database_.prepare(sql));
    if (behind) {
      REDD_TRY_VOID(rows.bind(number, index, Blob{from}, Blob{end}, Blob{behind->key}, behind->id));
    } else {
      REDD_TRY_VOID(rows.bind(number, index, Blob{from}, Blob{end}));
    }
    while (!ended) {
      REDD_TRY(const bool row, rows.step());
      if (!row) return {};
      REDD_TRY(const bool more, visit(rows));
      ended = !more;
    }
    return {};
  };
  if (!after) return part("", to, nullptr);
  if (direction == Direction::forward) return part(" AND (k.key, k.id) > (?5, ?6)", to, &*after);
  REDD_TRY_VOID(part(" AND k.key = ?5 AND k.id > ?6", to, &*after));
  if (ended) return {};
  return part("", std::min(to, after->key), nullptr);
}

Result<void> SqliteRows::scanKeys(std::int64_t index, const std::string& from, const std::string& to,
                                  const std::optional<KeyPlace>& after, Direction direction, const VisitKey& visit) {
  return walkKeys("SELECT k.key, k.id FROM index_key k", 0, index, from, to, after, direction,
                  [&visit](const Statement& row) { return visit(row.text(0), row.text(1)); });
}

Result<void> SqliteRows::scanByKeys(const std::string& collection, std::int64_t index, const std::string& from, const std::string& to,
                                    const std::optional<KeyPlace>& after, Direction direction, const VisitKeyed& visit) {
  REDD_TRY(const auto number, numberOf(collection));
  if (!number) return {};
  return walkKeys("SELECT k.key, k.id, d.json FROM index_key k CROSS JOIN document d ON d.collection = ?1 AND d.id = k.id", *number, index, from, to, after,
                  direction, [&visit](const Statement& row) { return visit(row.text(0), row.text(1), row.text(2)); });
}

Result<void> SqliteRows::scanPoint(const std::string& collection, std::int64_t index, const std::string& key, const IdRange& range, Direction direction,
                                   const Visit& visit) {
  REDD_TRY(const auto number, numberOf(collection));
  if (!number) return {};
  const auto sql = fmt::format("SELECT d.id, d.json FROM index_key k CROSS JOIN document d ON d.collection = ?1 AND d.id = k.id"
                               " WHERE k.field_index = ?2 AND k.key = ?3 AND k.id >= ?4 AND k.id < ?5 ORDER BY k.id {}",
                               direction == Direction::forward ? "ASC" : "DESC");
  return visitAll(database_.query(sql, *number, index, Blob{key}, range.from, range.to), visit);
}

Result<void> SqliteRows::addKey(std::int64_t index, std::string_view key, std::string_view id) {
  REDD_TRY_VOID(database_.run("INSERT INTO index_key(field_index, key, id) VALUES(?, ?, ?) ON CONFLICT DO NOTHING", index, Blob{key}, id));
  return {};
}

Result<void> SqliteRows::removeKey(std::int64_t index, std::string_view key, std::string_view id) {
  REDD_TRY_VOID(database_.run("DELETE FROM index_key WHERE field_index = ? AND key = ? AND id = ?", index, Blob{key}, id));
  return {};
}

// ---- collections ----

Result<CollectionPtr> SqliteRows::find(const std::string& collection) {
  REDD_TRY(Statement row, database_.query("SELECT version, number FROM collection WHERE name = ?", collection));
  REDD_TRY(const bool found, row.step());
  if (!found) return CollectionPtr();
  const auto version = row.integer(0);
  knownName_ = collection;
  knownNumber_ = row.integer(1);
  if (version == 0) {  // it never had anything but documents
    static const auto kPlain = std::make_shared<const Collection>();
    return kPlain;
  }
  if (auto known = known_.find(version)) return known;
  REDD_TRY(auto fresh, read(collection));
  known_.keep(version, fresh);
  return fresh;
}

Result<CollectionPtr> SqliteRows::findOrMake(const std::string& collection) {
  REDD_TRY_VOID(numberOrNew(collection));
  return find(collection);
}

Result<CollectionPtr> SqliteRows::read(const std::string& collection) const {
  REDD_TRY(Statement row, database_.query("SELECT number, created, schema, cap FROM collection WHERE name = ?", collection));
  REDD_TRY_VOID(row.step());
  auto out = std::make_shared<Collection>();
  out->number = row.integer(0);
  out->createdMs = row.integer(1);
  if (!row.isNull(2)) {
    out->schemaText = row.text(2);
    REDD_TRY(out->schema, compileSchema(*out->schemaText));
  }
  if (!row.isNull(3)) out->cap = static_cast<std::uint64_t>(row.integer(3));
  REDD_TRY(Statement indexes, database_.query("SELECT number, fields, ready, many FROM field_index WHERE collection = ? ORDER BY number",
                                              out->number));
  while (true) {
    REDD_TRY(const bool more, indexes.step());
    if (!more) return out;
    auto& index = out->indexes.emplace_back();
    index.number = indexes.integer(0);
    index.fields = fieldsOfText(indexes.text(1));
    for (const auto& field : index.fields) index.paths.emplace_back(field);
    index.state = indexes.integer(2) != 0 ? IndexInfo::State::ready : IndexInfo::State::building;
    index.many = indexes.integer(3) != 0;
  }
}

Result<void> SqliteRows::touched(const std::string& collection) {
  const auto version = static_cast<std::int64_t>(randomU64() >> 2) + 1;  // no version is given twice, not even after a rollback
  REDD_TRY_VOID(database_.run("UPDATE collection SET version = ? WHERE name = ?", version, collection));
  return {};
}

Result<void> SqliteRows::setSchema(const std::string& collection, const std::optional<std::string>& schema) {
  REDD_TRY_VOID(database_.run("UPDATE collection SET schema = ? WHERE name = ?", schema, collection));
  return touched(collection);
}

Result<void> SqliteRows::setCap(const std::string& collection, std::optional<std::uint64_t> cap) {
  REDD_TRY(const auto number, numberOrNew(collection));
  REDD_TRY_VOID(database_.run("DELETE FROM arrival WHERE collection = ?", number));
  REDD_TRY_VOID(database_.run("DELETE FROM arrival_count WHERE collection = ?", number));
  if (cap) {  // what is there came in the order of its ids, as far as anybody knows
    REDD_TRY_VOID(database_.run("INSERT INTO arrival(collection, id) SELECT collection, id FROM document WHERE collection = ? ORDER BY id", number));
    REDD_TRY_VOID(database_.run("INSERT INTO arrival_count SELECT ?1, count(*) FROM arrival WHERE collection = ?1", number));
  }
  REDD_TRY_VOID(database_.run("UPDATE collection SET cap = ? WHERE number = ?", cap, number));
  return touched(collection);
}

Result<void> SqliteRows::drop(const std::string& collection) {
  REDD_TRY(const auto number, numberOf(collection));
  if (!number) return {};
  REDD_TRY_VOID(database_.run("INSERT INTO dropped_collection(number) VALUES(?)", *number));
  REDD_TRY_VOID(database_.run("INSERT INTO removed_index(number) SELECT number FROM field_index WHERE collection = ?", *number));
  REDD_TRY_VOID(database_.run("DELETE FROM field_index WHERE collection = ?", *number));
  REDD_TRY_VOID(database_.run("DELETE FROM arrival WHERE collection = ?", *number));
  REDD_TRY_VOID(database_.run("DELETE FROM arrival_count WHERE collection = ?", *number));
  REDD_TRY_VOID(database_.run("UPDATE collection SET name = char(0) || number, schema = NULL, cap = NULL WHERE number = ?", *number));
  knownNumber_.reset();
  return {};
}

Result<std::int64_t> SqliteRows::addIndex(const std::string& collection, const std::vector<std::string>& fields) {
  REDD_TRY(const auto number, numberOrNew(collection));
  REDD_TRY_VOID(database_.run("INSERT INTO field_index(collection, fields) VALUES(?, ?)", number, textOfFields(fields)));
  const auto index = database_.lastInsertRowid();
  REDD_TRY_VOID(touched(collection));
  return index;
}

Result<void> SqliteRows::markReady(const std::string& collection, std::int64_t index) {
  REDD_TRY_VOID(database_.run("UPDATE field_index SET ready = 1 WHERE number = ?", index));
  return touched(collection);
}

Result<void> SqliteRows::markMany(const std::string& collection, std::int64_t index) {
  REDD_TRY(const auto changed, database_.run("UPDATE field_index SET many = 1 WHERE number = ? AND many = 0", index));
  return changed > 0 ? touched(collection) : Result<void>();
}

Result<void> SqliteRows::removeIndex(const std::string& collection, std::int64_t index) {
  REDD_TRY_VOID(database_.run("INSERT INTO removed_index(number) VALUES(?)", index));
  REDD_TRY_VOID(database_.run("DELETE FROM field_index WHERE number = ?", index));
  return touched(collection);
}

// ---- expiry and arrival ----

Result<void> SqliteRows::setExpiry(const std::string& collection, std::string_view id, UnixMs at) {
  REDD_TRY(const auto number, numberOrNew(collection));
  REDD_TRY_VOID(database_.run("INSERT INTO document_expiry(collection, id, at) VALUES(?, ?, ?)"
                              " ON CONFLICT DO UPDATE SET at = excluded.at", number, id, at));
  return {};
}

Result<void> SqliteRows::arrived(const std::string& collection, std::string_view id) {
  REDD_TRY(const auto number, numberOrNew(collection));
  REDD_TRY_VOID(database_.run("INSERT INTO arrival(collection, id) VALUES(?, ?)", number, id));
  REDD_TRY_VOID(database_.run("UPDATE arrival_count SET documents = documents + 1 WHERE collection = ?", number));
  return {};
}

Result<void> SqliteRows::left(const std::string& collection, std::string_view id) {
  REDD_TRY(const auto number, numberOrNew(collection));
  REDD_TRY(const auto gone, database_.run("DELETE FROM arrival WHERE collection = ? AND id = ?", number, id));
  REDD_TRY_VOID(database_.run("UPDATE arrival_count SET documents = documents - ? WHERE collection = ?", gone, number));
  return {};
}

Result<std::uint64_t> SqliteRows::arrivals(const std::string& collection) {
  REDD_TRY(const auto number, numberOrNew(collection));
  REDD_TRY(Statement row, database_.query("SELECT documents FROM arrival_count WHERE collection = ?", number));
  REDD_TRY(const bool found, row.step());
  return found ? static_cast<std::uint64_t>(row.integer(0)) : 0;
}

Result<std::vector<std::string>> SqliteRows::oldest(const std::string& collection, std::uint64_t count) {
  REDD_TRY(const auto number, numberOrNew(collection));
  REDD_TRY(Statement rows, database_.query("SELECT id FROM arrival WHERE collection = ? ORDER BY number LIMIT ?", number, count));
  std::vector<std::string> ids;
  while (true) {
    REDD_TRY(const bool more, rows.step());
    if (!more) return ids;
    ids.emplace_back(rows.text(0));
  }
}

}  // namespace redd::store::sqlite
