#include "log_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace redd::store {
namespace {

constexpr std::array<const char*, 1> kLogFormat = {
    "CREATE TABLE line(id TEXT PRIMARY KEY, time INTEGER NOT NULL, level TEXT NOT NULL, context TEXT NOT NULL,"
    "  request TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;",
};

}  // namespace

Result<sqlite::Database*> LogFiles::file(const std::string& spaceId) {
  const auto found = std::ranges::find(open_, spaceId, &Open::spaceId);
  if (found != open_.end()) {
    open_.splice(open_.begin(), open_, found);
    return &open_.front().database;
  }
  const auto folder = dataDir_ / "spaces" / spaceId;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return Error::hidden(ErrorCode::internal, fmt::format("{} cannot be made: {}", folder.string(), failed.message()));
  REDD_TRY(sqlite::Database database, sqlite::Database::open(folder / "log.sqlite", sqlite::Mode::readWrite));
  REDD_TRY_VOID(database.script("PRAGMA synchronous = OFF"));
  REDD_TRY_VOID(database.migrate(kLogFormat, "the log of the space"));
  open_.push_front({spaceId, std::move(database)});
  if (open_.size() > kOpenMax) open_.pop_back();
  return &open_.front().database;
}

Result<void> LogFiles::write(const std::string& spaceId, const std::vector<LogLine>& lines) {
  REDD_TRY(sqlite::Database * database, file(spaceId));
  REDD_TRY(auto transaction, sqlite::Transaction::begin(*database));
  for (const auto& line : lines) {
    REDD_TRY_VOID(database->run("INSERT OR REPLACE INTO line(id, time, level, context, request, text) VALUES(?, ?, ?, ?, ?, ?)",
                                line.id, line.time, line.level, line.context, line.requestId, line.text));
  }
  REDD_TRY_VOID(trim(*database));
  return transaction.commit();
}

Result<void> LogFiles::trim(sqlite::Database& database) const {
  REDD_TRY_VOID(database.run("DELETE FROM line WHERE id <= (SELECT id FROM line ORDER BY id DESC LIMIT 1 OFFSET ?)", linesMax_));
  // Ids grow with time, so the old ones are the first.
  REDD_TRY_VOID(database.run("DELETE FROM line WHERE id IN (SELECT id FROM line ORDER BY id LIMIT 1000) AND time < ?",
                             nowMs() - kAgeMaxMs));
  return {};
}

Result<std::vector<LogLine>> LogFiles::tail(const std::string& spaceId, std::size_t count, const std::string& context) {
  REDD_TRY(sqlite::Database * database, file(spaceId));
  REDD_TRY(auto rows, database->query("SELECT id, time, level, context, request, text FROM line"
                                      " WHERE ?1 = '' OR context = ?1 ORDER BY id DESC LIMIT ?2",
                                      context, std::min(count, linesMax_)));
  std::vector<LogLine> lines;
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) break;
    lines.push_back({std::string(rows.text(0)), rows.integer(1), std::string(rows.text(2)), std::string(rows.text(3)),
                     std::string(rows.text(4)), std::string(rows.text(5))});
  }
  std::ranges::reverse(lines);
  return lines;
}

}  // namespace redd::store
