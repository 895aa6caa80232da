#include "views.h"

#include <fmt/format.h>

#include "http/url.h"
#include "json_writer.h"

namespace redd::control {
namespace {

std::string jwksJson(const space::Settings& settings) {
  return JsonObject()
      .text("url", settings.jwksUrl)
      .text("issuer", settings.issuer)
      .texts("audience", settings.audience)
      .texts("algorithms", settings.algorithms)
      .end();
}

std::string limitsJson(const space::SpaceLimits& limits) {
  return JsonObject()
      .number("requestDeadlineMs", limits.requestDeadlineMs)
      .number("requestsMax", limits.requestsMax)
      .number("workerHeapMiB", limits.workerHeapMiB)
      .end();
}

std::string envJson(const std::string& name, const space::EnvValue& value) {
  const bool encrypted = value.secrecy == space::Secrecy::encrypted;
  JsonObject out;
  out.text("name", name).flag("encrypted", encrypted);
  if (!encrypted) out.text("value", value.value);
  return out.end();
}

}  // namespace

std::vector<std::string> endpoints(const space::Snapshot& snapshot, const space::Space& space, const AllowedHosts& hosts,
                                   const http::ClientSide& client) {
  const auto split = http::splitHost(client.host);
  const std::string name(split.name);
  const auto suffix = split.port.empty() ? std::string() : fmt::format(":{}", split.port);
  const auto kind = hosts.classify(client.host);
  const auto domain = kind == HostKind::listed ? name : std::string("localhost");

  auto byName = fmt::format("{}://{}.api.{}{}/{}", client.proto, space.project, domain, suffix, space.name);
  if (snapshot.defaultProject != space.project) return {std::move(byName)};
  const bool bareName = kind == HostKind::listed || kind == HostKind::literal;
  const auto& shown = bareName ? name : domain;
  auto bare = fmt::format("{}://{}{}/{}", client.proto, shown.contains(':') ? "[" + shown + "]" : shown, suffix, space.name);
  if (kind == HostKind::literal) return {std::move(bare), std::move(byName)};  // other machines cannot reach *.localhost here
  return {std::move(byName), std::move(bare)};
}

std::string_view accessName(space::TokenAccess access) { return access == space::TokenAccess::read ? "READ" : "READWRITE"; }

std::string tokenJson(const space::ApiToken& token, Keys keys) {
  constexpr std::size_t begun = 8;
  const auto key = keys == Keys::shown ? token.key : token.key.substr(0, begun) + "…";
  return JsonObject().text("key", key).text("access", accessName(token.access)).text("description", token.description).end();
}

std::string deploymentJson(const space::Deployment& deployment) {
  return JsonObject()
      .text("id", deployment.id)
      .number("createdMs", static_cast<double>(deployment.createdMs))
      .texts("routes", deployment.manifest.routes)
      .number("bundleBytes", static_cast<double>(deployment.bundleBytes))
      .end();
}

std::string hooksJson(const space::Manifest& manifest) {
  return JsonObject()
      .texts("routes", manifest.routes)
      .texts("auth", manifest.auth)
      .texts("queues", manifest.queues)
      .texts("jobs", manifest.jobs)
      .texts("realtime", manifest.realtime)
      .end();
}

std::string splitJson(const space::Space& space) {
  if (!space.split) return "null";
  return JsonObject().text("deployment", space.split->deployment->id).number("percent", space.split->percent).end();
}

std::string spaceJson(const space::Snapshot& snapshot, const space::Space& space, const AllowedHosts& hosts, const http::ClientSide& client,
                      Keys keys) {
  const auto& settings = space.settings;
  const auto addresses = endpoints(snapshot, space, hosts, client);
  return JsonObject()
      .text("id", space.id)
      .text("project", space.project)
      .text("name", space.name)
      .flag("restricted", space.entry == space::Entry::teamOwners)
      .text("endpoint", addresses.front())
      .texts("endpoints", addresses)
      .raw("jwks", jwksJson(settings))
      .raw("env", jsonList(settings.env, [](const auto& one) { return envJson(one.first, one.second); }))
      .raw("tokens", jsonList(space.tokens, [&](const auto& token) { return tokenJson(token, keys); }))
      .texts("allowedHosts", settings.allowedHosts)
      .texts("corsOrigins", settings.corsOrigins)
      .texts("domains", settings.domains)
      .raw("limits", limitsJson(settings.limits))
      .raw("deployment", space.deployment ? deploymentJson(*space.deployment) : "null")
      .raw("split", splitJson(space))
      .end();
}

}  // namespace redd::control
