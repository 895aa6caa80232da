// The key set of one space: fetched, kept fresh, used while stale, kept on disk (REL-01, REL-02). Belongs to the loop.
//
// * Fresh for 10 minutes; a use after 8 of them starts a refresh beside the requests. Past freshness a request waits for the refresh, but
//   for at most a second, and not at all while the endpoint is known to be in trouble. Up to 24 hours old a set still serves.
// * One fetch at a time, shared by all who wait; a token with an unknown key causes at most one fetch in 10 seconds; failures back off from
//   1 to 60 seconds with jitter.
// * At most 1,000 requests wait for a fetch; the others are answered at once with what there is.
// * A malformed answer never replaces a set; an empty one does when two fetches in a row agree.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "base/task.h"
#include "disk_lane.h"
#include "http/client.h"
#include "jwk.h"

namespace redd::auth {

struct KeySourceMetrics {
  explicit KeySourceMetrics(Metrics& metrics);
  Counter fetched;      // redd_auth_key_set_fetches_total{result="ok"}
  Counter failed;       // … {result="failed"}
  Counter stale;        // redd_auth_stale_key_set_uses_total
  Counter privateKeys;  // redd_auth_private_keys_published_total
};

class KeySource : public std::enable_shared_from_this<KeySource> {
 public:
  struct House {  // what all sources share
    Loop& loop;
    http::Fetcher& fetcher;
    const Limits& limits;
    KeySourceMetrics metrics;
    std::function<UnixMs()> now;
    DiskLane disk;
  };
  // file: where the set is kept; empty: nowhere, for a set that is only looked at.
  KeySource(std::shared_ptr<House> house, std::string name, std::string url, std::filesystem::path file);

  // The set to check with now, or nullptr. Does not wait; starts a refresh when one is due.
  KeySetPtr current(UnixMs now);
  // Waits when there is none, bounded by Limits::keySetTotalMs. nullptr: trouble() says why.
  Task<KeySetPtr> keys();
  // After a verdict of "unknown key": true when there may be a newer set than the one that was asked. `fetchesBegun` is the value from
  // before that set was asked for. Waits for `leftMs` at most.
  Task<bool> refreshForUnknownKey(std::uint64_t fetchesBegun, std::int64_t leftMs);

  std::uint64_t fetchesBegun() const { return fetchesBegun_; }
  std::uint64_t generation() const { return generation_; }  // grows when the keys of the set change
  const std::string& trouble() const { return trouble_; }
  // For auth.status: what there is, whatever its age; starts nothing. nullptr, 0: none.
  const KeySetPtr& latest() const { return keys_; }
  UnixMs fetchedAtMs() const { return fetchedAtMs_; }
  UnixMs triedAtMs() const { return triedAtMs_; }

 private:
  bool isUsable(UnixMs now) const;
  bool isFresh(UnixMs now) const;
  bool mayFetch(UnixMs now) const;
  void begin();
  Task<void> refresh(std::shared_ptr<KeySource> self);
  Task<void> load();
  Task<Result<http::ClientResponse>> fetchSet();
  Task<void> waitForChange(std::int64_t ms);
  void wakeAll();
  void absorb(Result<http::ClientResponse> response);
  Result<KeySet> accept(Result<http::ClientResponse> response);
  void install(KeySet set, UnixMs fetchedAtMs);
  void fail(const Error& error);

  std::shared_ptr<House> house_;
  const std::string name_;  // of the space, for the log
  const std::string url_;
  const std::filesystem::path file_;

  KeySetPtr keys_;
  UnixMs fetchedAtMs_ = 0;
  UnixMs triedAtMs_ = 0;
  std::uint64_t generation_ = 0;
  std::uint64_t fetchesBegun_ = 0;
  std::string body_;  // of the answer under way, until it is stored
  std::string trouble_;

  bool isLoaded_ = false;  // the disk was asked
  bool isRefreshing_ = false;
  bool isInTrouble_ = false;  // the last fetch failed or was slow: nobody waits for the next
  unsigned failures_ = 0;
  unsigned emptyInARow_ = 0;
  UnixMs nextAttemptMs_ = 0;
  UnixMs unknownKeyFetchMs_ = 0;
  std::list<boost::asio::steady_timer> waiting_;
};

}  // namespace redd::auth
