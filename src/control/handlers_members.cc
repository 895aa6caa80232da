// Who belongs to a project, and invitations into projects and teams.
#include <algorithm>

#include "account_views.h"
#include "handlers.h"
#include "json_writer.h"

namespace redd::control {
namespace {

constexpr std::string_view kOk = R"({"ok":true})";

const space::Project* projectById(const space::Snapshot& snapshot, std::string_view id) {
  const auto found = std::ranges::find_if(snapshot.projects, [&](const auto& one) { return one.second->id == id; });
  return found == snapshot.projects.end() ? nullptr : found->second.get();
}

// May the caller see and take back this invitation because its team or project is theirs?
bool ownsPlaceOf(const Call& call, const account::Invitation& invitation) {
  const auto directory = call.services.accounts.directory();
  if (!invitation.teamId.empty()) return directory->roleInTeam(call.caller, invitation.teamId) == account::Role::owner;
  const auto snapshot = call.services.catalogue.snapshot();
  const auto* project = projectById(*snapshot, invitation.projectId);
  return project != nullptr && directory->roleInProject(call.caller, {project->teamId, project->id}) == account::Role::owner;
}

bool isFor(const account::Principal& caller, const account::Invitation& invitation) {
  return !caller.email.empty() && !caller.isNarrow() && invitation.email == caller.email;
}

std::string invitationJson(const Call& call, const account::Invitation& invitation) {
  const auto directory = call.services.accounts.directory();
  const auto snapshot = call.services.catalogue.snapshot();
  JsonObject out;
  out.text("id", invitation.id).text("email", invitation.email).text("role", account::name(invitation.role));
  if (!invitation.teamId.empty()) {
    const auto* team = directory->team(invitation.teamId);
    out.text("teamId", invitation.teamId).text("teamName", team == nullptr ? "" : team->name);
  } else {
    const auto* project = projectById(*snapshot, invitation.projectId);
    out.text("projectId", invitation.projectId).text("project", project == nullptr ? "" : project->uniqueName);
    out.text("projectName", project == nullptr ? "" : project->name);
  }
  const auto* inviter = directory->user(invitation.createdBy);
  out.text("createdByName", inviter == nullptr ? "" : inviter->name).text("createdByEmail", inviter == nullptr ? "" : inviter->email);
  out.number("createdMs", static_cast<double>(invitation.createdMs)).number("expiresMs", static_cast<double>(invitation.expiresMs));
  out.flag("mine", isFor(call.caller, invitation));
  // For people without an account yet; who has it may open one under this address.
  if (ownsPlaceOf(call, invitation)) out.text("code", call.services.accounts.invitationCode(invitation.id));
  return out.end();
}

Task<Result<Answer>> invite(Call call, account::Invitation wanted) {
  REDD_CO_TRY(wanted.role, roleArgument(call.arguments));
  wanted.email = call.arguments.text("email");
  wanted.createdBy = call.caller.userId;
  auto& accounts = call.services.accounts;
  REDD_CO_TRY(const auto made, co_await call.services.lane.run<account::Invitation>([&accounts, wanted] { return accounts.invite(wanted); }));
  co_return Answer{invitationJson(call, made)};
}

bool isInTeamOf(const Call& call, const space::Project& project) {
  const auto directory = call.services.accounts.directory();
  const auto* team = directory->team(project.teamId);
  return team != nullptr && team->members.contains(call.caller.userId);
}

Task<Result<Answer>> accept(Call call, std::string invitationId) {
  auto& accounts = call.services.accounts;
  const auto userId = call.caller.userId;
  REDD_CO_TRY_VOID(co_await call.services.lane.run<void>(
      [&accounts, invitationId, userId] { return accounts.acceptInvitation(invitationId, userId); }));
  co_return Answer{std::string(kOk)};
}

}  // namespace

Task<Result<Answer>> moveProject(Call call) {
  auto& services = call.services;
  const auto name = call.arguments.text("project");
  const auto teamId = call.arguments.text("teamId");
  const auto directory = services.accounts.directory();
  if (directory->team(teamId) == nullptr || directory->roleInTeam(call.caller, teamId) == account::Role::none) co_return notFound("Unknown team");
  if (directory->roleInTeam(call.caller, teamId) < account::Role::developer) {
    co_return Error::make(ErrorCode::forbidden, "Giving a project to a team takes the role developer there.");
  }
  REDD_CO_TRY_VOID(co_await services.lane.run<space::ProjectPtr>([&services, name, teamId]() -> Result<space::ProjectPtr> {
    if (services.accounts.directory()->team(teamId) == nullptr) return notFound("Unknown team");
    return services.catalogue.moveProject(name, teamId);
  }));
  co_return Answer{std::string(kOk)};
}

Task<Result<Answer>> joinProject(Call call) {
  static constexpr auto kNotInvited = "There is no invitation into this project for you.";
  const auto found = projectOf(call);
  if (!found) co_return notFound(kNotInvited);
  const auto& project = **found;
  const auto directory = call.services.accounts.directory();
  for (const auto& [id, one] : directory->invitations) {
    if (one->projectId == project.id && isFor(call.caller, *one)) co_return co_await accept(std::move(call), std::string(id));
  }
  const bool isIn = isInTeamOf(call, project) || directory->projectMembers(project.id).contains(call.caller.userId);
  if (!isIn) co_return notFound(kNotInvited);
  co_return Answer{std::string(kOk)};
}

Task<Result<Answer>> leaveProject(Call call) {
  REDD_CO_TRY(const auto project, projectOf(call));
  if (!call.caller.isPerson() || call.caller.isNarrow()) co_return Error::make(ErrorCode::forbidden, "Only people leave a project.");
  auto& accounts = call.services.accounts;
  const auto userId = call.caller.userId;
  const auto id = project->id;
  if (isInTeamOf(call, *project) && !accounts.directory()->projectMembers(id).contains(userId)) {
    co_return notFound("You are in this project through its team. Fix: leave the team.");
  }
  REDD_CO_TRY_VOID(co_await call.services.lane.run<void>([&accounts, id, userId] { return accounts.removeProjectMember(id, userId); }));
  co_return Answer{std::string(kOk)};
}

// As with teams: only who came by an invitation, but for the server's owner.
Task<Result<Answer>> setProjectMember(Call call) {
  REDD_CO_TRY(const auto project, projectOf(call));
  REDD_CO_TRY(const auto role, roleArgument(call.arguments));
  auto& accounts = call.services.accounts;
  const auto userId = call.arguments.text("user");
  const auto id = project->id;
  const bool mayAdd = call.caller.standing == account::Standing::serverOwner;
  if (!mayAdd && !accounts.directory()->projectMembers(id).contains(userId)) co_return notFound("The project has no such member of its own. Fix: invite them.");
  REDD_CO_TRY_VOID(co_await call.services.lane.run<void>([&accounts, id, userId, role] { return accounts.setProjectMember(id, userId, role); }));
  co_return Answer{std::string(kOk)};
}

Task<Result<Answer>> removeProjectMember(Call call) {
  REDD_CO_TRY(const auto project, projectOf(call));
  auto& accounts = call.services.accounts;
  const auto userId = call.arguments.text("user");
  const auto id = project->id;
  REDD_CO_TRY_VOID(co_await call.services.lane.run<void>([&accounts, id, userId] { return accounts.removeProjectMember(id, userId); }));
  co_return Answer{std::string(kOk)};
}

// ---- invitations ----

Task<Result<Answer>> inviteToTeam(Call call) {
  account::Invitation wanted;
  wanted.teamId = call.arguments.text("team");
  co_return co_await invite(std::move(call), std::move(wanted));
}

Task<Result<Answer>> inviteToProject(Call call) {
  REDD_CO_TRY(const auto project, projectOf(call));
  account::Invitation wanted;
  wanted.projectId = project->id;
  co_return co_await invite(std::move(call), std::move(wanted));
}

Task<Result<Answer>> listInvitations(Call call) {
  const auto directory = call.services.accounts.directory();
  std::vector<std::string> out;
  for (const auto& [id, one] : directory->invitations) {
    const bool isShown = one->expiresMs > nowMs() && (isFor(call.caller, *one) || ownsPlaceOf(call, *one));
    if (isShown) out.push_back(invitationJson(call, *one));
  }
  co_return Answer{JsonObject().raw("invitations", jsonList(out, [](const std::string& one) { return one; })).end()};
}

Task<Result<Answer>> acceptInvitation(Call call) {
  auto id = call.arguments.text("invitation");
  co_return co_await accept(std::move(call), std::move(id));
}

Task<Result<Answer>> removeInvitation(Call call) {
  auto& accounts = call.services.accounts;
  const auto id = call.arguments.text("invitation");
  const auto directory = accounts.directory();
  const auto found = directory->invitations.find(id);
  if (found == directory->invitations.end() || (!isFor(call.caller, *found->second) && !ownsPlaceOf(call, *found->second))) {
    co_return notFound("There is no such invitation for you.");
  }
  REDD_CO_TRY_VOID(co_await call.services.lane.run<void>([&accounts, id] { return accounts.removeInvitation(id); }));
  co_return Answer{std::string(kOk)};
}

}  // namespace redd::control
