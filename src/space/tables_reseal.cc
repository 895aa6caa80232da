// The rotation of the secret key: every column of the catalogue that holds sealed bytes, and the keys that are kept, sealed, in the table
// of facts ("key_PURPOSE", base64url). A new one belongs here too; a test finds the columns named "sealed" that nobody reseals.
#include <fmt/format.h>

#include "crypto/base64url.h"
#include "json_columns.h"
#include "tables.h"

namespace redd::space {
namespace {

struct SealedEnv {
  std::string spaceId, name, sealed;
};
struct SealedToken {
  std::int64_t seq = 0;
  std::string spaceId, digest, sealed;
};

struct KeptKey {
  std::string purpose, sealed;
};

constexpr std::string_view kKeptKeys = "SELECT substr(name, 5), value FROM meta WHERE substr(name, 1, 4) = 'key_' AND name <> 'key_fingerprint'";

std::string keyPlace(std::string_view purpose) { return std::string("key/").append(purpose); }

std::string copy(const store::sqlite::Statement& row, int column) { return std::string(row.text(column)); }

Result<std::vector<SealedEnv>> sealedEnv(store::sqlite::Database& database) {
  REDD_TRY(auto rows, database.query("SELECT space_id, name, sealed FROM env WHERE sealed IS NOT NULL"));
  std::vector<SealedEnv> out;
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return out;
    out.push_back({copy(rows, 0), copy(rows, 1), copy(rows, 2)});
  }
}

Result<std::vector<SealedToken>> sealedTokens(store::sqlite::Database& database) {
  REDD_TRY(auto rows, database.query("SELECT seq, space_id, digest, sealed FROM tokens"));
  std::vector<SealedToken> out;
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return out;
    out.push_back({rows.integer(0), copy(rows, 1), copy(rows, 2), copy(rows, 3)});
  }
}

Result<std::vector<KeptKey>> keptKeys(store::sqlite::Database& database) {
  REDD_TRY(auto rows, database.query(kKeptKeys));
  std::vector<KeptKey> out;
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return out;
    out.push_back({copy(rows, 0), copy(rows, 1)});
  }
}

Result<std::string> openedKey(const Sealer& sealer, const KeptKey& kept) {
  const auto sealed = crypto::base64urlDecode(kept.sealed);
  if (!sealed) return Error::hidden(ErrorCode::internal, fmt::format("catalogue: the key kept for {} is damaged", kept.purpose));
  return sealer.open(*sealed, keyPlace(kept.purpose));
}

Result<std::optional<std::string>> keptKeyFor(store::sqlite::Database& database, const Sealer& sealer, std::string_view purpose) {
  REDD_TRY(const auto all, keptKeys(database));
  for (const auto& one : all) {
    if (one.purpose != purpose) continue;
    REDD_TRY(auto key, openedKey(sealer, one));
    return std::optional(std::move(key));
  }
  return std::optional<std::string>();
}

}  // namespace

Result<std::optional<std::string>> Tables::keptKey(std::string_view purpose) { return keptKeyFor(database_, sealer_, purpose); }

Result<void> Tables::putKeptKey(std::string_view purpose, std::string_view key) {
  const auto sealed = crypto::base64urlEncode(sealer_.seal(key, keyPlace(purpose)));
  return written(database_.run("INSERT INTO meta (name, value) VALUES (?, ?)", std::string("key_").append(purpose), sealed));
}

Result<std::string> Tables::keptKeyIn(const std::filesystem::path& file, const Sealer& sealer, std::string_view purpose) {
  REDD_TRY(auto database, store::sqlite::Database::open(file, store::sqlite::Mode::readOnly));
  REDD_TRY(auto key, keptKeyFor(database, sealer, purpose));
  if (!key) return notFound(fmt::format("{} holds no key for {} yet: the server makes it at its first start", file.string(), purpose));
  return std::move(*key);
}

Result<Resealed> Tables::reseal(const Sealer& next) {
  REDD_TRY(const auto variables, sealedEnv(database_));
  for (const auto& one : variables) {
    const auto place = envPlace(one.spaceId, one.name);
    REDD_TRY(const auto plain, sealer_.open(one.sealed, place));
    const auto sealed = next.seal(plain, place);
    REDD_TRY_VOID(database_.run("UPDATE env SET sealed = ? WHERE space_id = ? AND name = ?", store::sqlite::Blob{sealed}, one.spaceId, one.name));
  }
  REDD_TRY(const auto tokens, sealedTokens(database_));
  for (const auto& one : tokens) {
    REDD_TRY(const auto plain, sealer_.open(one.sealed, tokenPlace(one.spaceId, one.digest)));
    const auto digest = next.digest(plain);
    const auto sealed = next.seal(plain, tokenPlace(one.spaceId, digest));
    REDD_TRY_VOID(database_.run("UPDATE tokens SET digest = ?, sealed = ? WHERE seq = ?", digest, store::sqlite::Blob{sealed}, one.seq));
  }
  REDD_TRY(const auto kept, keptKeys(database_));
  for (const auto& one : kept) {
    REDD_TRY(const auto plain, openedKey(sealer_, one));
    const auto sealed = crypto::base64urlEncode(next.seal(plain, keyPlace(one.purpose)));
    REDD_TRY_VOID(database_.run("UPDATE meta SET value = ? WHERE name = ?", sealed, "key_" + one.purpose));
  }
  REDD_TRY_VOID(database_.run("UPDATE meta SET value = ? WHERE name = 'key_fingerprint'", next.fingerprint()));
  return Resealed{variables.size(), tokens.size()};
}

Result<void> Tables::dropOldPages() {
  REDD_TRY_VOID(database_.script("VACUUM"));
  return database_.checkpoint(store::sqlite::Database::Checkpoint::truncate);
}

Result<std::string> Tables::keyFingerprint(const std::filesystem::path& file, store::sqlite::Mode mode) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::string();
  REDD_TRY(auto database, store::sqlite::Database::open(file, mode));
  REDD_TRY(auto table, database.query("SELECT 1 FROM sqlite_schema WHERE name = 'meta'"));
  REDD_TRY(const bool made, table.step());
  if (!made) return std::string();
  REDD_TRY(auto row, database.query("SELECT value FROM meta WHERE name = 'key_fingerprint'"));
  REDD_TRY(const bool found, row.step());
  return found ? copy(row, 0) : std::string();
}

}  // namespace redd::space
