#include "access.h"

#include <fmt/format.h>

#include "auth/authenticator.h"
#include "crypto/hash.h"
#include "http/url.h"
#include "pattern.h"

namespace redd::gateway {
namespace {

// A text for a quoted-string of a header: printable ASCII without quote and backslash.
std::string headerText(std::string_view raw) {
  std::string out;
  for (const char c : raw.substr(0, 300)) out.push_back(c < 0x20 || c > 0x7e ? '?' : c == '"' || c == '\\' ? '\'' : c);
  return out;
}

std::string explained(const auth::Verdict& verdict) {
  std::string text(auth::className(verdict.failed));
  if (!verdict.expected.empty()) text += ": expected " + verdict.expected;
  if (!verdict.found.empty()) text += ", found " + verdict.found;
  if (!verdict.keyId.empty()) text += " (key " + verdict.keyId + ")";
  return text;
}

Refusal refusalFor(const space::Space& space, const auth::VerdictPtr& verdict, Explain explain) {
  if (space.settings.jwksUrl.empty()) return {403, "Not allowed", {}, 0, "no API token of this space was sent, and the space has no JWKS URL", "no credential",
                                                      "an API token of this space", "none"};
  if (!verdict) return {401, "Unable to verify token (JWKS)", "Bearer", 0, "no bearer token was sent", "no credential", "Authorization: Bearer TOKEN", "none"};
  const std::string everything = explained(*verdict);
  const std::string name(auth::className(verdict->failed));
  if (verdict->failed == auth::Check::keysUnavailable) {
    return {503, "The key set of this space cannot be reached", {}, 5, everything, name, verdict->expected, verdict->found};
  }
  const std::string shown = explain == Explain::everything ? everything : name;
  return {401, "Unable to verify token (JWKS)", fmt::format(R"(Bearer error="invalid_token", error_description="{}")", headerText(shown)),
          0, everything, name, verdict->expected, verdict->found};
}

}  // namespace

Credentials readCredentials(const http::RequestHead& head) {
  Credentials found;
  found.query = std::string(head.query());
  if (const auto key = head.headers.find("x-apikey")) found.apiKey = std::string(*key);
  if (found.query.find("apikey=") != std::string::npos) {
    std::string rest;
    for (const auto& pair : http::splitQuery(found.query)) {
      if (pair.name == "apikey") {
        if (found.apiKey.empty()) found.apiKey = pair.value;
      } else {
        if (!rest.empty()) rest.push_back('&');
        rest.append(pair.raw);
      }
    }
    found.query = std::move(rest);
  }
  if (const auto authorization = head.headers.find("authorization")) found.bearer = auth::Authenticator::bearerToken(*authorization);
  return found;
}

std::optional<Access> byApiToken(const space::Space& space, std::string_view apiKey, std::string_view method) {
  if (apiKey.empty()) return std::nullopt;
  const space::ApiToken* match = nullptr;
  for (const space::ApiToken& token : space.tokens) {
    if (crypto::constantTimeEqual(token.key, apiKey)) match = &token;
  }
  if (!match) return std::nullopt;
  if (match->access == space::TokenAccess::read && method != "GET" && method != "HEAD") {
    return Access{Door::refused, {}, {403, "Token is read only", {}, 0, fmt::format("a READ token allows GET and HEAD, not {}", method), "read only",
                                       "GET or HEAD", std::string(method)}};
  }
  return Access{Door::granted, {}, {}};
}

Access byVerdict(const space::Space& space, std::string_view apiPath, const auth::VerdictPtr& verdict, Explain explain) {
  if (verdict && verdict->accepted()) return {Door::granted, verdict->claims, {}};
  const HookMatch hook = space.deployment ? matchAuthHooks(space.deployment->manifest.auth, apiPath) : HookMatch::no;
  return {hook == HookMatch::no ? Door::refused : Door::hook, {}, refusalFor(space, verdict, explain)};
}

}  // namespace redd::gateway
