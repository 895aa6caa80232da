#include "auth/authenticator.h"

#include <algorithm>
#include <unordered_map>

#include "caller.h"
#include "explain.h"
#include "key_source.h"
#include "token.h"
#include "verdict_cache.h"
#include "verifier.h"

namespace redd::auth {
namespace {

constexpr std::int64_t kVerdictMs = 5 * 60'000;
constexpr std::int64_t kUnknownKeyMs = 10'000;  // the pause between fetches for unknown keys: asking earlier could not help
constexpr std::int64_t kLeewayMaxS = 300;

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

class Door {
 public:
  Door(TokenPolicy asked, std::shared_ptr<KeySource> source, const Limits& limits)
      : policy(std::move(asked)),
        algorithms(policy.algorithms),
        keySource(std::move(source)),
        accepted_(limits.verdictCacheEntriesMax),
        refused_(limits.refusalCacheEntriesMax) {}

  const TokenPolicy policy;
  const AlgorithmSet algorithms;
  const std::shared_ptr<KeySource> keySource;

  VerdictPtr find(const crypto::Sha256Digest& token, UnixMs now) {
    const KeySetPtr keys = keySource->current(now);
    if (!keys) return nullptr;
    if (seenGeneration_ != keySource->generation()) dropWhatKeysDecided(*keys);
    if (auto verdict = accepted_.find(token, now)) return verdict;
    return refused_.find(token, now);
  }

  void keep(const crypto::Sha256Digest& token, const VerdictPtr& verdict, const Jwk* key, UnixMs now) {
    const crypto::Sha256Digest keyDigest = key != nullptr ? key->digest : crypto::Sha256Digest{};
    UnixMs untilMs = now + kVerdictMs;
    if (verdict->accepted() || verdict->failed == Check::notYetValid) untilMs = std::min(untilMs, verdict->validUntilMs);
    if (verdict->failed == Check::unknownKey || verdict->failed == Check::algorithm) untilMs = now + kUnknownKeyMs;
    (verdict->accepted() ? accepted_ : refused_).put({token, keyDigest, verdict, untilMs});
  }

 private:
  // REL-02: a verdict ends with its key. A refusal for want of a key, or by a key that has changed, is asked again.
  void dropWhatKeysDecided(const KeySet& keys) {
    seenGeneration_ = keySource->generation();
    const auto isGone = [&keys](const VerdictCache::Entry& entry) {
      return std::ranges::none_of(keys.keys, [&entry](const Jwk& jwk) { return jwk.digest == entry.key; });
    };
    accepted_.eraseIf(isGone);
    refused_.eraseIf(isGone);
  }

  VerdictCache accepted_;
  VerdictCache refused_;
  std::uint64_t seenGeneration_ = 0;
};

class KeySetAuthenticator final : public Authenticator {
 public:
  KeySetAuthenticator(Loop& loop, http::Fetcher& fetcher, const Limits& limits, Metrics& metrics, Options options)
      : limits_(limits),
        options_(std::move(options)),
        house_(new KeySource::House{loop, fetcher, limits, KeySourceMetrics(metrics), options_.now, {}}),
        fromCache_(metrics.counter("redd_auth_cached_total")),
        byCheck_(checkCounters(metrics)) {}

  VerdictPtr cached(std::string_view spaceId, const TokenPolicy& policy, std::string_view token) override {
    if (token.size() > limits_.tokenBytesMax) return nullptr;
    const auto door = doors_.find(spaceId);
    if (door == doors_.end() || door->second->policy != policy) return nullptr;
    auto verdict = door->second->find(crypto::sha256(token), options_.now());
    if (verdict) {
      fromCache_.add();
      count(*verdict);
    }
    return verdict;
  }

  Task<Explanation> explain(std::string spaceId, TokenPolicy policy, std::string token) override {
    const auto door = doorOf(spaceId, policy);
    const VerdictPtr verdict = co_await decide(door, token);  // has the key set fetched, as for a request
    const UnixMs now = options_.now();
    const KeySetPtr keys = door->keySource->current(now);
    auto out = auth::explain({token, keys.get(), door->keySource->trouble(), door->policy, door->algorithms, now, limits_.tokenBytesMax});
    out.failed = verdict->failed;
    co_return out;
  }

  Task<KeySetStatus> status(std::string spaceId, TokenPolicy policy, KeySetFetch fetch) override {
    const auto door = doorOf(spaceId, policy);
    const auto source = door->keySource;
    if (fetch == KeySetFetch::whenDue) std::ignore = co_await source->keys();
    KeySetStatus out;
    out.url = policy.jwksUrl;
    out.trouble = source->trouble();
    if (source->triedAtMs() != 0) out.triedAtMs = source->triedAtMs();
    const auto set = source->latest();
    if (!set) co_return out;
    out.fetchedAtMs = source->fetchedAtMs();
    out.unusable = set->refusals;
    for (const Jwk& jwk : set->keys) out.keys.push_back(keyLine(jwk));
    co_return out;
  }

  static constexpr std::size_t kCallersPerTurn = 250;  // about 1 ms
  Task<Forecast> foresee(std::string spaceId, std::string presentUrl, TokenPolicy proposed, std::vector<Caller> callers) override {
    const AlgorithmSet allowed(proposed.algorithms);
    Forecast out;
    KeySetPtr keys;
    if (proposed.jwksUrl != presentUrl) {
      const auto source = std::make_shared<KeySource>(house_, spaceId, proposed.jwksUrl, std::filesystem::path());
      keys = co_await source->keys();
      if (!keys) out.keysProblem = source->trouble();
    }
    for (const Caller& caller : callers) {
      out.checks.push_back(auth::foresee(caller, proposed, allowed, keys.get()));
      if (out.checks.size() % kCallersPerTurn == 0) co_await sleepMs(0);  // requests go first
    }
    co_return out;
  }

  Task<VerdictPtr> verify(std::string spaceId, TokenPolicy policy, std::string token) override {
    VerdictPtr verdict = co_await decide(doorOf(spaceId, policy), std::move(token));
    count(*verdict);
    co_return verdict;
  }

  void forget(std::string_view spaceId) override {
    if (const auto door = doors_.find(spaceId); door != doors_.end()) doors_.erase(door);
    house_->disk.remove(fileOf(spaceId));
  }

 private:
  static std::vector<Counter> checkCounters(Metrics& metrics) {
    std::vector<Counter> counters;
    for (unsigned check = 0; check <= static_cast<unsigned>(Check::keysUnavailable); ++check) {
      const std::string reason(className(static_cast<Check>(check)));
      counters.push_back(check == 0 ? metrics.counter("redd_auth_accepted_total")
                                    : metrics.counter("redd_auth_refused_total", "reason=\"" + reason + "\""));
    }
    return counters;
  }

  void count(const Verdict& verdict) const { byCheck_[static_cast<std::size_t>(verdict.failed)].add(); }

  std::filesystem::path fileOf(std::string_view spaceId) const {
    return options_.cacheDir / (crypto::sha256Hex(spaceId).substr(0, 32) + ".json");
  }

  std::shared_ptr<Door> doorOf(const std::string& spaceId, const TokenPolicy& policy) {
    auto& door = doors_[spaceId];
    if (!door || door->policy != policy) {
      // Another issuer or audience asks the same endpoint: its key set stays.
      auto source = door && door->policy.jwksUrl == policy.jwksUrl
                        ? door->keySource
                        : std::make_shared<KeySource>(house_, spaceId, policy.jwksUrl, fileOf(spaceId));
      door = std::make_shared<Door>(policy, std::move(source), limits_);
    }
    return door;
  }

  Task<VerdictPtr> decide(std::shared_ptr<Door> door, std::string text) {
    const std::int64_t startNs = monotonicNs();
    const auto token = readToken(text, limits_.tokenBytesMax);
    if (!token) co_return std::make_shared<const Verdict>(token.error());
    if (!door->algorithms.contains(token->algorithm)) {
      co_return std::make_shared<const Verdict>(verifySignature(*token, KeySet{}, door->algorithms).verdict);
    }
    const crypto::Sha256Digest digest = crypto::sha256(text);
    const std::uint64_t fetchesBegun = door->keySource->fetchesBegun();
    KeySetPtr keys = co_await door->keySource->keys();
    if (!keys) co_return std::make_shared<const Verdict>(failure(Check::keysUnavailable, "a key set", door->keySource->trouble()));
    if (auto known = door->find(digest, options_.now())) co_return known;

    SignatureVerdict judged = judge(*token, *keys, door->algorithms, door->policy, options_.now());
    // Without key ids a replaced key shows as a bad signature.
    const bool mayBeNewKey = judged.verdict.failed == Check::unknownKey || (judged.verdict.failed == Check::signature && !token->keyId);
    if (mayBeNewKey) {
      const std::int64_t leftMs = limits_.keySetTotalMs - (monotonicNs() - startNs) / 1'000'000;
      if (co_await door->keySource->refreshForUnknownKey(fetchesBegun, std::max<std::int64_t>(leftMs, 0))) {
        if (auto newer = door->keySource->current(options_.now())) keys = std::move(newer);
        judged = judge(*token, *keys, door->algorithms, door->policy, options_.now());
      }
    }
    if (judged.verdict.accepted()) judged.verdict.caller = callerOf(*token);
    const auto verdict = std::make_shared<const Verdict>(std::move(judged.verdict));
    // Only while the set that decided is still the one in force, so that no verdict outlives its key.
    if (door->keySource->current(options_.now()) == keys && door->find(digest, options_.now()) == nullptr) {
      door->keep(digest, verdict, judged.key, options_.now());
    }
    co_return verdict;
  }

  const Limits& limits_;
  const Options options_;
  std::shared_ptr<KeySource::House> house_;
  const Counter fromCache_;
  const std::vector<Counter> byCheck_;  // by Check; the first counts accepted tokens
  std::unordered_map<std::string, std::shared_ptr<Door>, StringHash, std::equal_to<>> doors_;
};

bool mayStandInToken(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~' ||
         c == '+' || c == '/' || c == '=';
}

}  // namespace

Result<void> checkPolicy(const TokenPolicy& policy, const http::AddressPolicy& addresses) {
  if (auto allowed = addresses.checkUrl(policy.jwksUrl); !allowed) {
    return Error::make(allowed.error().code, "JWKS URL " + policy.jwksUrl.substr(0, 200) + ": " + std::string(allowed.error().text()));
  }
  for (const std::string& name : policy.algorithms) {
    if (crypto::signatureAlgorithm(name)) continue;
    return invalid("algorithms: '" + name.substr(0, 50) + "' cannot be listed, for keys of a key set are public. Possible: " + AlgorithmSet({}).names());
  }
  if (policy.leewayS < 0 || policy.leewayS > kLeewayMaxS) {
    return invalid("leeway " + std::to_string(policy.leewayS) + " s: 0 to " + std::to_string(kLeewayMaxS) + " s are possible");
  }
  if (std::ranges::any_of(policy.audience, &std::string::empty))
    return invalid("audience: an empty name is in the list; leave the list empty to check none");
  return {};
}

std::unique_ptr<Authenticator> Authenticator::create(Loop& loop, http::Fetcher& fetcher, const Limits& limits, Metrics& metrics,
                                                     Options options) {
  return std::make_unique<KeySetAuthenticator>(loop, fetcher, limits, metrics, std::move(options));
}

std::optional<std::string_view> Authenticator::bearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return std::nullopt;
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = authorization[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != kScheme[i]) return std::nullopt;
  }
  const std::string_view token = authorization.substr(kScheme.size());
  if (!std::ranges::all_of(token, mayStandInToken)) return std::nullopt;
  return token;
}

}  // namespace redd::auth
