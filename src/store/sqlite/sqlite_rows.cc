#include "sqlite/sqlite_rows.h"

#include <fmt/format.h>

namespace redd::store::sqlite {

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
  REDD_TRY_VOID(database_.run("INSERT INTO collection(name) VALUES(?)", collection));
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

Result<void> SqliteRows::scan(const std::string& collection, const std::optional<std::string>& after, Direction direction,
                              const Visit& visit) {
  REDD_TRY(const auto number, numberOf(collection));
  if (!number) return {};
  const bool forward = direction == Direction::forward;
  const auto sql = fmt::format("SELECT id, json FROM document WHERE collection = ?1{} ORDER BY id {}",
                               !after ? "" : forward ? " AND id > ?2" : " AND id < ?2", forward ? "ASC" : "DESC");
  REDD_TRY(Statement rows, database_.prepare(sql));
  if (after) {
    REDD_TRY_VOID(rows.bind(*number, *after));
  } else {
    REDD_TRY_VOID(rows.bind(*number));
  }
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return {};
    REDD_TRY(const bool more, visit(rows.text(0), rows.text(1)));
    if (!more) return {};
  }
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

}  // namespace redd::store::sqlite
