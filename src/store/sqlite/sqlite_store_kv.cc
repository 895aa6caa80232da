#include <fmt/format.h>

#include "kv_rules.h"
#include "sqlite/sqlite_store.h"

namespace redd::store::sqlite {
namespace {

constexpr std::size_t kOpOverheadBytes = 128;

class KvOp {  // the part that set, incr and del share
 public:
  KvOp(KvKey key, std::optional<std::int64_t> ttlMs) : key_(std::move(key)), ttlMs_(ttlMs) {}

 protected:
  // A write without ttl removes an earlier one; each with a ttl starts it anew (spec 40.10).
  std::optional<UnixMs> expiry(UnixMs now) const { return expiryOf(ttlMs_, now); }
  KvKey key_;
  std::optional<std::int64_t> ttlMs_;
};

class SetOp final : public WriteOpOf<void>, KvOp {
 public:
  SetOp(KvKey key, std::string value, std::optional<std::int64_t> ttlMs, Completion<void> done)
      : WriteOpOf(std::move(done)), KvOp(std::move(key), ttlMs), value_(std::move(value)) {}
  Result<void> apply(Writer& writer) override {
    result_ = writer.kv.put(key_, KvState{KvValue(value_), expiry(writer.kv.now())});
    return result_;
  }
  bool writesRows() const override { return false; }

 private:
  std::string value_;
};

class IncrOp final : public WriteOpOf<double>, KvOp {
 public:
  IncrOp(KvKey key, double by, std::optional<std::int64_t> ttlMs, Completion<double> done)
      : WriteOpOf(std::move(done)), KvOp(std::move(key), ttlMs), by_(by) {}
  Result<void> apply(Writer& writer) override {
    REDD_TRY(KvState state, writer.kv.get(key_));
    REDD_TRY(const double sum, sumOf(state.value, by_));
    // Without ttl an increment leaves the expiry as it is.
    const auto expiresAt = ttlMs_ ? expiry(writer.kv.now()) : state.expiresAt;
    REDD_TRY_VOID(writer.kv.put(key_, KvState{KvValue(sum), expiresAt}));
    result_ = sum;
    return {};
  }
  bool writesRows() const override { return false; }

 private:
  double by_;
};

class DelOp final : public WriteOpOf<std::optional<KvValue>>, KvOp {
 public:
  DelOp(KvKey key, Completion<std::optional<KvValue>> done)
      : WriteOpOf(std::move(done)), KvOp(std::move(key), std::nullopt) {}
  Result<void> apply(Writer& writer) override {
    REDD_TRY(KvState state, writer.kv.get(key_));
    REDD_TRY_VOID(writer.kv.put(key_, KvState{}));
    result_ = std::move(state.value);
    return {};
  }
  bool writesRows() const override { return false; }
};

class DelPrefixOp final : public WriteOpOf<std::uint64_t> {
 public:
  DelPrefixOp(KvPrefix prefix, Completion<std::uint64_t> done) : WriteOpOf(std::move(done)), prefix_(std::move(prefix)) {}
  Result<void> apply(Writer& writer) override {
    REDD_TRY(result_, writer.kv.removePrefix(prefix_));
    return {};
  }
  // No savepoint: it writes out what the operations before it changed, and that must not be undone with it.
  bool writesRows() const override { return false; }

 private:
  KvPrefix prefix_;
};

Result<std::vector<KvEntry>> scanRows(Database& database, const KvScan& scan) {
  const bool ascending = scan.order == KvScan::Order::ascending;
  const auto end = prefixEnd(scan.prefix);
  const auto columns = fmt::format(
      "SELECT key, value, expires_at FROM kv WHERE keyspace = ?1 AND key >= ?2 AND (?3 IS NULL OR key < ?3)"
      " AND (?4 IS NULL OR key {} ?4) AND (expires_at IS NULL OR expires_at > ?5) ORDER BY key {}",
      ascending ? ">" : "<", ascending ? "ASC" : "DESC");
  REDD_TRY(Statement rows, database.query(columns, scan.keyspace, scan.prefix, end, scan.after, nowMs()));
  std::vector<KvEntry> entries;
  std::size_t bytes = 0;
  while (entries.size() < scan.limit && bytes < SqliteStore::kScanBytesMax) {
    REDD_TRY(const bool row, rows.step());
    if (!row) break;
    auto state = kvStateOf(rows, 1);
    entries.push_back({std::string(rows.text(0)), *std::move(state.value), state.expiresAt});
    bytes += entries.back().key.size() + rows.text(1).size();
  }
  return entries;
}

}  // namespace

void SqliteStore::kvGet(std::string keyspace, std::string key, Completion<std::optional<KvValue>> done) {
  if (auto sound = checkKey(limits_, keyspace, key); !sound) return failLater(std::move(done), sound.error());
  KvKey packed(keyspace, key);
  const auto wait = std::max(cache_.entry(packed).pendingUntil, kvPrefixRemoved_);
  if (wait <= settled_) return getNow(packed, std::move(done));
  // For the writes called before it, not for those that come meanwhile: a busy key would be waited for without end.
  after(wait, [this, packed = std::move(packed), done = std::move(done)]() mutable { getNow(packed, std::move(done)); });
}

void SqliteStore::getNow(const KvKey& key, Completion<std::optional<KvValue>> done) {
  KvCache::Entry& entry = cache_.entry(key);
  if (entry.state == KvCache::Entry::State::known) {
    return done(entry.value.visible(nowMs()) ? entry.value.value : std::nullopt);
  }
  entry.waiters.push_back(std::move(done));
  if (entry.state == KvCache::Entry::State::unknown) load(key, entry);
}

void SqliteStore::load(const KvKey& key, KvCache::Entry& entry) {
  entry.state = KvCache::Entry::State::loading;
  auto job = [key](Database& database) -> Result<KvState> {
    REDD_TRY(Statement row, database.query("SELECT value, expires_at FROM kv WHERE keyspace = ? AND key = ?", key.keyspace(),
                                            key.key()));
    REDD_TRY(const bool found, row.step());
    return found ? kvStateOf(row, 0) : KvState{};
  };
  read<KvState>(std::move(job), [this, key](Result<KvState> state) { loaded(key, std::move(state)); });
}

void SqliteStore::loaded(const KvKey& key, Result<KvState> state) {
  KvCache::Entry& entry = cache_.entry(key);
  if (entry.state == KvCache::Entry::State::loading) cache_.load(entry, state);
  auto waiters = std::exchange(entry.waiters, {});
  Result<std::optional<KvValue>> answer = std::optional<KvValue>();
  if (entry.state == KvCache::Entry::State::known) {
    if (entry.value.visible(nowMs())) answer = entry.value.value;
  } else {
    answer = state.error();
  }
  cache_.settled(settled_);
  for (auto& waiter : waiters) waiter(answer);
}

void SqliteStore::kvSet(std::string keyspace, std::string key, std::string value, std::optional<std::int64_t> ttlMs,
                        Completion<void> done) {
  if (auto sound = checkKey(limits_, keyspace, key); !sound) return failLater(std::move(done), sound.error());
  if (auto sound = checkValue(limits_, value); !sound) return failLater(std::move(done), sound.error());
  KvKey packed(keyspace, key);
  const auto bytes = kOpOverheadBytes + packed.bytes() + value.size();
  const auto number = write(std::make_unique<SetOp>(packed, std::move(value), ttlMs, std::move(done)), bytes);
  if (number > 0) cache_.written(packed, kvWritten_ = number);
}

void SqliteStore::kvIncr(std::string keyspace, std::string key, double by, std::optional<std::int64_t> ttlMs,
                         Completion<double> done) {
  if (auto sound = checkKey(limits_, keyspace, key); !sound) return failLater(std::move(done), sound.error());
  if (auto sound = checkAmount(by); !sound) return failLater(std::move(done), sound.error());
  KvKey packed(keyspace, key);
  const auto bytes = kOpOverheadBytes + packed.bytes();
  const auto number = write(std::make_unique<IncrOp>(packed, by, ttlMs, std::move(done)), bytes);
  if (number > 0) cache_.written(packed, kvWritten_ = number);
}

void SqliteStore::kvDel(std::string keyspace, std::string key, Completion<std::optional<KvValue>> done) {
  if (auto sound = checkKey(limits_, keyspace, key); !sound) return failLater(std::move(done), sound.error());
  KvKey packed(keyspace, key);
  const auto bytes = kOpOverheadBytes + packed.bytes();
  const auto number = write(std::make_unique<DelOp>(packed, std::move(done)), bytes);
  if (number > 0) cache_.written(packed, kvWritten_ = number);
}

void SqliteStore::kvScan(KvScan scan, Completion<std::vector<KvEntry>> done) {
  auto job = [scan = std::move(scan)](Database& database) { return scanRows(database, scan); };
  readAfter<std::vector<KvEntry>>(kvWritten_, std::move(job), std::move(done));
}

void SqliteStore::kvDelPrefix(std::string keyspace, std::string prefix, Completion<std::uint64_t> done) {
  if (auto sound = checkKey(limits_, keyspace, prefix); !sound) return failLater(std::move(done), sound.error());
  const auto bytes = kOpOverheadBytes + keyspace.size() + prefix.size();
  KvPrefix which{std::move(keyspace), std::move(prefix)};
  const auto number = write(std::make_unique<DelPrefixOp>(std::move(which), std::move(done)), bytes);
  if (number > 0) kvWritten_ = kvPrefixRemoved_ = number;
}

}  // namespace redd::store::sqlite
