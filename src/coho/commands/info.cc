#include <fmt/format.h>

#include "base/clock.h"
#include "commands.h"
#include "text.h"

namespace redd::coho {
namespace {

// A label once, then its values below each other.
void rows(Table& table, std::string label, const std::vector<std::string>& values) {
  for (const auto& value : values) table.add({std::exchange(label, {}), value});
  if (values.empty()) table.add({std::move(label), "none"});
}

std::vector<std::string> jwksRows(const Json& space) {
  const auto jwks = memberOf(space, "jwks");
  if (textOf(jwks, "url").empty()) return {};
  std::vector<std::string> out{textOf(jwks, "url")};
  if (const auto issuer = textOf(jwks, "issuer"); !issuer.empty()) out.push_back("issuer " + issuer);
  for (const auto& audience : textsOf(jwks, "audience")) out.push_back("audience " + audience);
  for (const auto& algorithm : textsOf(jwks, "algorithms")) out.push_back("algorithm " + algorithm);
  return out;
}

std::vector<std::string> envRows(const Json& space) {
  std::vector<std::string> out;
  for (const auto& one : memberOf(space, "env")) {
    out.push_back(flagOf(one, "encrypted") ? textOf(one, "name") + " (encrypted)"
                                           : fmt::format("{} = {}", textOf(one, "name"), textOf(one, "value")));
  }
  return out;
}

std::vector<std::string> tokenRows(const Json& space) {
  std::vector<std::string> out;
  for (const auto& one : memberOf(space, "tokens")) {
    out.push_back(fmt::format("{:<9}  {}  {}", textOf(one, "access"), textOf(one, "key"), textOf(one, "description")));
  }
  return out;
}

std::vector<std::string> deploymentRows(const Json& deployment) {
  if (!deployment.is_object()) return {};
  return {fmt::format("{}  {}  {}", isoTime(numberOf(deployment, "createdMs")), textOf(deployment, "id"),
                      sizeText(static_cast<std::size_t>(std::max<std::int64_t>(0, numberOf(deployment, "bundleBytes")))))};
}

void maskTokens(Json& space) {
  if (!memberOf(space, "tokens").is_array()) return;
  for (auto& one : space["tokens"]) {
    if (one.is_object()) one["key"] = maskedKey(textOf(one, "key"));
  }
}

}  // namespace

Result<void> info(const Context& context, Keys keys) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(auto space, context.call(client, target, {.path = target.path()}));
  if (keys == Keys::masked) maskTokens(space);
  if (context.wantsJson()) {
    context.result(space);
    return {};
  }
  auto endpoints = textsOf(space, "endpoints");
  if (endpoints.empty()) endpoints.push_back(textOf(space, "endpoint"));
  const auto deployment = memberOf(space, "deployment");
  Table table({"Project", target.project});
  rows(table, "Space", {target.space + (flagOf(space, "restricted") ? " (restricted: for owners of the team)" : "")});
  rows(table, "Endpoint", endpoints);
  rows(table, "Server", {client.login().url});
  rows(table, "JWKS", jwksRows(space));
  rows(table, "Whitelist", textsOf(space, "allowedHosts"));
  rows(table, "CORS origins", textsOf(space, "corsOrigins"));
  rows(table, "Domains", textsOf(space, "domains"));
  rows(table, "Env", envRows(space));
  rows(table, "Tokens", tokenRows(space));
  rows(table, "Deployment", deploymentRows(deployment));
  rows(table, "Routes", textsOf(deployment, "routes"));
  print(context.terminal, table, Heading::none);
  return {};
}

}  // namespace redd::coho
