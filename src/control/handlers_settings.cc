#include "handlers.h"
#include "json_writer.h"
#include "token_policy.h"
#include "views.h"

namespace redd::control {
namespace {

constexpr std::string_view kOk = R"({"ok":true})";

Result<space::TokenAccess> parseAccess(std::string_view text) {
  if (text == "READ") return space::TokenAccess::read;
  if (text == "READWRITE") return space::TokenAccess::readWrite;
  return invalid("'access' must be READ or READWRITE.");
}

}  // namespace

Task<Result<Answer>> addToken(Call call) {
  auto& catalogue = call.services.catalogue;
  const auto project = call.arguments.text("project");
  const auto space = call.arguments.text("space");
  const auto description = call.arguments.text("description");
  REDD_CO_TRY(const auto access, parseAccess(call.arguments.text("access")));
  REDD_CO_TRY(const auto token, co_await call.services.lane.run<space::ApiToken>([&catalogue, project, space, access, description] {
    return catalogue.addToken(project, space, access, description);
  }));
  co_return Answer{tokenJson(token)};
}

Task<Result<Answer>> removeToken(Call call) {
  auto& catalogue = call.services.catalogue;
  const auto project = call.arguments.text("project");
  const auto space = call.arguments.text("space");
  const auto key = call.arguments.text("key");
  REDD_CO_TRY_VOID(co_await call.services.lane.run<void>(
      [&catalogue, project, space, key] { return catalogue.removeToken(project, space, key); }));
  co_return Answer{std::string(kOk)};
}

Task<Result<Answer>> setJwks(Call call) {
  auto& services = call.services;
  const auto project = call.arguments.text("project");
  const auto space = call.arguments.text("space");
  REDD_CO_TRY(const auto policy, wantedPolicy(call));
  REDD_CO_TRY(const auto changed, co_await services.lane.run<space::SpacePtr>([&services, project, space, policy] {
    return services.catalogue.setTokenPolicy(project, space, policy.jwksUrl, policy.issuer, policy.audience, policy.algorithms);
  }));
  co_return Answer{spaceJson(*services.catalogue.snapshot(), *changed, services.hosts, call.client)};
}

Task<Result<Answer>> setAllowedHosts(Call call) {
  auto& services = call.services;
  const auto project = call.arguments.text("project");
  const auto space = call.arguments.text("space");
  const auto addresses = call.arguments.texts("addresses");
  REDD_CO_TRY(const auto changed, co_await services.lane.run<space::SpacePtr>(
      [&services, project, space, addresses] { return services.catalogue.setAllowedHosts(project, space, addresses); }));
  co_return Answer{spaceJson(*services.catalogue.snapshot(), *changed, services.hosts, call.client)};
}

Task<Result<Answer>> setCorsOrigins(Call call) {
  auto& services = call.services;
  const auto project = call.arguments.text("project");
  const auto space = call.arguments.text("space");
  const auto origins = call.arguments.texts("origins");
  REDD_CO_TRY(const auto changed, co_await services.lane.run<space::SpacePtr>(
      [&services, project, space, origins] { return services.catalogue.setCorsOrigins(project, space, origins); }));
  co_return Answer{spaceJson(*services.catalogue.snapshot(), *changed, services.hosts, call.client)};
}

Task<Result<Answer>> setDomains(Call call) {
  auto& services = call.services;
  const auto project = call.arguments.text("project");
  const auto space = call.arguments.text("space");
  const auto domains = call.arguments.texts("domains");
  REDD_CO_TRY(const auto changed, co_await services.lane.run<space::SpacePtr>(
      [&services, project, space, domains] { return services.catalogue.setDomains(project, space, domains); }));
  co_return Answer{spaceJson(*services.catalogue.snapshot(), *changed, services.hosts, call.client)};
}

Task<Result<Answer>> setEnv(Call call) {
  auto& catalogue = call.services.catalogue;
  const auto project = call.arguments.text("project");
  const auto space = call.arguments.text("space");
  const auto name = call.arguments.text("name");
  const bool encrypted = call.arguments.flag("encrypted").value_or(false);
  const space::EnvValue value{call.arguments.takeText("value"), encrypted ? space::Secrecy::encrypted : space::Secrecy::plain};
  REDD_CO_TRY_VOID(co_await call.services.lane.run<space::SpacePtr>(
      [&catalogue, project, space, name, value] { return catalogue.setEnv(project, space, name, value); }));
  co_return Answer{JsonObject().text("name", name).flag("encrypted", encrypted).end()};
}

Task<Result<Answer>> removeEnv(Call call) {
  auto& catalogue = call.services.catalogue;
  const auto project = call.arguments.text("project");
  const auto space = call.arguments.text("space");
  const auto name = call.arguments.text("name");
  REDD_CO_TRY_VOID(co_await call.services.lane.run<space::SpacePtr>(
      [&catalogue, project, space, name] { return catalogue.removeEnv(project, space, name); }));
  co_return Answer{std::string(kOk)};
}

}  // namespace redd::control
