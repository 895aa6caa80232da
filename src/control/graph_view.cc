#include "graph_view.h"

#include "json_writer.h"
#include "views.h"

namespace redd::control {
namespace {

constexpr std::string_view kPersonalTeam = "personal";  // the one team: owns all projects

std::string tokenOf(const space::Space& space, const space::ApiToken& token) {
  return JsonObject()
      .text("key", token.key)
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

std::string datastoreOf(const space::Space& space) {
  const auto& settings = space.settings;
  return JsonObject()
      .text("id", space.id)
      .text("name", space.name)
      .text("projectId", space.projectId)
      .flag("restricted", false)
      .raw("Tokens", jsonList(space.tokens, [&space](const auto& token) { return tokenOf(space, token); }))
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

std::string projectOf(const space::Project& project, const account::Principal& caller) {
  return JsonObject()
      .text("id", project.id)
      .text("name", project.name)
      .text("uniqueName", project.uniqueName)
      .text("Team", kPersonalTeam)
      .raw("Members", "[" + memberOf(caller) + "]")
      .raw("Datastores", jsonList(project.spaces, [](const auto& entry) { return datastoreOf(*entry.second); }))
      .raw("Invitations", "[]")
      .end();
}

}  // namespace

std::string graphViewJson(const space::Snapshot& snapshot, const account::Principal& caller) {
  const auto ids = jsonList(snapshot.projects, [](const auto& entry) { return json::quoted(entry.second->id); });
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
      .raw("projects", jsonList(snapshot.projects, [&caller](const auto& entry) { return projectOf(*entry.second, caller); }))
      .end();
}

}  // namespace redd::control
