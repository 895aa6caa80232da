#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "sqlite/sqlite_store.h"

namespace redd::store::sqlite {
namespace {

constexpr std::size_t kOpOverheadBytes = 128;

class KvOp {  // the part that set, incr and del share
 public:
  KvOp(KvKey key, std::optional<std::int64_t> ttlMs) : key_(std::move(key)), ttlMs_(ttlMs) {}

 protected:
  // A write without ttl removes an earlier one; each with a ttl starts it anew (spec 40.10).
  std::optional<UnixMs> expiry(UnixMs now) const {
    constexpr std::int64_t kForeverMs = 1'000'000'000'000'000;
    return ttlMs_ && *ttlMs_ > 0 ? std::optional(now + std::min(*ttlMs_, kForeverMs)) : std::nullopt;
  }
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
    const double sum = numberOf(state.value) + by_;
    if (!std::isfinite(sum)) return invalid("3 INVALID_ARGUMENT: the sum is too large for a number");
    // Without ttl an increment leaves the expiry as it is.
    const auto expiresAt = ttlMs_ ? expiry(writer.kv.now()) : state.expiresAt;
    REDD_TRY_VOID(writer.kv.put(key_, KvState{KvValue(sum), expiresAt}));
    result_ = sum;
    return {};
  }
  bool writesRows() const override { return false; }

 private:
  static double numberOf(const std::optional<KvValue>& value);
  double by_;
};

// A text that is a number counts as it, as JavaScript's Number() would; everything else is 0.
double IncrOp::numberOf(const std::optional<KvValue>& value) {
  if (!value) return 0;
  if (const auto* number = std::get_if<double>(&*value)) return *number;
  const auto& text = std::get<std::string>(*value);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(number) ? number : 0;
}

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
    entries.push_back({std::string(rows.text(0)), *kvStateOf(rows, 1).value});
    bytes += entries.back().key.size() + rows.text(1).size();
  }
  return entries;
}

}  // namespace

Result<void> SqliteStore::checkKey(std::string_view keyspace, std::string_view key) const {
  if (key.size() > limits_.keyBytesMax || keyspace.size() > limits_.keyBytesMax) {
    return invalid(fmt::format("3 INVALID_ARGUMENT: the key has {} bytes, at most {} are allowed",
                               std::max(key.size(), keyspace.size()), limits_.keyBytesMax));
  }
  return {};
}

void SqliteStore::kvGet(std::string keyspace, std::string key, Completion<std::optional<KvValue>> done) {
  if (auto sound = checkKey(keyspace, key); !sound) return failLater(std::move(done), sound.error());
  const KvKey packed(keyspace, key);
  KvCache::Entry& entry = cache_.entry(packed);
  const auto wait = std::max(entry.pendingUntil, kvPrefixRemoved_);
  if (wait > settled_) {
    return after(wait, [this, keyspace = std::move(keyspace), key = std::move(key), done = std::move(done)]() mutable {
      kvGet(std::move(keyspace), std::move(key), std::move(done));
    });
  }
  if (entry.state == KvCache::Entry::State::known) {
    return done(entry.value.visible(nowMs()) ? entry.value.value : std::nullopt);
  }
  entry.waiters.push_back(std::move(done));
  if (entry.state == KvCache::Entry::State::unknown) load(packed, entry);
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
  if (auto sound = checkKey(keyspace, key); !sound) return failLater(std::move(done), sound.error());
  if (value.size() > limits_.valueBytesMax) {
    return failLater(std::move(done),
                     Error::make(ErrorCode::payloadTooLarge, fmt::format("3 INVALID_ARGUMENT: the value has {} bytes, at most {} are allowed",
                                                                         value.size(), limits_.valueBytesMax)));
  }
  KvKey packed(keyspace, key);
  const auto bytes = kOpOverheadBytes + packed.bytes() + value.size();
  const auto number = write(std::make_unique<SetOp>(packed, std::move(value), ttlMs, std::move(done)), bytes);
  if (number > 0) cache_.written(packed, kvWritten_ = number);
}

void SqliteStore::kvIncr(std::string keyspace, std::string key, double by, std::optional<std::int64_t> ttlMs,
                         Completion<double> done) {
  if (auto sound = checkKey(keyspace, key); !sound) return failLater(std::move(done), sound.error());
  if (!std::isfinite(by)) return failLater(std::move(done), invalid("3 INVALID_ARGUMENT: the amount is not a finite number"));
  KvKey packed(keyspace, key);
  const auto bytes = kOpOverheadBytes + packed.bytes();
  const auto number = write(std::make_unique<IncrOp>(packed, by, ttlMs, std::move(done)), bytes);
  if (number > 0) cache_.written(packed, kvWritten_ = number);
}

void SqliteStore::kvDel(std::string keyspace, std::string key, Completion<std::optional<KvValue>> done) {
  if (auto sound = checkKey(keyspace, key); !sound) return failLater(std::move(done), sound.error());
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
  if (auto sound = checkKey(keyspace, prefix); !sound) return failLater(std::move(done), sound.error());
  const auto bytes = kOpOverheadBytes + keyspace.size() + prefix.size();
  KvPrefix which{std::move(keyspace), std::move(prefix)};
  const auto number = write(std::make_unique<DelPrefixOp>(std::move(which), std::move(done)), bytes);
  if (number > 0) kvWritten_ = kvPrefixRemoved_ = number;
}

}  // namespace redd::store::sqlite
