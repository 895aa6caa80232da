#include "account_views.h"
#include "handlers.h"
#include "json_writer.h"

namespace redd::control {
namespace {

constexpr std::string_view kOk = R"({"ok":true})";

std::string wholeTeamJson(const Call& call, const account::Team& team) {
  const auto directory = call.services.accounts.directory();
  const auto snapshot = call.services.catalogue.snapshot();
  std::vector<std::string> projects;
  for (const auto& [name, project] : snapshot->projects) {
    if (project->teamId == team.id) projects.push_back(JsonObject().text("id", project->id).text("name", project->name).text("uniqueName", name).end());
  }
  return JsonObject()
      .text("id", team.id)
      .text("name", team.name)
      .flag("isDefault", !team.defaultOf.empty())
      .text("role", account::name(directory->roleInTeam(call.caller, team.id)))
      .number("createdMs", static_cast<double>(team.createdMs))
      .raw("members", membersJson(*directory, team.members))
      .raw("projects", jsonList(projects, [](const std::string& one) { return one; }))
      .end();
}

}  // namespace

// The teams of which one is a member; the server's owner sees all, those too where they only may as such.
Task<Result<Answer>> listTeams(Call call) {
  const auto directory = call.services.accounts.directory();
  std::vector<std::string> teams;
  for (const auto& [id, team] : directory->teams) {
    const auto role = directory->roleInTeam(call.caller, id);
    if (role != account::Role::none) teams.push_back(teamJson(*team, role));
  }
  co_return Answer{JsonObject().raw("teams", jsonList(teams, [](const std::string& one) { return one; })).end()};
}

Task<Result<Answer>> createTeam(Call call) {
  auto& accounts = call.services.accounts;
  const auto userId = call.caller.userId;
  const auto name = call.arguments.text("name");
  REDD_CO_TRY(const auto team, co_await call.services.lane.run<account::Team>([&accounts, userId, name] { return accounts.addTeam(userId, name); }));
  co_return Answer{wholeTeamJson(call, team)};
}

Task<Result<Answer>> getTeam(Call call) {
  const auto directory = call.services.accounts.directory();
  const auto* team = directory->team(call.arguments.text("team"));
  if (team == nullptr) co_return notFound("Unknown team");
  co_return Answer{wholeTeamJson(call, *team)};
}

Task<Result<Answer>> renameTeam(Call call) {
  auto& accounts = call.services.accounts;
  const auto id = call.arguments.text("team");
  const auto name = call.arguments.text("name");
  REDD_CO_TRY(const auto team, co_await call.services.lane.run<account::Team>([&accounts, id, name] { return accounts.renameTeam(id, name); }));
  co_return Answer{wholeTeamJson(call, team)};
}

Task<Result<Answer>> removeTeam(Call call) {
  auto& services = call.services;
  const auto id = call.arguments.text("team");
  REDD_CO_TRY_VOID(co_await services.lane.run<void>([&services, id]() -> Result<void> {
    for (const auto& [name, project] : services.catalogue.snapshot()->projects) {
      if (project->teamId != id) continue;
      return Error::make(ErrorCode::alreadyExists, "The team owns the project " + name + ". Fix: move it to another team before.");
    }
    return services.accounts.removeTeam(id);
  }));
  co_return Answer{std::string(kOk)};
}

// Only who came by an invitation is a member; the server's owner may put anybody into a team.
Task<Result<Answer>> setTeamMember(Call call) {
  auto& accounts = call.services.accounts;
  const auto id = call.arguments.text("team");
  const auto userId = call.arguments.text("user");
  REDD_CO_TRY(const auto role, roleArgument(call.arguments));
  const auto directory = accounts.directory();
  const auto* team = directory->team(id);
  const bool mayAdd = call.caller.standing == account::Standing::serverOwner;
  if (team != nullptr && !mayAdd && !team->members.contains(userId)) co_return notFound("The team has no such member. Fix: invite them.");
  REDD_CO_TRY_VOID(co_await call.services.lane.run<void>([&accounts, id, userId, role] { return accounts.setTeamMember(id, userId, role); }));
  co_return Answer{std::string(kOk)};
}

Task<Result<Answer>> removeTeamMember(Call call) {
  auto& accounts = call.services.accounts;
  const auto id = call.arguments.text("team");
  const auto userId = call.arguments.text("user");
  const bool isOneself = call.caller.isPerson() && userId == call.caller.userId && !call.caller.isNarrow();
  if (!isOneself && accounts.directory()->roleInTeam(call.caller, id) != account::Role::owner) {
    co_return Error::make(ErrorCode::forbidden, "Removing others from a team takes the role owner.");
  }
  REDD_CO_TRY_VOID(co_await call.services.lane.run<void>([&accounts, id, userId] { return accounts.removeTeamMember(id, userId); }));
  co_return Answer{std::string(kOk)};
}

}  // namespace redd::control
