#include "space_json.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace redd::backup {
namespace {

using Json = nlohmann::json;
using space::Secrecy;

// Bounded by what it stands in: an archive's entry is read with a limit. A member of another kind than the one that is wanted throws, and
// is caught where the text as a whole is read.
std::vector<std::string> textsOf(const Json& json, const char* name) { return json.value(name, std::vector<std::string>()); }

Json manifestJson(const space::Manifest& manifest) {
  return {{"routes", manifest.routes}, {"auth", manifest.auth},         {"queues", manifest.queues},  {"workers", manifest.workers},
          {"jobs", manifest.jobs},     {"realtime", manifest.realtime}, {"startup", manifest.startup}};
}

space::Manifest manifestFrom(const Json& json) {
  space::Manifest out;
  out.routes = textsOf(json, "routes");
  out.auth = textsOf(json, "auth");
  out.queues = textsOf(json, "queues");
  out.workers = textsOf(json, "workers");
  out.jobs = textsOf(json, "jobs");
  out.realtime = textsOf(json, "realtime");
  out.startup = json.value("startup", false);
  return out;
}

Json deploymentJson(const space::Deployment& one) {
  return {{"sources", one.sourceScope()}, {"created", one.createdMs},   {"author", one.author},     {"gitHash", one.gitHash},
          {"gitBranch", one.gitBranch},   {"language", one.language},   {"manifest", manifestJson(one.manifest)}};
}

space::DeploymentPtr deploymentFrom(const Json& json) {
  auto out = std::make_shared<space::Deployment>();
  out->sourceId = json.at("sources").get<std::string>();
  out->createdMs = json.at("created").get<std::int64_t>();
  out->author = json.value("author", "");
  out->gitHash = json.value("gitHash", "");
  out->gitBranch = json.value("gitBranch", "");
  out->language = json.value("language", "");
  out->manifest = manifestFrom(json.at("manifest"));
  return out;
}

Json limitsJson(const space::SpaceLimits& limits) {
  return {{"requestDeadlineMs", limits.requestDeadlineMs}, {"requestsMax", limits.requestsMax}, {"workerHeapMiB", limits.workerHeapMiB}};
}

space::SpaceLimits limitsFrom(const Json& json) {
  const auto bound = [&json](const char* name) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(json.value(name, std::uint64_t{0}), std::numeric_limits<std::uint32_t>::max()));
  };
  return {.requestDeadlineMs = bound("requestDeadlineMs"), .requestsMax = bound("requestsMax"), .workerHeapMiB = bound("workerHeapMiB")};
}

Json settingsJson(const space::Settings& settings) {
  return {{"jwksUrl", settings.jwksUrl},           {"issuer", settings.issuer},           {"audience", settings.audience}, {"algorithms", settings.algorithms},
          {"allowedHosts", settings.allowedHosts}, {"corsOrigins", settings.corsOrigins}, {"domains", settings.domains},
          {"limits", limitsJson(settings.limits)}};
}

space::Settings settingsFrom(const Json& json) {
  space::Settings out;
  out.jwksUrl = json.value("jwksUrl", "");
  out.issuer = json.value("issuer", "");
  out.audience = textsOf(json, "audience");
  out.algorithms = textsOf(json, "algorithms");
  out.allowedHosts = textsOf(json, "allowedHosts");
  out.corsOrigins = textsOf(json, "corsOrigins");
  out.domains = textsOf(json, "domains");
  out.limits = limitsFrom(json.value("limits", Json::object()));
  return out;
}

template <class T, class Read>
Result<T> reading(std::string_view text, std::string_view what, Read read) {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception& error) {
    return invalid("The archive is refused: " + std::string(what) + ": " + error.what());
  }
}

}  // namespace

Secrets secretsOf(const space::Space& space) {
  Secrets out{{}, space.tokens.size()};
  for (const auto& [name, value] : space.settings.env) {
    if (value.secrecy == Secrecy::encrypted) out.env.push_back(name);
  }
  return out;
}

std::string spaceText(const space::Space& space) {
  const auto secrets = secretsOf(space);
  Json out{{"settings", settingsJson(space.settings)}, {"env", Json::object()}, {"secretEnv", secrets.env}, {"tokens", secrets.tokens}};
  for (const auto& [name, value] : space.settings.env) {
    if (value.secrecy == Secrecy::plain) out["env"][name] = value.value;
  }
  out["restricted"] = space.entry == space::Entry::teamOwners;
  if (space.deployment) out["deployment"] = deploymentJson(*space.deployment);
  return out.dump(2) + "\n";
}

std::string secretsText(const space::Space& space) {
  Json out{{"env", Json::object()}, {"tokens", Json::array()}};
  for (const auto& [name, value] : space.settings.env) {
    if (value.secrecy == Secrecy::encrypted) out["env"][name] = value.value;
  }
  for (const auto& token : space.tokens) {
    out["tokens"].push_back({{"key", token.key}, {"access", token.access == space::TokenAccess::read ? "read" : "readWrite"},
                             {"description", token.description}, {"created", token.createdMs}});
  }
  return out.dump();
}

Result<space::AdoptedSpace> spaceFrom(std::string_view text, Secrets& named) {
  return reading<space::AdoptedSpace>(text, "space/space.json", [&named](const Json& json) {
    space::AdoptedSpace out;
    out.settings = settingsFrom(json.at("settings"));
    for (const auto& [name, value] : json.at("env").items()) out.settings.env[name] = {value.get<std::string>(), Secrecy::plain};
    named.env = textsOf(json, "secretEnv");
    named.tokens = json.value("tokens", std::size_t{0});
    if (json.value("restricted", false)) out.entry = space::Entry::teamOwners;
    if (json.contains("deployment")) out.deployment = deploymentFrom(json["deployment"]);
    return out;
  });
}

Result<void> addSecrets(std::string_view text, space::AdoptedSpace& out) {
  return reading<void>(text, "space/secrets", [&out](const Json& json) -> Result<void> {
    for (const auto& [name, value] : json.at("env").items()) out.settings.env[name] = {value.get<std::string>(), Secrecy::encrypted};
    for (const auto& one : json.at("tokens")) {
      out.tokens.push_back({one.at("key").get<std::string>(), one.at("access") == "read" ? space::TokenAccess::read : space::TokenAccess::readWrite,
                            one.value("description", ""), one.value("created", std::int64_t{0})});
    }
    return {};
  });
}

}  // namespace redd::backup
