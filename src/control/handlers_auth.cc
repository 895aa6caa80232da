// Why requests of a space are refused: a token explained, the refusals of late, the key set as the server has it.
#include <fmt/format.h>

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/public_key.h"
#include "handlers.h"
#include "json_writer.h"
#include "token_policy.h"

namespace redd::control {
namespace {

constexpr std::uint64_t kRefusalsDefault = 50;

// ---- what would mend it ----

// A text out of a stranger's token stands in a command only when a shell has no opinion about it.
std::string wordOr(std::string_view text, std::string_view placeholder) {
  constexpr std::string_view kept = ":/._~-@+=,%";
  const bool harmless = !text.empty() && text.size() <= 300 && text.front() != '-' && std::ranges::all_of(text, [&](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kept.contains(c);
  });
  return std::string(harmless ? text : placeholder);
}

// The text in `name = "text"`, or in the first place of `name = ["text", …]`.
std::string valueIn(std::string_view found) {
  const auto from = found.find('"');
  if (from == std::string_view::npos) return {};
  const auto to = found.find('"', from + 1);
  return std::string(found.substr(from + 1, to == std::string_view::npos ? to : to - from - 1));
}

std::string jwksCommand(const auth::TokenPolicy& policy) {
  auto out = "coho jwks " + wordOr(policy.jwksUrl, "URL");
  if (!policy.issuer.empty()) out += " --issuer " + wordOr(policy.issuer, "ISSUER");
  for (const auto& one : policy.audience) out += " --audience " + wordOr(one, "AUDIENCE");
  if (!policy.algorithms.empty()) out += fmt::format(" --algorithms {}", fmt::join(policy.algorithms, ","));
  return out;
}

// A token may be signed with what the space does not list, or with what no key of the set is for.
std::string algorithmFix(std::string_view found, auth::TokenPolicy policy) {
  const std::string name(found.starts_with("alg = ") ? found.substr(6) : "");
  const bool isListed = policy.algorithms.empty() || std::ranges::find(policy.algorithms, name) != policy.algorithms.end();
  if (!isListed && crypto::signatureAlgorithm(name)) {
    policy.algorithms.push_back(name);
    return jwksCommand(policy);
  }
  return "Have the identity provider sign with RS256, with a key of the set: coho auth status lists them";
}

std::string fixOf(const auth::Explanation& told, auth::TokenPolicy policy) {
  using enum auth::Check;
  const auto line = std::ranges::find(told.checks, told.failed, &auth::CheckLine::check);
  const auto value = line == told.checks.end() ? std::string() : valueIn(line->found);
  switch (told.failed) {
    case none: return {};
    case missing:
    case malformed: return "Send the access token as the identity provider gave it, as 'Authorization: Bearer TOKEN'";
    case algorithm: return algorithmFix(line == told.checks.end() ? std::string_view() : line->found, std::move(policy));
    case unknownKey: return "The token comes from another tenant, or its key was replaced. coho auth status lists the keys; coho jwks URL names another set";
    case signature: return "The token was changed on its way, or comes from another tenant. Get a new one; coho jwks URL names another set";
    case expired: return "Get a new token: sign in again, or have the app refresh it before it expires";
    case notYetValid: return "Compare the clocks of the server and of the identity provider: date -u";
    case issuer: policy.issuer = value.empty() ? "ISSUER" : value; return jwksCommand(policy);
    case audience: policy.audience.push_back(value.empty() ? "AUDIENCE" : value); return jwksCommand(policy);
    case keysUnavailable: return "coho auth status --fetch shows what the key set's address answers; coho jwks URL names another";
  }
  return {};
}

// ---- a token ----

std::string_view outcomeName(auth::CheckLine::Outcome outcome) {
  using enum auth::CheckLine::Outcome;
  return outcome == passed ? "passed" : outcome == failed ? "failed" : "skipped";
}

std::string checkJson(const auth::CheckLine& line) {
  return JsonObject()
      .text("check", auth::className(line.check))
      .text("outcome", outcomeName(line.outcome))
      .text("expected", line.expected)
      .text("found", line.found)
      .end();
}

std::string keyJson(const auth::KeyLine& key) {
  JsonObject out;
  out.text("kid", key.id).text("kty", key.kind).text("alg", key.algorithm);
  if (!key.outcome.empty()) out.text("outcome", key.outcome);
  return out.end();
}

std::string numberOr(std::optional<UnixMs> value) { return value ? std::to_string(*value) : "null"; }

std::string clockJson(const auth::Explanation& told) {
  const auto seconds = [&](std::optional<UnixMs> at) { return at ? std::to_string((*at - told.nowMs) / 1'000) : std::string("null"); };
  return JsonObject()
      .raw("serverMs", std::to_string(told.nowMs))
      .raw("leewayS", std::to_string(told.leewayS))
      .raw("issuedAtMs", numberOr(told.issuedAtMs))
      .raw("notBeforeMs", numberOr(told.notBeforeMs))
      .raw("expiresAtMs", numberOr(told.expiresAtMs))
      .raw("issuedInS", seconds(told.issuedAtMs))
      .raw("expiresInS", seconds(told.expiresAtMs))
      .end();
}

std::string explanationJson(const auth::Explanation& told, const auth::TokenPolicy& policy) {
  return JsonObject()
      .flag("accepted", told.accepted())
      .text("check", auth::className(told.failed))
      .text("fix", fixOf(told, policy))
      .raw("header", told.header.empty() ? "null" : told.header)
      .raw("claims", told.claims.empty() ? "null" : told.claims)
      .raw("checks", jsonList(told.checks, checkJson))
      .raw("keys", jsonList(told.keys, keyJson))
      .raw("clock", clockJson(told))
      .end();
}

std::string shortAnswer(std::string_view check, std::string_view fix) {
  return JsonObject()
      .flag("accepted", false)
      .text("check", check)
      .text("fix", fix)
      .raw("header", "null")
      .raw("claims", "null")
      .raw("checks", "[]")
      .raw("keys", "[]")
      .end();
}

// Credentials that are no token of an identity provider.
std::optional<std::string> otherCredential(const space::Space& space, std::string_view token) {
  for (const auto& one : space.tokens) {
    if (crypto::constantTimeEqual(one.key, token)) return shortAnswer("API token", "Send it as the header x-apikey, not as a Bearer token");
  }
  if (token.starts_with("redd_")) return shortAnswer("control-plane token", "It opens this API for coho, and no space: make one for clients with coho add-token");
  if (space.settings.jwksUrl.empty()) return shortAnswer("no JWKS URL", "coho jwks URL");
  return std::nullopt;
}

}  // namespace

Task<Result<Answer>> explainToken(Call call) {
  REDD_CO_TRY(const auto space, call.space());
  auto token = call.arguments.takeText("token");
  if (token.empty()) co_return invalid("'token' is empty.");
  if (auto other = otherCredential(*space, token)) co_return Answer{*std::move(other)};
  REDD_CO_TRY(auto* const authenticator, authenticatorOf(call));
  const auto told = co_await authenticator->explain(space->id, policyOf(*space), std::move(token));
  co_return Answer{explanationJson(told, policyOf(*space))};
}

Task<Result<Answer>> listRefusals(Call call) {
  REDD_CO_TRY(const auto space, call.space());
  const auto count = call.arguments.count("tail").value_or(kRefusalsDefault);
  if (count > store::LogBook::kRefusalsKept) co_return invalid(fmt::format("'tail' must be at most {}.", store::LogBook::kRefusalsKept));
  REDD_CO_TRY(const auto found, co_await suspend<store::Refusals>([&](Completion<store::Refusals> done) {
    call.services.logBook.refusals(space->id, static_cast<std::size_t>(count), std::move(done));
  }));
  const auto line = [](const store::LogLine& one) {
    return JsonObject().number("time", static_cast<double>(one.time)).text("requestId", one.requestId).members(one.fields).end();
  };
  const auto reason = [](const store::Refusals::Reason& one) {
    return JsonObject().text("reason", one.reason).number("count", static_cast<double>(one.count)).end();
  };
  co_return Answer{JsonObject().raw("refusals", jsonList(found.newest, line)).raw("counts", jsonList(found.counts, reason)).end()};
}

Task<Result<Answer>> authStatus(Call call) {
  REDD_CO_TRY(const auto space, call.space());
  const auto policy = policyOf(*space);
  auth::KeySetStatus status;
  if (!policy.jwksUrl.empty()) {
    REDD_CO_TRY(auto* const authenticator, authenticatorOf(call));
    using enum auth::Authenticator::KeySetFetch;
    status = co_await authenticator->status(space->id, policy, call.arguments.flag("fetch").value_or(false) ? whenDue : never);
  }
  const auto age = status.fetchedAtMs ? std::to_string((nowMs() - *status.fetchedAtMs) / 1'000) : std::string("null");
  co_return Answer{JsonObject()
                       .text("url", policy.jwksUrl)
                       .text("issuer", policy.issuer)
                       .texts("audience", policy.audience)
                       .texts("algorithms", policy.algorithms)
                       .raw("keys", jsonList(status.keys, keyJson))
                       .texts("unusable", status.unusable)
                       .raw("fetchedAtMs", numberOr(status.fetchedAtMs))
                       .raw("ageS", age)
                       .raw("triedAtMs", numberOr(status.triedAtMs))
                       .text("error", status.trouble)
                       .end()};
}

}  // namespace redd::control
