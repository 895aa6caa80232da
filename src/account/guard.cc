#include "guard.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace redd::account {

std::string addressOwner(std::string_view address) {
  if (address.starts_with("127.")) return "127.0.0.0/8";
  std::array<unsigned char, 16> bytes{};
  const std::string text(address);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) out += fmt::format("{:02x}", bytes[i]);
  return out;
}

Guard::Entry& Guard::entryOf(Entries& entries, const std::string& key, UnixMs now) {
  const auto known = entries.find(key);
  if (known == entries.end() && entries.size() >= kEntriesMax) {
    std::erase_if(entries, [&](const auto& one) { return now - one.second.lastMs > kWindowMs; });
    if (entries.size() >= kEntriesMax) {
      entries.erase(std::ranges::min_element(entries, {}, [](const auto& one) { return one.second.lastMs; }));
    }
  }
  auto& entry = entries[key];
  if (now - entry.lastMs > kWindowMs && now >= entry.notBeforeMs) entry = {};
  return entry;
}

void Guard::count(Entry& entry, int failuresMax, UnixMs now) {
  ++entry.failures;
  entry.lastMs = now;
  if (entry.failures < failuresMax) return;
  const int doublings = std::min(entry.failures - failuresMax, 10);
  entry.notBeforeMs = now + std::min<UnixMs>(UnixMs{1000} << doublings, kWindowMs);
}

Result<void> Guard::admit(std::string_view account, std::string_view address, UnixMs now) {
  const std::scoped_lock lock(mutex_);
  auto& byAddress = entryOf(addresses_, addressOwner(address), now);
  Entry nobody;
  auto& byAccount = account.empty() ? nobody : entryOf(accounts_, std::string(account), now);
  const auto waitMs = std::max(byAddress.notBeforeMs, byAccount.notBeforeMs) - now;
  if (waitMs > 0) {
    auto refusal = Error::make(ErrorCode::tooManyRequests, fmt::format("Too many failed tries. Try again in {} seconds.", (waitMs + 999) / 1000));
    refusal.members = fmt::format("\"retryAfterS\":{}", (waitMs + 999) / 1000);
    return refusal;
  }
  count(byAddress, kAddressFailuresMax, now);
  count(byAccount, kAccountFailuresMax, now);
  return {};
}

void Guard::succeeded(std::string_view account, std::string_view address) {
  const std::scoped_lock lock(mutex_);
  accounts_.erase(std::string(account));
  const auto found = addresses_.find(addressOwner(address));
  if (found == addresses_.end()) return;
  auto& entry = found->second;
  if (--entry.failures < kAddressFailuresMax) entry.notBeforeMs = 0;
  if (entry.failures <= 0) addresses_.erase(found);
}

}  // namespace redd::account
