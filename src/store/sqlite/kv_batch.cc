#include "sqlite/kv_batch.h"

namespace redd::store::sqlite {

std::optional<std::string> prefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (end.empty()) return std::nullopt;
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

KvState kvStateOf(const Statement& row, int column) {
  KvState state;
  if (row.kind(column) == Statement::Kind::real) {
    state.value = row.real(column);
  } else {
    state.value = std::string(row.text(column));
  }
  if (!row.isNull(column + 1)) state.expiresAt = row.integer(column + 1);
  return state;
}

Result<KvBatch::Touched*> KvBatch::touch(const KvKey& key) {
  auto [at, added] = touched_.try_emplace(key);
  Touched& touched = at->second;
  if (!added) return &touched;
  REDD_TRY(Statement row, database_.query("SELECT value, expires_at FROM kv WHERE keyspace = ? AND key = ?", key.keyspace(),
                                          key.key()));
  REDD_TRY(const bool found, row.step());
  if (!found) return &touched;
  touched.inDatabase = true;
  touched.state = kvStateOf(row, 0);
  return &touched;
}

Result<KvState> KvBatch::get(const KvKey& key) {
  REDD_TRY(const Touched* touched, touch(key));
  return touched->state.visible(now_) ? touched->state : KvState{};
}

Result<void> KvBatch::put(const KvKey& key, KvState state) {
  REDD_TRY(Touched * touched, touch(key));
  touched->state = std::move(state);
  touched->changed = true;
  return {};
}

Result<std::uint64_t> KvBatch::removePrefix(KvPrefix prefix) {
  REDD_TRY_VOID(write());
  const auto end = prefixEnd(prefix.prefix);
  REDD_TRY(Statement counted,
           database_.query("SELECT count(*) FROM kv WHERE keyspace = ?1 AND key >= ?2 AND (?3 IS NULL OR key < ?3)"
                           " AND (expires_at IS NULL OR expires_at > ?4)",
                           prefix.keyspace, prefix.prefix, end, now_));
  REDD_TRY([[maybe_unused]] const bool row, counted.step());
  const auto visible = static_cast<std::uint64_t>(counted.integer(0));
  REDD_TRY_VOID(database_.run("DELETE FROM kv WHERE keyspace = ?1 AND key >= ?2 AND (?3 IS NULL OR key < ?3)",
                              prefix.keyspace, prefix.prefix, end));
  for (auto& [key, touched] : touched_) {
    if (prefix.covers(key)) touched = Touched{};
  }
  removed_.push_back(std::move(prefix));
  return visible;
}

Result<void> KvBatch::write() {
  for (auto& [key, touched] : touched_) {
    if (!touched.changed) continue;
    const KvState& state = touched.state;
    if (!state.value) {
      if (touched.inDatabase) {
        REDD_TRY_VOID(database_.run("DELETE FROM kv WHERE keyspace = ? AND key = ?", key.keyspace(), key.key()));
      }
    } else if (touched.inDatabase) {
      constexpr std::string_view kUpdate = "UPDATE kv SET value = ?, expires_at = ? WHERE keyspace = ? AND key = ?";
      REDD_TRY_VOID(std::visit(
          [&](const auto& value) { return database_.run(kUpdate, value, state.expiresAt, key.keyspace(), key.key()); },
          *state.value));
    } else {
      constexpr std::string_view kInsert = "INSERT INTO kv(value, expires_at, keyspace, key) VALUES(?, ?, ?, ?)";
      REDD_TRY_VOID(std::visit(
          [&](const auto& value) { return database_.run(kInsert, value, state.expiresAt, key.keyspace(), key.key()); },
          *state.value));
    }
    touched.inDatabase = state.value.has_value();
    touched.changed = false;
  }
  return {};
}

KvNews KvBatch::news() && {
  KvNews news;
  news.removed = std::move(removed_);
  news.states.reserve(touched_.size());
  for (auto& [key, touched] : touched_) news.states.emplace_back(key, std::move(touched.state));
  return news;
}

}  // namespace redd::store::sqlite
