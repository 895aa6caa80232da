// Verdicts by digest of the whole token: bounded, least recently used first out. Belongs to one loop.
//
// Digests are spread over the buckets with a seed of this process: a stranger who grinds tokens cannot fill one bucket.
#pragma once

#include <list>
#include <unordered_map>

#include "auth/verdict.h"
#include "base/clock.h"
#include "crypto/hash.h"

namespace redd::auth {

class VerdictCache {
 public:
  struct Entry {
    crypto::Sha256Digest token;
    crypto::Sha256Digest key;  // Jwk::digest of the key that was asked; zeros: none
    VerdictPtr verdict;
    UnixMs untilMs;
  };

  explicit VerdictCache(std::size_t entriesMax);
  VerdictPtr find(const crypto::Sha256Digest& token, UnixMs now);  // nullptr: unknown, or its time is over
  void put(Entry entry);
  std::size_t size() const { return order_.size(); }

  template <class Predicate>
  void eraseIf(Predicate predicate) {
    for (auto entry = order_.begin(); entry != order_.end();) {
      if (predicate(*entry)) {
        index_.erase(entry->token);
        entry = order_.erase(entry);
      } else {
        ++entry;
      }
    }
  }

 private:
  struct Spread {
    std::uint64_t seed;
    std::size_t operator()(const crypto::Sha256Digest& digest) const;
  };

  const std::size_t entriesMax_;
  std::list<Entry> order_;  // the most recently used first
  std::unordered_map<crypto::Sha256Digest, std::list<Entry>::iterator, Spread> index_;
};

}  // namespace redd::auth
