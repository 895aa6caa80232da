#include "sqlite/sweeper.h"

#include <string>
#include <vector>

#include "document_writer.h"

namespace redd::store::sqlite {
namespace {

Result<std::int64_t> sweepKeys(Database& database, UnixMs now) {
  return database.run(
      "DELETE FROM kv WHERE (keyspace, key) IN"
      " (SELECT keyspace, key FROM kv WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)",
      now, kSweepRows);
}

struct Expired {
  std::string collection, id;
  std::int64_t number;
};
Result<std::vector<Expired>> expiredDocuments(Database& database, UnixMs now) {
  REDD_TRY(Statement rows, database.query("SELECT name, id, collection FROM document_expiry LEFT JOIN collection ON number = collection"
                                          " WHERE at <= ? ORDER BY at LIMIT ?", now, kSweepRows));
  std::vector<Expired> out;
  while (true) {
    REDD_TRY(const bool more, rows.step());
    if (!more) return out;
    out.push_back({std::string(rows.text(0)), std::string(rows.text(1)), rows.integer(2)});
  }
}

Result<void> eraseIfExpired(SqliteRows& rows, const Expired& one) {
  REDD_TRY(const auto json, rows.get(one.collection, one.id));
  if (!json || !hasTtl(*json)) return {};
  REDD_TRY(auto writer, DocumentWriter::make(rows, one.collection));
  return writer.erase(one.id, *json);
}

Result<std::int64_t> sweepDocuments(Database& database, KnownCollections& known, UnixMs now) {
  REDD_TRY(const auto expired, expiredDocuments(database, now));
  SqliteRows rows(database, known);
  for (const auto& one : expired) {
    REDD_TRY_VOID(eraseIfExpired(rows, one));
    REDD_TRY_VOID(database.run("DELETE FROM document_expiry WHERE collection = ? AND id = ?", one.number, one.id));
  }
  return static_cast<std::int64_t>(expired.size());
}

Result<std::optional<std::int64_t>> firstOf(Database& database, std::string_view sql) {
  REDD_TRY(Statement row, database.query(sql));
  REDD_TRY(const bool found, row.step());
  return found && !row.isNull(0) ? std::optional(row.integer(0)) : std::nullopt;
}

Result<std::int64_t> sweepRemovedIndex(Database& database) {
  REDD_TRY(const auto index, firstOf(database, "SELECT number FROM removed_index LIMIT 1"));
  if (!index) return 0;
  REDD_TRY(const auto rows, database.run("DELETE FROM index_key WHERE (field_index, key, id) IN"
                                         " (SELECT field_index, key, id FROM index_key WHERE field_index = ? LIMIT ?)", *index, kSweepRows));
  if (rows == 0) REDD_TRY_VOID(database.run("DELETE FROM removed_index WHERE number = ?", *index));
  return rows + 1;
}

Result<std::int64_t> sweepDroppedCollection(Database& database) {
  REDD_TRY(const auto collection, firstOf(database, "SELECT number FROM dropped_collection LIMIT 1"));
  if (!collection) return 0;
  REDD_TRY(const auto rows, database.run("DELETE FROM document WHERE (collection, id) IN"
                                         " (SELECT collection, id FROM document WHERE collection = ? LIMIT ?)", *collection, kSweepRows));
  if (rows > 0) return rows;
  REDD_TRY_VOID(database.run("DELETE FROM document_expiry WHERE collection = ?", *collection));
  REDD_TRY_VOID(database.run("DELETE FROM collection WHERE number = ?", *collection));
  REDD_TRY_VOID(database.run("DELETE FROM dropped_collection WHERE number = ?", *collection));
  return 1;
}

}  // namespace

Result<Swept> sweep(Database& database, KnownCollections& known, UnixMs now) {
  Swept swept;
  REDD_TRY(auto transaction, Transaction::begin(database));
  REDD_TRY(const auto keys, sweepKeys(database, now));
  REDD_TRY(const auto documents, sweepDocuments(database, known, now));
  REDD_TRY(const auto indexed, sweepRemovedIndex(database));
  REDD_TRY(const auto dropped, sweepDroppedCollection(database));
  swept.rows = keys + documents + indexed + dropped;
  REDD_TRY(swept.nextAt, firstOf(database, "SELECT min(at) FROM (SELECT min(expires_at) AS at FROM kv WHERE expires_at IS NOT NULL"
                                           " UNION ALL SELECT min(at) FROM document_expiry)"));
  if (indexed + dropped > 0) swept.nextAt = now;
  REDD_TRY_VOID(transaction.commit());
  return swept;
}

}  // namespace redd::store::sqlite
