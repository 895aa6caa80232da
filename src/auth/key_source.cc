#include "key_source.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/random.h"
#include "strict_json.h"

namespace redd::auth {
namespace {

constexpr std::int64_t kFreshMs = 10 * 60'000;
constexpr std::int64_t kRefreshAfterMs = kFreshMs / 10 * 8;
constexpr std::int64_t kStaleMs = 24 * 3'600'000;
constexpr std::int64_t kStaleWaitMs = 1'000;
constexpr std::int64_t kUnknownKeyPauseMs = 10'000;
constexpr std::size_t kWaitingMax = 1'000;  // requests that wait for one fetch; the rest is answered at once
constexpr std::int64_t kBackOffMinMs = 1'000;
constexpr std::int64_t kBackOffMaxMs = 60'000;

bool sameKeys(const KeySet& a, const KeySet& b) { return std::ranges::equal(a.keys, b.keys, {}, &Jwk::digest, &Jwk::digest); }

std::string fileText(const std::string& url, UnixMs fetchedAtMs, const std::string& body) {
  std::string text = "{\"url\":" + json::quoted(url) + ",\"fetchedAtMs\":" + std::to_string(fetchedAtMs) + ",\"body\":";
  json::appendString(text, body);
  return text + "}\n";
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) {
    if (out.size() > 500) return out + "; …";
    out += (out.empty() ? "" : "; ") + line;
  }
  return out;
}

}  // namespace

KeySourceMetrics::KeySourceMetrics(Metrics& metrics)
    : fetched(metrics.counter("redd_auth_key_set_fetches_total", "result=\"ok\"")),
      failed(metrics.counter("redd_auth_key_set_fetches_total", "result=\"failed\"")),
      stale(metrics.counter("redd_auth_stale_key_set_uses_total")),
      privateKeys(metrics.counter("redd_auth_private_keys_published_total")) {}

KeySource::KeySource(std::shared_ptr<House> house, std::string name, std::string url, std::filesystem::path file)
    : house_(std::move(house)), name_(std::move(name)), url_(std::move(url)), file_(std::move(file)), isLoaded_(file_.empty()) {}

bool KeySource::isUsable(UnixMs now) const { return keys_ && now - fetchedAtMs_ < kStaleMs; }

// A set from the future was fetched before the clock was set back: it counts as old.
bool KeySource::isFresh(UnixMs now) const { return keys_ && now >= fetchedAtMs_ && now - fetchedAtMs_ < kFreshMs; }

bool KeySource::mayFetch(UnixMs now) const { return !isRefreshing_ && (now >= nextAttemptMs_ || nextAttemptMs_ - now > 2 * kBackOffMaxMs); }

KeySetPtr KeySource::current(UnixMs now) {
  const bool isDue = keys_ && (now < fetchedAtMs_ || now - fetchedAtMs_ >= kRefreshAfterMs);
  if (isDue && mayFetch(now)) begin();
  if (!isUsable(now)) return nullptr;
  if (!isFresh(now)) house_->metrics.stale.add();
  return keys_;
}

Task<KeySetPtr> KeySource::keys() {
  const auto self = shared_from_this();
  const std::int64_t startNs = monotonicNs();
  for (;;) {
    const UnixMs now = house_->now();
    if (!isFresh(now) && mayFetch(now)) begin();
    const bool mustWait = isRefreshing_ && !(isFresh(now) || (isUsable(now) && isInTrouble_));
    if (mustWait && waiting_.size() >= kWaitingMax) co_return current(now);
    const std::int64_t waitedMs = (monotonicNs() - startNs) / 1'000'000;
    const std::int64_t leftMs =
        (isUsable(now) ? std::min<std::int64_t>(kStaleWaitMs, house_->limits.keySetTotalMs) : house_->limits.keySetTotalMs) - waitedMs;
    if (!mustWait || leftMs <= 0) {
      if (mustWait) isInTrouble_ = true;
      if (mustWait && !keys_) trouble_ = "the key set at " + url_ + " did not arrive in time";
      co_return current(now);
    }
    co_await waitForChange(leftMs);
  }
}

Task<bool> KeySource::refreshForUnknownKey(std::uint64_t fetchesBegun, std::int64_t leftMs) {
  const auto self = shared_from_this();
  const UnixMs now = house_->now();
  if (!isRefreshing_) {
    const bool hasPaused = now - unknownKeyFetchMs_ >= kUnknownKeyPauseMs || now < unknownKeyFetchMs_;
    if (fetchesBegun_ != fetchesBegun) unknownKeyFetchMs_ = now;  // the set that lacks the key was fetched for this very token
    if (fetchesBegun_ != fetchesBegun || !hasPaused || !mayFetch(now)) co_return false;
    unknownKeyFetchMs_ = now;
    begin();
  }
  if (waiting_.size() >= kWaitingMax) co_return false;
  co_await waitForChange(leftMs);
  co_return true;
}

Task<void> KeySource::waitForChange(std::int64_t ms) {
  const auto timer = waiting_.emplace(waiting_.end(), house_->loop, std::chrono::milliseconds(ms));
  boost::system::error_code woken;
  co_await timer->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
  waiting_.erase(timer);
}

void KeySource::wakeAll() {
  for (auto& timer : waiting_) timer.cancel();
}

void KeySource::begin() {
  isRefreshing_ = true;
  spawn(house_->loop, refresh(shared_from_this()));
}

// First of all the disk, which may hold a set that is fresh enough; then the endpoint.
Task<void> KeySource::refresh(std::shared_ptr<KeySource> self) {
  const bool isFirst = !std::exchange(self->isLoaded_, true);
  if (isFirst) co_await self->load();
  if (!isFirst || !self->isFresh(self->house_->now())) {
    self->wakeAll();
    self->absorb(co_await self->fetchSet());
  }
  self->isRefreshing_ = false;
  self->wakeAll();
}

Task<Result<http::ClientResponse>> KeySource::fetchSet() {
  ++fetchesBegun_;
  triedAtMs_ = house_->now();
  http::ClientRequest request;
  request.url = url_;
  request.headers = {{"accept", "application/json"}};
  request.connectMs = house_->limits.keySetConnectMs;
  request.totalMs = house_->limits.keySetTotalMs;
  request.bodyBytesMax = house_->limits.keySetBytesMax;
  co_return co_await suspend<http::ClientResponse>(
      [&](Completion<http::ClientResponse> done) { house_->fetcher.fetch(std::move(request), std::move(done)); });
}

Task<void> KeySource::load() {
  const auto text = co_await house_->disk.read(file_, 4 * house_->limits.keySetBytesMax);
  if (!text) co_return;
  StrictJson reader;
  const auto stored = reader.readObject(*text);
  std::int64_t fetchedAtMs = 0;
  if (!stored || stringMember(*stored, "url") != url_ || (*stored)["fetchedAtMs"].get(fetchedAtMs) != simdjson::SUCCESS) co_return;
  auto set = parseKeySet(stringMember(*stored, "body").value_or(""), house_->limits.keySetKeysMax);
  if (set && !set->keys.empty()) install(*std::move(set), fetchedAtMs);
}

void KeySource::absorb(Result<http::ClientResponse> response) {
  auto set = accept(std::move(response));
  if (!set) return fail(set.error());
  house_->metrics.fetched.add();
  failures_ = 0;
  nextAttemptMs_ = 0;
  isInTrouble_ = false;
  trouble_.clear();
  install(*std::move(set), house_->now());
  if (!file_.empty()) house_->disk.write(file_, fileText(url_, fetchedAtMs_, body_));
  body_ = {};
}

Result<KeySet> KeySource::accept(Result<http::ClientResponse> response) {
  const unsigned emptyBefore = std::exchange(emptyInARow_, 0);
  if (!response) return response.error();
  if (response->status != 200) return invalid("answered with status " + std::to_string(response->status) + " instead of 200");
  REDD_TRY(KeySet set, parseKeySet(response->body, house_->limits.keySetKeysMax));
  for (const std::string& refusal : set.refusals) log::debug("auth", "{}: key set {}: {}", name_, url_, refusal);
  if (set.privateKeys > 0) {
    house_->metrics.privateKeys.add(static_cast<std::int64_t>(set.privateKeys));
    log::error("auth", "{}: the key set {} publishes {} private or symmetric keys: they are compromised and not used", name_, url_,
               set.privateKeys);
  }
  if (set.keys.empty()) {
    emptyInARow_ = emptyBefore + 1;
    if (!keys_ || emptyInARow_ < 2)
      return invalid("holds no usable key" + (set.refusals.empty() ? std::string() : ": " + joined(set.refusals)));
  }
  body_ = std::move(response->body);
  return set;
}

void KeySource::install(KeySet set, UnixMs fetchedAtMs) {
  fetchedAtMs_ = fetchedAtMs;
  if (keys_ && sameKeys(*keys_, set)) return;
  keys_ = std::make_shared<const KeySet>(std::move(set));
  ++generation_;
}

void KeySource::fail(const Error& error) {
  house_->metrics.failed.add();
  isInTrouble_ = true;
  const std::string before = std::exchange(trouble_, "the key set at " + url_ + ": " + std::string(error.text()));
  const std::int64_t base = std::min(kBackOffMaxMs, kBackOffMinMs << std::min(failures_, 6U));
  ++failures_;
  nextAttemptMs_ = house_->now() + base + static_cast<std::int64_t>(randomU64() % static_cast<std::uint64_t>(base / 4));
  const auto level = trouble_ == before ? log::Level::debug : log::Level::warn;  // an outage is told once
  log::write(level, "auth",
             name_ + ": " + trouble_ +
                 (keys_ ? "; the set from " + isoTime(fetchedAtMs_) + " goes on serving" : "; there is no set to serve with"));
}

}  // namespace redd::auth
