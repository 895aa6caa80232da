#include "verdict_cache.h"

#include <cstring>

#include "base/random.h"

namespace redd::auth {

std::size_t VerdictCache::Spread::operator()(const crypto::Sha256Digest& digest) const {
  std::uint64_t first = 0;
  std::memcpy(&first, digest.data(), sizeof first);
  return (first ^ seed) * 0x9e3779b97f4a7c15U;
}

VerdictCache::VerdictCache(std::size_t entriesMax) : entriesMax_(entriesMax), index_(0, Spread{randomU64()}) {}

VerdictPtr VerdictCache::find(const crypto::Sha256Digest& token, UnixMs now) {
  const auto found = index_.find(token);
  if (found == index_.end()) return nullptr;
  const auto entry = found->second;
  if (now >= entry->untilMs) {
    index_.erase(found);
    order_.erase(entry);
    return nullptr;
  }
  if (entry != order_.begin()) order_.splice(order_.begin(), order_, entry);
  return entry->verdict;
}

void VerdictCache::put(Entry entry) {
  if (entriesMax_ == 0) return;
  if (const auto old = index_.find(entry.token); old != index_.end()) {
    order_.erase(old->second);
    index_.erase(old);
  }
  if (order_.size() >= entriesMax_) {
    index_.erase(order_.back().token);
    order_.pop_back();
  }
  order_.push_front(std::move(entry));
  index_.emplace(order_.front().token, order_.begin());
}

}  // namespace redd::auth
