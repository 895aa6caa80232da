// The door: verifies bearer tokens of spaces against their key sets (spec 30.4, SEC-01 to SEC-09, REL-01 to REL-03).
//
// Owns, per space with a JWKS URL: the cached key set (also on disk, so that a restart without the endpoint works), its
// single-flight refresh, and bounded caches of accepted and refused tokens keyed by SHA-256 of the whole token. Belongs to one loop.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/explanation.h"
#include "auth/forecast.h"
#include "auth/verdict.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "base/task.h"
#include "http/client.h"

namespace redd::auth {

// What a space asks of a token. Equal settings share caches; a change of any member starts afresh.
struct TokenPolicy {
  std::string jwksUrl;
  std::string issuer;                   // empty: not checked
  std::vector<std::string> audience;    // empty: not checked; else one must be in the token's aud
  std::vector<std::string> algorithms;  // empty: RS/PS 256 384 512, ES 256 384 512, EdDSA
  bool requireExp = true;
  std::int64_t leewayS = 30;
  bool operator==(const TokenPolicy&) const = default;
};
// Errors name the setting, the value and the fix: not https, private address not allowed, HS256 can never be listed, …
Result<void> checkPolicy(const TokenPolicy& policy, const http::AddressPolicy& addresses);

class Authenticator {
 public:
  struct Options {
    std::filesystem::path cacheDir;  // key sets are kept here, one file a space
    std::function<UnixMs()> now = nowMs;
  };
  static std::unique_ptr<Authenticator> create(Loop& loop, http::Fetcher& fetcher, const Limits& limits, Metrics& metrics,
                                               Options options);
  virtual ~Authenticator() = default;

  // The value of the Authorization header → the token, or the reason it is none (SEC-08).
  static std::optional<std::string_view> bearerToken(std::string_view authorization);

  // Under 1 µs: the verdict from the cache, or nullptr. Call verify() then.
  virtual VerdictPtr cached(std::string_view spaceId, const TokenPolicy& policy, std::string_view token) = 0;
  // Never takes longer than Limits::keySetTotalMs. Concurrent calls share one fetch.
  virtual Task<VerdictPtr> verify(std::string spaceId, TokenPolicy policy, std::string token) = 0;

  // What verify() would say, with every check; for a person, not for a request. Fetches the key set when one is due, as verify() does.
  virtual Task<Explanation> explain(std::string spaceId, TokenPolicy policy, std::string token) = 0;
  // The key set as it is now. KeySetFetch::whenDue asks the endpoint first when there is no fresh set, as a request would.
  enum class KeySetFetch : std::uint8_t { never, whenDue };
  virtual Task<KeySetStatus> status(std::string spaceId, TokenPolicy policy, KeySetFetch fetch) = 0;

  // What `proposed` would say of callers whom the space has accepted. Keys are judged when its URL is not the space's present one: that set
  // is fetched as for a request, looked at, and not kept.
  virtual Task<Forecast> foresee(std::string spaceId, std::string presentUrl, TokenPolicy proposed, std::vector<Caller> callers) = 0;

  // Settings changed or the space is gone: drop everything known about it.
  virtual void forget(std::string_view spaceId) = 0;
};

}  // namespace redd::auth
