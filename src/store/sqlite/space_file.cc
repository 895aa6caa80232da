#include "store/space_file.h"

#include <fmt/format.h>

#include <span>

#include "sqlite/schema.h"
#include "store/sqlite/database.h"

namespace redd::store {
namespace {

using sqlite::Database;
using sqlite::Mode;
using sqlite::Statement;

Result<std::vector<std::string>> texts(Database& database, std::string_view sql) {
  REDD_TRY(Statement rows, database.query(sql));
  std::vector<std::string> out;
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return out;
    out.emplace_back(rows.text(0));
  }
}

// Statistics and the like, which SQLite keeps by itself, stand in tables whose names begin with sqlite_.
Result<std::vector<std::string>> schemaOf(Database& database) {
  return texts(database, "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || ifnull(sql, '') FROM sqlite_schema ORDER BY 1");
}

Result<std::size_t> formatOf(Database& database) {
  REDD_TRY(Statement row, database.query("PRAGMA user_version"));
  REDD_TRY([[maybe_unused]] const bool any, row.step());
  return static_cast<std::size_t>(row.integer(0));
}

Error notOurs(const std::filesystem::path& file, std::string_view why) {
  return invalid(fmt::format("{} is not the data of a space: {}", file.filename().string(), why));
}

Result<std::vector<std::string>> schemaOfFormat(std::size_t format) {
  REDD_TRY(auto fresh, Database::open(":memory:", Mode::readWrite));
  REDD_TRY_VOID(fresh.migrate(std::span(sqlite::kDataFormat).first(format), "It"));
  return schemaOf(fresh);
}

}  // namespace

Result<std::vector<std::string>> blobsNamedIn(const std::filesystem::path& dataFile) {
  REDD_TRY(auto database, Database::open(dataFile, Mode::readOnly));
  REDD_TRY(const auto tables, texts(database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'file'"));
  if (tables.empty()) return tables;
  return texts(database, "SELECT DISTINCT blob FROM file");
}

Result<void> acceptForeign(const std::filesystem::path& dataFile) {
  auto database = Database::open(dataFile, Mode::readWrite);
  if (!database) return notOurs(dataFile, "it is no SQLite database");
  REDD_TRY(const auto format, formatOf(*database));
  if (format == 0) return notOurs(dataFile, "it has no format");
  if (format > sqlite::kDataFormat.size()) return database->migrate(sqlite::kDataFormat, "The data of the space");  // says what to do
  if (!database->check()) return notOurs(dataFile, "it is damaged");
  REDD_TRY(const auto found, schemaOf(*database));
  REDD_TRY(const auto wanted, schemaOfFormat(format));
  if (found != wanted) return notOurs(dataFile, "its tables are not those that redd makes");
  return database->migrate(sqlite::kDataFormat, "The data of the space");
}

}  // namespace redd::store
