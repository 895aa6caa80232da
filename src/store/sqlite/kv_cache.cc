#include "sqlite/kv_cache.h"

namespace redd::store::sqlite {

KvCache::Entry& KvCache::entry(const KvKey& key) {
  auto [at, added] = entries_.try_emplace(key);
  Entry& entry = at->second;
  if (added) {
    entry.key = &at->first;
    ages_.push_front(&entry);
    entry.age = ages_.begin();
    account(entry);
  } else if (entry.age != ages_.begin()) {
    ages_.splice(ages_.begin(), ages_, entry.age);
  }
  return entry;
}

void KvCache::account(Entry& entry) {
  constexpr std::size_t kOverhead = 200;
  bytes_ -= entry.bytes;
  entry.bytes = kOverhead + entry.key->bytes();
  if (entry.value.value) {
    if (const auto* text = std::get_if<std::string>(&*entry.value.value)) entry.bytes += text->size();
  }
  bytes_ += entry.bytes;
}

void KvCache::load(Entry& entry, Result<KvState>& state) {
  entry.state = state ? Entry::State::known : Entry::State::unknown;
  if (state) entry.value = *std::move(state);
  account(entry);
}

void KvCache::publish(KvNews news) {
  for (const auto& prefix : news.removed) {
    for (auto& [key, entry] : entries_) {
      if (!prefix.covers(key)) continue;
      entry.value = {};
      entry.state = Entry::State::known;
      account(entry);
    }
  }
  for (auto& [key, state] : news.states) {
    auto found = entries_.find(key);
    if (found == entries_.end()) continue;
    found->second.value = std::move(state);
    found->second.state = Entry::State::known;
    account(found->second);
  }
}

void KvCache::forget() {
  for (auto& [key, entry] : entries_) {
    if (entry.state != Entry::State::known) continue;
    entry.state = Entry::State::unknown;
    entry.value = {};
    account(entry);
  }
}

void KvCache::settled(std::uint64_t number) {
  // Pinned entries are few: those whose write or load is under way.
  auto at = ages_.end();
  while (bytes_ > kBytesMax && at != ages_.begin()) {
    --at;
    Entry& entry = **at;
    if (entry.state == Entry::State::loading || entry.pendingUntil > number) continue;
    bytes_ -= entry.bytes;
    at = ages_.erase(at);
    entries_.erase(entries_.find(*entry.key));
  }
}

}  // namespace redd::store::sqlite
