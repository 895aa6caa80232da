#include "account_views.h"

#include <fmt/format.h>

#include "dispatcher.h"
#include "json_writer.h"

namespace redd::control {

std::string userJson(const account::User& user) {
  return JsonObject().text("id", user.id).text("name", user.name).text("email", user.email).end();
}

std::string loginJson(const account::Directory& directory, const account::IssuedToken& login) {
  const auto* user = directory.user(login.token.userId);
  return JsonObject()
      .text("token", login.secret)
      .number("expiresMs", static_cast<double>(login.token.expiresMs))
      .raw("user", user == nullptr ? "null" : userJson(*user))
      .end();
}

std::string teamJson(const account::Team& team, account::Role role) {
  return JsonObject()
      .text("id", team.id)
      .text("name", team.name)
      .flag("isDefault", !team.defaultOf.empty())
      .text("role", account::name(role))
      .number("createdMs", static_cast<double>(team.createdMs))
      .end();
}

std::string membersJson(const account::Directory& directory, const account::Members& members) {
  std::vector<std::string> out;
  for (const auto& [userId, role] : members) {
    const auto* user = directory.user(userId);
    if (user != nullptr) out.push_back(JsonObject().raw("user", userJson(*user)).text("role", account::name(role)).end());
  }
  return jsonList(out, [](const std::string& one) { return one; });
}

namespace {

JsonObject tokenMembers(const Services& services, const account::Token& token) {
  std::string project, space;
  for (const auto& [name, one] : services.catalogue.snapshot()->projects) {
    if (one->id != token.projectId) continue;
    project = name;
    for (const auto& [spaceName, each] : one->spaces) {
      if (each->id == token.spaceId) space = spaceName;
    }
  }
  JsonObject out;
  out.text("id", token.id).text("kind", account::name(token.kind)).text("name", token.name).text("prefix", token.prefix);
  out.text("role", account::name(token.roleMax));
  if (!token.projectId.empty()) out.text("project", project);
  if (!token.spaceId.empty()) out.text("space", space);
  out.number("createdMs", static_cast<double>(token.createdMs));
  const auto moment = [&](std::string_view name, UnixMs time) { time == 0 ? out.raw(name, "null") : out.number(name, static_cast<double>(time)); };
  moment("expiresMs", token.expiresMs);
  moment("lastUsedMs", services.accounts.lastUseMs(token.id));
  return out;
}

}  // namespace

std::string accountTokenJson(const Services& services, const account::Token& token) { return tokenMembers(services, token).end(); }

std::string issuedTokenJson(const Services& services, const account::IssuedToken& issued) {
  return tokenMembers(services, issued.token).text("secret", issued.secret).end();
}

Result<account::Role> roleArgument(const Arguments& arguments) {
  const auto text = arguments.text("role");
  const auto role = account::roleNamed(text);
  if (!role) return invalid(fmt::format("'role' is '{}'; it must be viewer, developer or owner.", text.substr(0, 60)));
  return *role;
}

Result<space::ProjectPtr> projectOf(const Call& call) {
  const auto snapshot = call.services.catalogue.snapshot();
  const auto found = snapshot->projects.find(call.arguments.text("project"));
  if (found == snapshot->projects.end()) return notFound("Unknown project");
  return found->second;
}

account::Role roleIn(const Call& call, const space::Project& project) {
  return call.services.accounts.directory()->roleInProject(call.caller, {project.teamId, project.id});
}

Result<space::SpacePtr> otherSpace(const Call& call, std::string_view name) {
  REDD_TRY(const auto project, projectOf(call));
  const auto found = project->spaces.find(name);
  if (found == project->spaces.end()) return notFound("Unknown space");
  if (reaches(*call.services.accounts.directory(), call.caller, *project, *found->second)) return found->second;
  return Error::make(ErrorCode::forbidden, fmt::format("The space {} is out of your reach: it is restricted, or the token is for another one.", found->first));
}

}  // namespace redd::control
