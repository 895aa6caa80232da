#include "claims.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/json.h"
#include "strict_json.h"

namespace redd::auth {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr double kFarFutureMs = 9e15;  // below 2^53, far above every date

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// RFC 7519 5.1, RFC 9068 4: other kinds of token signed by the same key are not access tokens.
bool isAccessTokenType(std::string_view type) {
  std::string name = lower(type);
  if (name.starts_with("application/")) name.erase(0, 12);
  return name == "jwt" || name == "at+jwt";
}

// A NumericDate in milliseconds, clamped so that it never wraps. False: it is no finite number.
bool dateMs(const element& value, std::int64_t& ms) {
  double seconds = 0;
  if (!value.is_number() || value.get(seconds) != simdjson::SUCCESS || !std::isfinite(seconds)) return false;
  ms = static_cast<std::int64_t>(std::clamp(seconds * 1'000, -kFarFutureMs, kFarFutureMs));
  return true;
}

std::string found(const char* name, const object& claims) {
  element value;
  if (claims[name].get(value) != simdjson::SUCCESS) return std::string(name) + " is absent";
  return std::string(name) + " = " + shown(value);
}

std::string expectedExpiry(const TokenPolicy& policy, UnixMs now) { return "exp after " + isoTime(now - policy.leewayS * 1'000); }

// Accepted: also says until when.
Verdict checkExpiry(const object& claims, const TokenPolicy& policy, UnixMs now) {
  Verdict verdict;
  verdict.validUntilMs = static_cast<std::int64_t>(kFarFutureMs);
  element value;
  std::int64_t atMs = 0;
  if (claims["exp"].get(value) == simdjson::SUCCESS) {
    if (!dateMs(value, atMs)) return failure(Check::malformed, "exp is a number", found("exp", claims));
    verdict.validUntilMs = atMs + policy.leewayS * 1'000;
    if (now >= verdict.validUntilMs) return failure(Check::expired, expectedExpiry(policy, now), found("exp", claims));
  } else if (policy.requireExp) {
    return failure(Check::malformed, "exp is a number", "exp is absent");
  }
  return verdict;
}

std::string expectedNotBefore(const TokenPolicy& policy, UnixMs now) { return "nbf before " + isoTime(now + policy.leewayS * 1'000); }

Verdict checkNotBefore(const object& claims, const TokenPolicy& policy, UnixMs now) {
  const std::int64_t leewayMs = policy.leewayS * 1'000;
  element value;
  std::int64_t atMs = 0;
  if (claims["nbf"].get(value) != simdjson::SUCCESS) return {};
  if (!dateMs(value, atMs)) return failure(Check::malformed, "nbf is a number", found("nbf", claims));
  if (now >= atMs - leewayMs) return {};
  Verdict early = failure(Check::notYetValid, expectedNotBefore(policy, now), found("nbf", claims));
  early.validUntilMs = atMs - leewayMs;
  return early;
}

bool isAudience(const object& claims, const std::vector<std::string>& wanted) {
  const auto isWanted = [&wanted](std::string_view name) { return std::ranges::find(wanted, name) != wanted.end(); };
  if (const auto name = stringMember(claims, "aud")) return isWanted(*name);
  array names;
  if (claims["aud"].get(names) != simdjson::SUCCESS) return false;
  bool good = false;
  for (const element item : names) {
    std::string_view name;
    if (item.get(name) != simdjson::SUCCESS) return false;
    good = good || isWanted(name);
  }
  return good;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : " or ") + name;
  return out;
}

Verdict checkIssuer(const object& claims, const TokenPolicy& policy) {
  if (policy.issuer.empty() || stringMember(claims, "iss") == policy.issuer) return {};
  return failure(Check::issuer, "iss = " + policy.issuer, found("iss", claims));
}

Verdict checkAudience(const object& claims, const TokenPolicy& policy) {
  if (policy.audience.empty() || isAudience(claims, policy.audience)) return {};
  return failure(Check::audience, "aud contains " + listed(policy.audience), found("aud", claims));
}

Verdict check(const object& claims, const TokenPolicy& policy, UnixMs now) {
  Verdict verdict = checkExpiry(claims, policy, now);
  if (!verdict.accepted()) return verdict;
  if (auto early = checkNotBefore(claims, policy, now); !early.accepted()) return early;
  if (auto foreign = checkIssuer(claims, policy); !foreign.accepted()) return foreign;
  if (auto elsewhere = checkAudience(claims, policy); !elsewhere.accepted()) return elsewhere;
  return verdict;
}

Verdict checkType(const Token& token) {
  if (!token.type || isAccessTokenType(*token.type)) return {};
  return failure(Check::malformed, "typ is JWT or at+jwt", "typ = " + excerpt(*token.type));
}

// `expected`: what a passed check shows; "" for one that the policy does not ask for.
CheckLine lineOf(Check check, const Verdict& verdict, std::string expected, std::string foundText) {
  using enum CheckLine::Outcome;
  if (!verdict.accepted()) return {verdict.failed, failed, verdict.expected, verdict.found};
  if (expected.empty()) return {check, skipped, "not asked for", std::move(foundText)};
  return {check, passed, std::move(expected), std::move(foundText)};
}

std::optional<UnixMs> timeOf(const object& claims, const char* name) {
  element value;
  std::int64_t atMs = 0;
  if (claims[name].get(value) != simdjson::SUCCESS || !dateMs(value, atMs)) return std::nullopt;
  return atMs;
}

}  // namespace

Verdict checkClaims(const Token& token, const TokenPolicy& policy, UnixMs now) {
  if (auto other = checkType(token); !other.accepted()) return other;
  StrictJson json;
  const auto claims = json.readObject(token.payload);
  if (!claims) return failure(Check::malformed, "a payload that is one JSON object", claims.error().publicText);
  Verdict verdict = check(*claims, policy, now);
  verdict.claims = token.payload;
  return verdict;
}

Check checkParties(const Caller& caller, const TokenPolicy& policy) {
  StrictJson json;
  const auto claims = json.readObject("{\"iss\":" + redd::json::quoted(caller.issuer) + ",\"aud\":" + caller.audience + "}");
  if (!claims) return Check::malformed;
  if (const Check failed = checkIssuer(*claims, policy).failed; failed != Check::none) return failed;
  return checkAudience(*claims, policy).failed;
}

ClaimLines explainClaims(const Token& token, const TokenPolicy& policy, UnixMs now) {
  ClaimLines out;
  if (auto other = checkType(token); !other.accepted()) out.checks.push_back(lineOf(Check::malformed, other, {}, {}));
  StrictJson json;
  const auto claims = json.readObject(token.payload);
  if (!claims) {
    const auto broken = failure(Check::malformed, "a payload that is one JSON object", claims.error().publicText);
    out.checks.push_back(lineOf(Check::malformed, broken, {}, {}));
    return out;
  }
  const auto whenGiven = [&](const char* name, std::string expected) { return has(*claims, name) ? std::move(expected) : std::string(); };
  out.checks.push_back(lineOf(Check::expired, checkExpiry(*claims, policy, now), whenGiven("exp", expectedExpiry(policy, now)), found("exp", *claims)));
  out.checks.push_back(
      lineOf(Check::notYetValid, checkNotBefore(*claims, policy, now), whenGiven("nbf", expectedNotBefore(policy, now)), found("nbf", *claims)));
  out.checks.push_back(lineOf(Check::issuer, checkIssuer(*claims, policy), policy.issuer.empty() ? "" : "iss = " + policy.issuer, found("iss", *claims)));
  out.checks.push_back(lineOf(Check::audience, checkAudience(*claims, policy),
                              policy.audience.empty() ? "" : "aud contains " + listed(policy.audience), found("aud", *claims)));
  out.issuedAtMs = timeOf(*claims, "iat");
  out.notBeforeMs = timeOf(*claims, "nbf");
  out.expiresAtMs = timeOf(*claims, "exp");
  return out;
}

}  // namespace redd::auth
