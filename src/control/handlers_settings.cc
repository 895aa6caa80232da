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

// A list of a space's settings, which is set whole.
struct SettingList {
  std::string_view argument;
  std::vector<std::string> space::Settings::* member;
  Result<space::SpacePtr> (space::Catalogue::*set)(std::string_view project, std::string_view space, std::vector<std::string> values);
};

// With `expect` only where the list is still what the caller has read: two who add to it at once lose nothing. On the lane, where nobody else changes it.
Result<space::SpacePtr> changeList(space::Catalogue& catalogue, const SettingList& list, const std::string& project, const std::string& name,
                                   const std::vector<std::string>& values, const std::optional<std::vector<std::string>>& expected) {
  if (expected) {
    REDD_TRY(const auto now, findSpace(*catalogue.snapshot(), project, name));
    const auto& present = now->settings.*list.member;
    if (present != *expected) {
      auto error = Error::make(ErrorCode::alreadyExists, "The list was changed meanwhile. Fix: look at it again and repeat the change.");
      error.members = "\"current\":" + jsonList(present, [](const auto& one) { return json::quoted(one); });
      return error;
    }
  }
  return (catalogue.*list.set)(project, name, values);
}

Task<Result<Answer>> setList(Call call, SettingList list) {
  auto& services = call.services;
  const auto project = call.arguments.text("project"), space = call.arguments.text("space");
  const auto values = call.arguments.texts(list.argument);
  const auto expected = call.arguments.has("expect") ? std::optional(call.arguments.texts("expect")) : std::nullopt;
  REDD_CO_TRY(const auto changed, co_await services.lane.run<space::SpacePtr>(
      [&services, list, project, space, values, expected] { return changeList(services.catalogue, list, project, space, values, expected); }));
  co_return Answer{spaceJson(*services.catalogue.snapshot(), *changed, services.hosts, call.client)};
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
  return setList(std::move(call), {"addresses", &space::Settings::allowedHosts, &space::Catalogue::setAllowedHosts});
}
Task<Result<Answer>> setCorsOrigins(Call call) {
  return setList(std::move(call), {"origins", &space::Settings::corsOrigins, &space::Catalogue::setCorsOrigins});
}
Task<Result<Answer>> setDomains(Call call) {
  return setList(std::move(call), {"domains", &space::Settings::domains, &space::Catalogue::setDomains});
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
