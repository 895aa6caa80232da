// What key/value operations mean, whatever stands under them (spec 40.10).
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "store/store.h"

namespace redd::store {

Result<void> checkKey(const Limits& limits, std::string_view keyspace, std::string_view key);
Result<void> checkValue(const Limits& limits, std::string_view value);
Result<void> checkAmount(double by);

// The value plus `by`; missing or not a number counts as 0, a text that is a number as that.
Result<double> sumOf(const std::optional<KvValue>& value, double by);

// When a write at `now` with this ttl expires; nullopt (also for a ttl of 0 or less): never.
std::optional<UnixMs> expiryOf(std::optional<std::int64_t> ttlMs, UnixMs now);

}  // namespace redd::store
