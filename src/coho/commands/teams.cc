#include <fmt/format.h>
#include <fmt/ranges.h>

#include "account_commands.h"
#include "base/clock.h"
#include "team_lookup.h"
#include "text.h"

namespace redd::coho {
namespace {

std::string pathOf(const Json& team) { return "/teams/" + segment(textOf(team, "id")); }

void done(const Context& context, const Json& answer, const std::string& text) {
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    context.terminal.out(text);
  }
}

}  // namespace

Result<Json> findTeam(const Client& client, const std::string& team) {
  REDD_TRY(const auto answer, client.call({.path = "/teams"}));
  std::string own;
  if (team.empty()) {
    REDD_TRY(const auto me, client.call({.path = "/me"}));
    own = textOf(me, "defaultTeamId").empty() ? textOf(me, "teamId") : textOf(me, "defaultTeamId");
  }
  std::vector<Json> found;
  const auto teams = memberOf(answer, "teams");
  for (const auto& one : teams) {
    const auto id = textOf(one, "id");
    if (team.empty() ? id == own : id == team || textOf(one, "name") == team) found.push_back(one);
  }
  if (found.size() == 1) return found.front();
  std::vector<std::string> names;
  for (const auto& one : found.empty() ? teams.get<std::vector<Json>>() : found) {
    names.push_back(fmt::format("{} ({})", inertLine(textOf(one, "name")), inertLine(textOf(one, "id"))));
  }
  if (found.empty()) return notFound(fmt::format("there is no team '{}' of yours. Fix: use one of {}", inertLine(team), fmt::join(names, ", ")));
  return notFound(fmt::format("{} teams are called '{}'. Fix: use the id of one: {}", found.size(), inertLine(team), fmt::join(names, ", ")));
}

Result<std::string> findMember(const Json& team, const std::string& user) {
  for (const auto& one : memberOf(team, "members")) {
    const auto person = memberOf(one, "user");
    if (textOf(person, "id") == user || textOf(person, "email") == user) return textOf(person, "id");
  }
  return notFound(fmt::format("the team {0} has no member '{1}'. Fix: coho team show {0} lists them", inertLine(textOf(team, "name")), inertLine(user)));
}

Result<void> listTeams(const Context& context) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, client.call({.path = "/teams"}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  Table table({"TEAM", "YOUR ROLE", "KIND", "ID"});
  for (const auto& team : memberOf(answer, "teams")) {
    table.add({textOf(team, "name"), textOf(team, "role"), flagOf(team, "isDefault") ? "personal" : "shared", textOf(team, "id")});
  }
  print(context.terminal, table);
  return {};
}

Result<void> showTeam(const Context& context, const std::string& name) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto found, findTeam(client, name));
  REDD_TRY(const auto team, client.call({.path = pathOf(found)}));
  if (context.wantsJson()) {
    context.result(team);
    return {};
  }
  context.terminal.out(fmt::format("Team: {}  Id: {}\n", inertLine(textOf(team, "name")), inertLine(textOf(team, "id"))));
  Table members({"MEMBER", "E-MAIL", "ROLE", "ID"});
  for (const auto& one : memberOf(team, "members")) {
    const auto user = memberOf(one, "user");
    members.add({textOf(user, "name"), textOf(user, "email"), textOf(one, "role"), textOf(user, "id")});
  }
  print(context.terminal, members);
  std::vector<std::string> projects;
  for (const auto& one : memberOf(team, "projects")) projects.push_back(inertLine(textOf(one, "uniqueName")));
  context.terminal.out(fmt::format("\nProjects: {}", projects.empty() ? "none" : fmt::format("{}", fmt::join(projects, ", "))));
  return {};
}

Result<void> createTeam(const Context& context, const std::string& name) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto team, client.call({.method = "POST", .path = "/teams", .body = {{"name", name}}}));
  done(context, team, fmt::format("Made the team {} ({}).", inertLine(textOf(team, "name")), inertLine(textOf(team, "id"))));
  return {};
}

Result<void> renameTeam(const Context& context, const TeamArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto found, findTeam(client, arguments.team));
  REDD_TRY(const auto team, client.call({.method = "PATCH", .path = pathOf(found), .body = {{"name", arguments.name}}}));
  done(context, team, fmt::format("The team is called {} now.", inertLine(textOf(team, "name"))));
  return {};
}

Result<void> removeTeam(const Context& context, const TeamArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto found, findTeam(client, arguments.team));
  const auto name = textOf(found, "name");
  REDD_TRY_VOID(confirm(context, arguments.confirmation, fmt::format("The team {} and its tokens will be gone for good.", name), name));
  REDD_TRY(const auto answer, client.call({.method = "DELETE", .path = pathOf(found)}));
  done(context, answer, fmt::format("Removed the team {}.", inertLine(name)));
  return {};
}

Result<void> setTeamRole(const Context& context, const TeamArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto found, findTeam(client, arguments.team));
  REDD_TRY(const auto team, client.call({.path = pathOf(found)}));
  REDD_TRY(const auto user, findMember(team, arguments.user));
  REDD_TRY(const auto answer,
           client.call({.method = "PUT", .path = pathOf(found) + "/members/" + segment(user), .body = {{"role", arguments.role}}}));
  done(context, answer, fmt::format("{} is {} of {} now.", inertLine(arguments.user), inertLine(arguments.role), inertLine(textOf(found, "name"))));
  return {};
}

Result<void> removeFromTeam(const Context& context, const TeamArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto found, findTeam(client, arguments.team));
  REDD_TRY(const auto team, client.call({.path = pathOf(found)}));
  REDD_TRY(const auto user, findMember(team, arguments.user));
  REDD_TRY(const auto answer, client.call({.method = "DELETE", .path = pathOf(found) + "/members/" + segment(user)}));
  done(context, answer, fmt::format("{} is no member of {} any more.", inertLine(arguments.user), inertLine(textOf(found, "name"))));
  return {};
}

Result<void> moveProject(const Context& context, const std::string& name) {
  REDD_TRY(const auto project, context.project());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto team, findTeam(client, name));
  REDD_TRY(const auto answer, client.call({.method = "PUT",
                                           .path = fmt::format("/projects/{}/team", segment(project)),
                                           .body = {{"teamId", textOf(team, "id")}}}));
  done(context, answer, fmt::format("The project {} belongs to the team {} now.", project, inertLine(textOf(team, "name"))));
  return {};
}

}  // namespace redd::coho
