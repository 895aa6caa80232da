#include "graph_view.h"

#include "json_writer.h"
#include "views.h"

namespace redd::control {
namespace {

constexpr std::string_view kPersonalTeam = "personal";  // the one team: owns all projects

Arguments namesOf(const space::Space& space) {
  Arguments parameters;
  parameters.set("project", space.project);
  parameters.set("space", space.name);
  return parameters;
}

enum class KeyText : std::uint8_t { whole, begun };

std::string tokenOf(const space::Space& space, const space::ApiToken& token, KeyText keys) {
  constexpr std::size_t begun = 8;
  return JsonObject()
      .text("key", keys == KeyText::whole ? token.key : token.key.substr(0, begun) + "…")
      .text("datastoreId", space.id)
      .text("access", accessName(token.access))
      .text("description", token.description)
      .end();
}

std::string envOf(const std::string& name, const space::EnvValue& value) {
  const bool encrypted = value.secrecy == space::Secrecy::encrypted;
  JsonObject out;
  out.text("key", name).flag("encrypted", encrypted);
  if (encrypted) return out.raw("value", "null").end();
  return out.text("value", value.value).end();
}

std::string datastoreOf(const space::Space& space, const May& may) {
  const auto& settings = space.settings;
  const auto keys = may("token.remove", namesOf(space)) ? KeyText::whole : KeyText::begun;
  return JsonObject()
      .text("id", space.id)
      .text("name", space.name)
      .text("projectId", space.projectId)
      .flag("restricted", false)
      .raw("Tokens", jsonList(space.tokens, [&](const auto& token) { return tokenOf(space, token, keys); }))
      .texts("allowedHosts", settings.allowedHosts)
      .text("jwks", settings.jwksUrl)
      .text("issuer", settings.issuer)
      .texts("audience", settings.audience)
      .raw("Env", jsonList(settings.env, [](const auto& one) { return envOf(one.first, one.second); }))
      .end();
}

std::string memberOf(const account::Principal& caller) {
  return JsonObject()
      .raw("user", JsonObject().text("id", caller.userId).text("name", caller.name).text("email", caller.email).end())
      .text("role", "OWNER")
      .end();
}

bool shows(const May& may, const space::Project& project) {
  Arguments parameters;
  parameters.set("project", project.uniqueName);
  return may("project.get", parameters);
}

std::string projectOf(const space::Project& project, const account::Principal& caller, const May& may) {
  std::vector<space::SpacePtr> spaces;
  for (const auto& [name, space] : project.spaces) {
    if (may("space.get", namesOf(*space))) spaces.push_back(space);
  }
  return JsonObject()
      .text("id", project.id)
      .text("name", project.name)
      .text("uniqueName", project.uniqueName)
      .text("Team", kPersonalTeam)
      .raw("Members", "[" + memberOf(caller) + "]")
      .raw("Datastores", jsonList(spaces, [&](const auto& space) { return datastoreOf(*space, may); }))
      .raw("Invitations", "[]")
      .end();
}

}  // namespace

std::string graphViewJson(const space::Snapshot& snapshot, const account::Principal& caller, const May& may) {
  std::vector<space::ProjectPtr> projects;
  for (const auto& [name, project] : snapshot.projects) {
    if (shows(may, *project)) projects.push_back(project);
  }
  const auto ids = jsonList(projects, [](const auto& project) { return json::quoted(project->id); });
  const auto user = JsonObject()
                        .text("id", caller.userId)
                        .text("name", caller.name)
                        .text("email", caller.email)
                        .text("sub", "redd|" + caller.userId)
                        .flag("termsAccepted", true)
                        .raw("ProjectInvitations", "[]")
                        .raw("TeamInvitations", "[]")
                        .raw("UserProjects", ids)
                        .raw("Projects", "[]")
                        .text("UserTeam", kPersonalTeam)
                        .raw("Teams", "[]")
                        .end();
  const auto team = JsonObject()
                        .text("id", kPersonalTeam)
                        .text("name", "Personal")
                        .flag("isDefaultTeam", true)
                        .raw("AdminTokens", "[]")
                        .raw("Members", "[" + memberOf(caller) + "]")
                        .raw("Projects", ids)
                        .end();
  return JsonObject()
      .raw("user", user)
      .raw("teams", "[" + team + "]")
      .raw("projects", jsonList(projects, [&](const auto& project) { return projectOf(*project, caller, may); }))
      .end();
}

}  // namespace redd::control
