#include <fmt/format.h>

#include <algorithm>

#include "data_access.h"
#include "json_writer.h"

namespace redd::control {
namespace {

using store::KvValue;

struct KeyPlace {
  std::string key, keyspace;
};

Result<KeyPlace> keyPlace(const Call& call) {
  KeyPlace out{call.arguments.text("key"), call.arguments.text("keyspace")};
  const auto most = call.services.limits.keyBytesMax;
  if (out.key.size() > most) return invalid(fmt::format("A key has at most {} bytes.", most));
  if (out.keyspace.size() > most) return invalid(fmt::format("A keyspace has at most {} bytes.", most));
  return out;
}

std::string valueJson(const KvValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? json::quoted(*text) : json::number(std::get<double>(value));
}

std::string entryJson(const store::KvEntry& entry) {
  JsonObject out;
  out.text("key", entry.key).raw("value", valueJson(entry.value));
  if (entry.expiresMs) out.raw("expiresMs", std::to_string(*entry.expiresMs));
  return out.end();
}

std::string pairJson(std::string_view key, const KvValue& value) { return JsonObject().text("key", key).raw("value", valueJson(value)).end(); }

Task<Result<void>> sendKeys(Call& call, http::Exchange& exchange) {
  REDD_CO_TRY(const auto format, linesFormat(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  const bool isReverse = call.arguments.flag("reverse").value_or(false);
  store::KvScan scan{.keyspace = call.arguments.text("keyspace"),
                     .prefix = call.arguments.text("prefix"),
                     .order = isReverse ? store::KvScan::Order::descending : store::KvScan::Order::ascending};
  auto left = call.arguments.count("limit");
  LineSender sender(exchange, format);
  while (!left || *left > 0) {
    if (left) scan.limit = static_cast<std::size_t>(std::min<std::uint64_t>(*left, 100));
    using Entries = std::vector<store::KvEntry>;
    REDD_CO_TRY(const auto entries, co_await suspend<Entries>([&](Completion<Entries> done) { store->kvScan(scan, std::move(done)); }));
    if (entries.empty()) break;
    for (const auto& entry : entries) sender.add(entryJson(entry));
    REDD_CO_TRY_VOID(co_await sender.send());
    if (left) *left -= entries.size();
    scan.after = entries.back().key;
    if (call.services.stopping) co_return stoppingError();
  }
  co_return co_await sender.finish();
}

}  // namespace

Task<Result<Answer>> getKey(Call call) {
  REDD_CO_TRY(const auto place, keyPlace(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  using Found = std::optional<KvValue>;
  REDD_CO_TRY(const auto found, co_await suspend<Found>([&](Completion<Found> done) { store->kvGet(place.keyspace, place.key, std::move(done)); }));
  if (!found) co_return notFound("Unknown key");
  co_return Answer{pairJson(place.key, *found)};
}

Task<Result<Answer>> setKey(Call call) {
  REDD_CO_TRY(const auto place, keyPlace(call));
  const auto value = call.arguments.takeText("value");
  if (value.size() > call.services.limits.valueBytesMax) co_return invalid(fmt::format("A value has at most {} bytes.", call.services.limits.valueBytesMax));
  std::optional<std::int64_t> ttlMs;
  if (const auto ttl = call.arguments.count("ttl")) ttlMs = static_cast<std::int64_t>(std::min<std::uint64_t>(*ttl, std::uint64_t{1} << 52));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  REDD_CO_TRY_VOID(co_await suspend<void>([&](Completion<void> done) { store->kvSet(place.keyspace, place.key, value, ttlMs, std::move(done)); }));
  co_return Answer{pairJson(place.key, value)};
}

Task<Result<Answer>> removeKey(Call call) {
  REDD_CO_TRY(const auto place, keyPlace(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  using Found = std::optional<KvValue>;
  REDD_CO_TRY(const auto was, co_await suspend<Found>([&](Completion<Found> done) { store->kvDel(place.keyspace, place.key, std::move(done)); }));
  JsonObject out;
  out.text("key", place.key).flag("removed", was.has_value());
  if (was) out.raw("value", valueJson(*was));
  co_return Answer{out.end()};
}

Task<void> listKeys(Call call, http::Exchange& exchange) {
  auto done = co_await sendKeys(call, exchange);
  co_await endStream("key.list", std::move(done), exchange);
}

Task<Result<Answer>> removeKeys(Call call) {
  REDD_CO_TRY(const auto store, co_await openStore(call));
  REDD_CO_TRY(const auto count, co_await suspend<std::uint64_t>([&](Completion<std::uint64_t> done) {
                store->kvDelPrefix(call.arguments.text("keyspace"), call.arguments.text("prefix"), std::move(done));
              }));
  co_return Answer{countJson(count)};
}

}  // namespace redd::control
