#include "log_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/log.h"

namespace redd::store {
namespace {

constexpr std::array<const char*, 3> kLogFormat = {
    "CREATE TABLE line(id TEXT PRIMARY KEY, time INTEGER NOT NULL, level TEXT NOT NULL, context TEXT NOT NULL,"
    "  request TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;",
    "ALTER TABLE line ADD COLUMN fields TEXT NOT NULL DEFAULT '';"
    "CREATE TABLE refusal(id TEXT PRIMARY KEY, time INTEGER NOT NULL, level TEXT NOT NULL, context TEXT NOT NULL,"
    "  request TEXT NOT NULL, text TEXT NOT NULL, fields TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE refusal_count(reason TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;",
    "CREATE TABLE caller(digest TEXT PRIMARY KEY, issuer TEXT NOT NULL, audience TEXT NOT NULL, algorithm TEXT NOT NULL,"
    "  key TEXT NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX caller_last ON caller(last);",
};

// Columns: id, time, level, context, request, text, fields.
LogLine lineOf(const sqlite::Statement& row) {
  const auto text = [&row](int column) { return std::string(row.text(column)); };
  return {text(0), row.integer(1), text(2), text(3), text(4), text(5), text(6)};
}

Result<void> writeRefusal(sqlite::Database& database, const LogLine& line) {
  REDD_TRY_VOID(database.run("INSERT OR REPLACE INTO refusal(id, time, level, context, request, text, fields, reason) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
                             line.id, line.time, line.level, line.context, line.requestId, line.text, line.fields, line.refusal));
  REDD_TRY_VOID(database.run("INSERT INTO refusal_count(reason, count) VALUES(?, 1) ON CONFLICT(reason) DO UPDATE SET count = count + 1", line.refusal));
  REDD_TRY_VOID(database.run("DELETE FROM refusal WHERE id <= (SELECT id FROM refusal ORDER BY id DESC LIMIT 1 OFFSET ?)", LogBook::kRefusalsKept));
  return {};
}

Result<void> dropOldCallers(sqlite::Database& database) {
  REDD_TRY_VOID(database.run("DELETE FROM caller WHERE last < ?", nowMs() - LogBook::kCallersKeptMs));
  return {};
}

// What a migration kept of an older format. Lines go at their age, and addresses with them: a copy would keep both.
void dropCopies(const std::filesystem::path& folder) {
  std::error_code failed;
  for (const auto& one : std::filesystem::directory_iterator(folder, failed)) {
    if (one.path().filename().string().starts_with("log.sqlite.before-format-")) std::filesystem::remove(one.path(), failed);
  }
}

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
  dropCopies(folder);
  open_.push_front({spaceId, std::move(database)});
  if (open_.size() > kOpenMax) open_.pop_back();
  return &open_.front().database;
}

Result<void> LogFiles::write(const std::string& spaceId, const std::vector<LogLine>& lines) {
  REDD_TRY(sqlite::Database * database, file(spaceId));
  REDD_TRY(auto transaction, sqlite::Transaction::begin(*database));
  for (const auto& line : lines) {
    REDD_TRY_VOID(database->run("INSERT OR REPLACE INTO line(id, time, level, context, request, text, fields) VALUES(?, ?, ?, ?, ?, ?, ?)",
                                line.id, line.time, line.level, line.context, line.requestId, line.text, line.fields));
    if (!line.refusal.empty()) REDD_TRY_VOID(writeRefusal(*database, line));
  }
  REDD_TRY_VOID(trim(*database));
  return transaction.commit();
}

Result<void> LogFiles::trim(sqlite::Database& database) const {
  REDD_TRY_VOID(database.run("DELETE FROM line WHERE id <= (SELECT id FROM line ORDER BY id DESC LIMIT 1 OFFSET ?)", linesMax_));
  // Ids grow with time, so the old ones are the first.
  REDD_TRY_VOID(database.run("DELETE FROM line WHERE id IN (SELECT id FROM line ORDER BY id LIMIT 1000) AND time < ?", nowMs() - ageMaxMs_));
  return {};
}

Result<void> LogFiles::writeCallers(const std::string& spaceId, const std::vector<Caller>& callers) {
  REDD_TRY(sqlite::Database * database, file(spaceId));
  REDD_TRY(auto transaction, sqlite::Transaction::begin(*database));
  for (const auto& one : callers) {
    REDD_TRY_VOID(database->run("INSERT INTO caller(digest, issuer, audience, algorithm, key, last, count) VALUES(?, ?, ?, ?, ?, ?, ?)"
                                " ON CONFLICT(digest) DO UPDATE SET last = max(last, excluded.last), count = count + excluded.count",
                                one.digest, one.issuer, one.audience, one.algorithm, one.keyId, one.lastMs, one.count));
  }
  REDD_TRY_VOID(dropOldCallers(*database));
  REDD_TRY_VOID(database->run("DELETE FROM caller WHERE digest IN (SELECT digest FROM caller ORDER BY last DESC, digest LIMIT -1 OFFSET ?)",
                              LogBook::kCallersKept));
  return transaction.commit();
}

Result<std::vector<Caller>> LogFiles::callers(const std::string& spaceId) {
  REDD_TRY(sqlite::Database * database, file(spaceId));
  REDD_TRY(auto rows, database->query("SELECT digest, issuer, audience, algorithm, key, last, count FROM caller WHERE last >= ? ORDER BY last DESC, digest",
                                      nowMs() - LogBook::kCallersKeptMs));
  std::vector<Caller> out;
  const auto text = [&rows](int column) { return std::string(rows.text(column)); };
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return out;
    out.push_back({text(0), text(1), text(2), text(3), text(4), rows.integer(5), static_cast<std::uint64_t>(rows.integer(6))});
  }
}

Result<void> LogFiles::dropOld(sqlite::Database& database) const {
  REDD_TRY_VOID(database.run("DELETE FROM line WHERE time < ?", nowMs() - ageMaxMs_));
  REDD_TRY_VOID(database.run("DELETE FROM refusal WHERE time < ?", nowMs() - ageMaxMs_));
  REDD_TRY_VOID(dropOldCallers(database));
  return {};
}

void LogFiles::close(const std::string& spaceId) {
  open_.remove_if([&spaceId](const Open& one) { return one.spaceId == spaceId; });
}

void LogFiles::sweep() {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(dataDir_ / "spaces", failed)) {
    if (!std::filesystem::exists(entry.path() / "log.sqlite", failed)) continue;
    const auto spaceId = entry.path().filename().string();
    auto database = file(spaceId);
    const auto done = database ? dropOld(**database) : Result<void>(database.error());
    if (!done) log::warn("store", "the log of {} is not trimmed: {}", spaceId, done.error().detail);
  }
}

Result<std::vector<LogLine>> LogFiles::tail(const std::string& spaceId, std::size_t count, const LogFilter& filter) {
  REDD_TRY(sqlite::Database * database, file(spaceId));
  REDD_TRY(auto rows, database->query("SELECT id, time, level, context, request, text, fields FROM line WHERE time >= ? ORDER BY id DESC",
                                      nowMs() - ageMaxMs_));
  std::vector<LogLine> lines;
  while (lines.size() < count) {
    REDD_TRY(const bool row, rows.step());
    if (!row) break;
    auto line = lineOf(rows);
    if (filter.fits(line)) lines.push_back(std::move(line));
  }
  std::ranges::reverse(lines);
  return lines;
}

Result<Refusals> LogFiles::refusals(const std::string& spaceId, std::size_t count) {
  REDD_TRY(sqlite::Database * database, file(spaceId));
  Refusals out;
  REDD_TRY(auto rows, database->query("SELECT id, time, level, context, request, text, fields, reason FROM refusal ORDER BY id DESC LIMIT ?", count));
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) break;
    out.newest.push_back(lineOf(rows));
    out.newest.back().refusal = rows.text(7);
  }
  REDD_TRY(auto counts, database->query("SELECT reason, count FROM refusal_count ORDER BY count DESC, reason"));
  while (true) {
    REDD_TRY(const bool row, counts.step());
    if (!row) return out;
    out.counts.push_back({std::string(counts.text(0)), counts.integer(1)});
  }
}

}  // namespace redd::store
