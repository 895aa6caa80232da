#include "audit_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "crypto/hash.h"

namespace redd::account {
namespace {

constexpr std::string_view kColumns = "SELECT number, time_ms, who, who_name, credential, action, target, peer, status, hash FROM audit ";

std::string mac(const std::string& key, std::string_view text) { return crypto::hex(crypto::hmacSha256(key, text)); }

// Every field with its length before it, so that no two rows read the same.
std::string hashOf(const std::string& key, std::string_view before, const AuditRow& row) {
  const auto& event = row.event;
  std::string text = fmt::format("{}|{}|{}|{}", before, row.number, row.timeMs, event.status);
  for (const auto* field : {&event.who, &event.whoName, &event.credential, &event.action, &event.target, &event.peer}) {
    text += fmt::format("|{}:{}", field->size(), *field);
  }
  return mac(key, text);
}

std::string headText(const std::string& key, const AuditHead& head) {
  return fmt::format("{} {}", head.number, mac(key, fmt::format("head|{}|{}", head.number, head.hash)));
}

AuditRow rowFrom(const store::sqlite::Statement& row) {
  const auto text = [&](int column) { return std::string(row.text(column)); };
  return {row.integer(0), row.integer(1), {text(2), text(3), text(4), text(5), text(6), text(7), static_cast<int>(row.integer(8))}};
}

Result<std::string> storedHead(store::sqlite::Database& database) {
  REDD_TRY(auto row, database.query("SELECT value FROM meta WHERE name = 'audit_head'"));
  REDD_TRY(const bool found, row.step());
  return found ? std::string(row.text(0)) : std::string();
}

Result<AuditVerdict> verifyRows(store::sqlite::Database& database, const std::string& key) {
  REDD_TRY(auto transaction, store::sqlite::Transaction::beginReading(database));
  AuditVerdict verdict;
  AuditHead end;
  REDD_TRY(auto rows, database.query(std::string(kColumns) + "ORDER BY number"));
  const auto bad = [&](std::int64_t number, std::string what) {
    verdict.firstBad = number;
    verdict.what = std::move(what);
    return verdict;
  };
  while (true) {
    REDD_TRY(const bool more, rows.step());
    if (!more) break;
    const auto row = rowFrom(rows);
    if (row.number != end.number + 1) return bad(end.number + 1, fmt::format("row {} is missing", end.number + 1));
    const auto want = hashOf(key, end.hash, row);
    if (!crypto::constantTimeEqual(want, rows.text(9))) {
      return bad(row.number, fmt::format("row {} ({}, {}) is not what was written", row.number, isoTime(row.timeMs), row.event.action));
    }
    end = {row.number, want};
    ++verdict.rows;
  }
  REDD_TRY(const auto head, storedHead(database));
  if (head.empty() && end.number == 0) return verdict;
  if (head != headText(key, end)) return bad(end.number + 1, fmt::format("row {} is missing: the log was cut off behind row {}", end.number + 1, end.number));
  return verdict;
}

}  // namespace

std::string auditKey(std::string_view accountsKey) {
  const auto digest = crypto::hmacSha256(accountsKey, "audit");
  return {digest.begin(), digest.end()};
}

Result<void> AuditChain::load() {
  REDD_TRY(auto row, database_.query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"));
  REDD_TRY(const bool found, row.step());
  if (found) head_ = {row.integer(0), std::string(row.text(1))};
  // After a cut-off end the numbers go on behind it, so that the gap stays to be found.
  REDD_TRY(const auto stored, storedHead(database_));
  std::int64_t number = 0;
  std::from_chars(stored.data(), stored.data() + stored.size(), number);
  head_.number = std::max(head_.number, number);
  return {};
}

Result<void> AuditChain::append(const AuditEvent& event, UnixMs now) {
  const AuditRow row{head_.number + 1, now, event};
  next_ = {row.number, hashOf(key_, head_.hash, row)};
  const auto& e = row.event;
  REDD_TRY_VOID(database_.run("INSERT INTO audit (number, time_ms, who, who_name, credential, action, target, peer, status, hash) "
                              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                              row.number, now, e.who, e.whoName, e.credential, e.action, e.target, e.peer, e.status, next_.hash));
  REDD_TRY_VOID(database_.run("INSERT INTO meta (name, value) VALUES ('audit_head', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                              headText(key_, next_)));
  return {};
}

Result<std::vector<AuditRow>> AuditChain::rows(std::int64_t before, std::size_t limit) const {
  const std::int64_t end = before > 0 ? before : head_.number + 1;
  REDD_TRY(auto rows, database_.query(std::string(kColumns) + "WHERE number < ? ORDER BY number DESC LIMIT ?", end, limit));
  std::vector<AuditRow> out;
  while (true) {
    REDD_TRY(const bool more, rows.step());
    if (!more) return out;
    out.push_back(rowFrom(rows));
  }
}

Result<AuditVerdict> AuditChain::verify() const { return verifyRows(database_, key_); }

Result<AuditVerdict> verifyAudit(const std::filesystem::path& dataDir, std::string_view key) {
  const auto file = dataDir / "accounts.sqlite";
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    return notFound(fmt::format("{} is not there. Fix: name the server's data directory with --data", file.string()));
  }
  REDD_TRY(auto database, store::sqlite::Database::open(file, store::sqlite::Mode::readOnly));
  return verifyRows(database, auditKey(key));
}

}  // namespace redd::account
