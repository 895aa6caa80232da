#include "kv_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace redd::store {

Result<void> checkKey(const Limits& limits, std::string_view keyspace, std::string_view key) {
  const auto bytes = std::max(keyspace.size(), key.size());
  if (bytes <= limits.keyBytesMax) return {};
  return invalid(fmt::format("3 INVALID_ARGUMENT: the key has {} bytes, at most {} are allowed", bytes, limits.keyBytesMax));
}

Result<void> checkValue(const Limits& limits, std::string_view value) {
  if (value.size() <= limits.valueBytesMax) return {};
  return Error::make(ErrorCode::payloadTooLarge, fmt::format("3 INVALID_ARGUMENT: the value has {} bytes, at most {} are allowed",
                                                             value.size(), limits.valueBytesMax));
}

Result<void> checkAmount(double by) {
  if (std::isfinite(by)) return {};
  return invalid("3 INVALID_ARGUMENT: the amount is not a finite number");
}

Result<double> sumOf(const std::optional<KvValue>& value, double by) {
  double number = 0;
  if (const auto* stored = value ? std::get_if<double>(&*value) : nullptr) {
    number = *stored;
  } else if (value) {
    const auto& text = std::get<std::string>(*value);
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) number = 0;
  }
  const double sum = number + by;
  if (!std::isfinite(sum)) return invalid("3 INVALID_ARGUMENT: the sum is too large for a number");
  return sum;
}

std::optional<UnixMs> expiryOf(std::optional<std::int64_t> ttlMs, UnixMs now) {
  constexpr std::int64_t kForeverMs = 1'000'000'000'000'000;
  return ttlMs && *ttlMs > 0 ? std::optional(now + std::min(*ttlMs, kForeverMs)) : std::nullopt;
}

}  // namespace redd::store
