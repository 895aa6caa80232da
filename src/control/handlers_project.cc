#include <fmt/format.h>

#include "account_views.h"
#include "dispatcher.h"
#include "handlers.h"
#include "json_writer.h"
#include "views.h"

namespace redd::control {
namespace {

std::string namesJson(const Call& call, const space::Project& project, account::Role role) {
  const auto directory = call.services.accounts.directory();
  std::vector<std::string> spaces;
  for (const auto& [name, space] : project.spaces) {
    if (reaches(*directory, call.caller, project, *space)) spaces.push_back(name);
  }
  return JsonObject()
      .text("id", project.id)
      .text("name", project.name)
      .text("uniqueName", project.uniqueName)
      .text("teamId", project.teamId)
      .text("role", account::name(role))
      .texts("spaces", spaces)
      .end();
}

// The keys of a space's API tokens are credentials that may write: who only looks on sees where they begin.
Keys keysFor(account::Role role) { return role >= account::Role::developer ? Keys::shown : Keys::begun; }

Answer show(const Call& call, const space::Project& project, const space::Space& space) {
  return Answer{spaceJson(*call.services.catalogue.snapshot(), space, call.services.hosts, call.client, keysFor(roleIn(call, project)))};
}

// Its spaces as far as the caller reaches them, its members as far as they are somebody's business.
std::string shownProjectJson(const Call& call, const space::Project& project) {
  const auto directory = call.services.accounts.directory();
  const auto snapshot = call.services.catalogue.snapshot();
  const auto role = roleIn(call, project);
  std::vector<std::string> spaces;
  for (const auto& [name, space] : project.spaces) {
    if (reaches(*directory, call.caller, project, *space)) spaces.push_back(spaceJson(*snapshot, *space, call.services.hosts, call.client, keysFor(role)));
  }
  const auto* team = directory->team(project.teamId);
  return JsonObject()
      .text("id", project.id)
      .text("name", project.name)
      .text("uniqueName", project.uniqueName)
      .text("teamId", project.teamId)
      .text("role", account::name(role))
      .number("createdMs", static_cast<double>(project.createdMs))
      .raw("members", membersJson(*directory, directory->projectMembers(project.id)))
      .raw("teamMembers", membersJson(*directory, team == nullptr ? account::Members{} : team->members))
      .raw("spaces", jsonList(spaces, [](const std::string& one) { return one; }))
      .end();
}

// The team that the new project is to belong to: the named one, the token's, or one's own.
Result<std::string> teamForProject(const Call& call) {
  const auto directory = call.services.accounts.directory();
  auto teamId = call.arguments.text("teamId");
  const auto* user = directory->user(call.caller.userId);
  if (teamId.empty()) teamId = user != nullptr ? user->defaultTeamId : call.caller.teamId;
  const auto role = directory->team(teamId) == nullptr ? account::Role::none : directory->roleInTeam(call.caller, teamId);
  if (role == account::Role::none) return notFound("Unknown team");
  if (role < account::Role::developer) return Error::make(ErrorCode::forbidden, "Making a project takes the role developer in its team.");
  return teamId;
}

}  // namespace

Task<Result<Answer>> listProjects(Call call) {
  const auto snapshot = call.services.catalogue.snapshot();
  std::vector<std::string> projects;
  for (const auto& [name, project] : snapshot->projects) {
    const auto role = roleIn(call, *project);
    if (role != account::Role::none) projects.push_back(namesJson(call, *project, role));
  }
  co_return Answer{JsonObject().raw("projects", jsonList(projects, [](const std::string& one) { return one; })).end()};
}

Task<Result<Answer>> createProject(Call call) {
  auto& services = call.services;
  const auto name = call.arguments.text("name");
  REDD_CO_TRY(const auto teamId, teamForProject(call));
  REDD_CO_TRY(const auto project, co_await services.lane.run<space::ProjectPtr>([&services, name, teamId]() -> Result<space::ProjectPtr> {
    if (services.accounts.directory()->team(teamId) == nullptr) return notFound("Unknown team");
    return services.catalogue.createProject(name, teamId);
  }));
  co_return Answer{shownProjectJson(call, *project)};
}

Task<Result<Answer>> getProject(Call call) {
  REDD_CO_TRY(const auto project, projectOf(call));
  co_return Answer{shownProjectJson(call, *project)};
}

Task<Result<Answer>> removeProject(Call call) {
  auto& services = call.services;
  REDD_CO_TRY(const auto project, projectOf(call));
  if (call.arguments.text("confirm") != project->uniqueName) co_return invalid(fmt::format("'confirm' must be the name of the project, {}.", project->uniqueName));
  REDD_CO_TRY_VOID(co_await services.lane.run<void>([&services, project]() -> Result<void> {
    REDD_TRY_VOID(services.catalogue.removeProject(project->uniqueName));
    return services.accounts.forgetProject(project->id);  // a stop in between leaves rows that name nothing
  }));
  co_return Answer{R"({"ok":true})"};
}

Task<Result<Answer>> createSpace(Call call) {
  auto& catalogue = call.services.catalogue;
  const auto project = call.arguments.text("project");
  const auto name = call.arguments.text("name");
  const auto entry = call.arguments.flag("restricted").value_or(false) ? space::Entry::teamOwners : space::Entry::project;
  REDD_CO_TRY(const auto space, co_await call.services.lane.run<space::SpacePtr>(
                                    [&catalogue, project, name, entry] { return catalogue.createSpace(project, name, entry); }));
  REDD_CO_TRY(const auto shown, projectOf(call));
  co_return show(call, *shown, *space);
}

Task<Result<Answer>> getSpace(Call call) {
  REDD_CO_TRY(const auto project, projectOf(call));
  REDD_CO_TRY(const auto space, call.space());
  co_return show(call, *project, *space);
}

}  // namespace redd::control
