#include "graph_view.h"

#include <algorithm>
#include <set>

#include "json_writer.h"
#include "views.h"

namespace redd::control {
namespace {

Arguments named(std::string_view parameter, std::string_view value) {
  Arguments parameters;
  parameters.set(parameter, std::string(value));
  return parameters;
}

Arguments namesOf(const space::Space& space) {
  auto parameters = named("project", space.project);
  parameters.set("space", space.name);
  return parameters;
}

// ---- a space ----

std::string tokenOf(const space::Space& space, const space::ApiToken& token, Keys keys) {
  auto members = tokenJson(token, keys);
  members = members.substr(1, members.size() - 2);
  return JsonObject().text("datastoreId", space.id).members(members).end();
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
  const auto keys = may("token.remove", namesOf(space)) ? Keys::shown : Keys::begun;
  return JsonObject()
      .text("id", space.id)
      .text("name", space.name)
      .text("projectId", space.projectId)
      .flag("restricted", space.entry == space::Entry::teamOwners)
      .raw("Tokens", jsonList(space.tokens, [&](const auto& token) { return tokenOf(space, token, keys); }))
      .texts("allowedHosts", settings.allowedHosts)
      .text("jwks", settings.jwksUrl)
      .text("issuer", settings.issuer)
      .texts("audience", settings.audience)
      .texts("algorithms", settings.algorithms)
      .raw("Env", jsonList(settings.env, [](const auto& one) { return envOf(one.first, one.second); }))
      .end();
}

// ---- the whole ----

class View {
 public:
  View(const GraphSources& sources, const account::Principal& caller, const May& may)
      : snapshot_(*sources.catalogue), directory_(*sources.directory), caller_(caller), may_(may), now_(sources.nowMs) {
    const auto* user = directory_.user(caller.userId);
    defaultTeam_ = user != nullptr ? user->defaultTeamId : caller.teamId;
    teams_.insert(defaultTeam_);
    for (const auto& [id, team] : directory_.teams) {
      if (id != defaultTeam_ && team->members.contains(caller.userId) && may("team.get", named("team", id))) others_.push_back(id);
    }
    teams_.insert(others_.begin(), others_.end());
    for (const auto& [name, project] : snapshot_.projects) {
      if (!may("project.get", named("project", name))) continue;
      projects_.push_back(project);
      teams_.insert(project->teamId);
    }
  }

  std::string json() const {
    return JsonObject()
        .raw("user", user())
        .raw("teams", jsonList(teams_, [this](const std::string& id) { return team(id); }))
        .raw("projects", jsonList(projects_, [this](const auto& one) { return project(*one); }))
        .end();
  }

 private:
  std::string user() const {
    const auto* known = directory_.user(caller_.userId);
    const auto& id = known != nullptr ? caller_.userId : caller_.teamId;
    return JsonObject()
        .text("id", id)
        .text("name", caller_.name)
        .text("email", caller_.email)
        .text("sub", "redd|" + id)
        .flag("termsAccepted", known == nullptr || known->terms == account::Terms::accepted)
        .raw("ProjectInvitations", invitations([this](const auto& one) { return isMine(one) && !one.projectId.empty(); }))
        .raw("TeamInvitations", invitations([this](const auto& one) { return isMine(one) && !one.teamId.empty(); }))
        .raw("UserProjects", projectIds([this](const auto& one) { return one.teamId == defaultTeam_; }))
        .raw("Projects", projectIds([this](const auto& one) { return one.teamId != defaultTeam_; }))
        .text("UserTeam", defaultTeam_)
        .raw("Teams", jsonList(others_, [](const std::string& one) { return json::quoted(one); }))
        .end();
  }

  std::string team(const std::string& id) const {
    const auto* team = directory_.team(id);
    const bool seesTokens = team != nullptr && may_("adminToken.list", named("team", id));
    const bool seesMembers = team != nullptr && may_("team.get", named("team", id));
    const auto tokens = seesTokens ? directory_.tokensOfTeam(id) : std::vector<std::shared_ptr<const account::Token>>();
    const auto token = [](const auto& one) { return JsonObject().text("id", one->id).text("secret", one->prefix).end(); };
    return JsonObject()
        .text("id", id)
        .text("name", team == nullptr ? "" : team->name)
        .flag("isDefaultTeam", id == defaultTeam_)
        .raw("AdminTokens", jsonList(tokens, token))
        .raw("Members", seesMembers ? members(team->members) : "[]")
        .raw("Projects", projectIds([&](const auto& one) { return one.teamId == id; }))
        .end();
  }

  std::string project(const space::Project& project) const {
    std::vector<space::SpacePtr> spaces;
    for (const auto& [name, space] : project.spaces) {
      if (may_("space.get", namesOf(*space))) spaces.push_back(space);
    }
    const bool seesInvitations = may_("project.invite", named("project", project.uniqueName));
    return JsonObject()
        .text("id", project.id)
        .text("name", project.name)
        .text("uniqueName", project.uniqueName)
        .text("Team", project.teamId)
        .raw("Members", members(membersOfProject(project)))
        .raw("Datastores", jsonList(spaces, [this](const auto& space) { return datastoreOf(*space, may_); }))
        .raw("Invitations", invitations([&](const auto& one) { return seesInvitations && one.projectId == project.id; }))
        .end();
  }

  // Those of its team too; of two roles the greater counts.
  account::Members membersOfProject(const space::Project& project) const {
    auto all = directory_.projectMembers(project.id);
    const auto* team = directory_.team(project.teamId);
    if (team == nullptr) return all;
    for (const auto& [userId, role] : team->members) {
      auto& had = all[userId];
      had = std::max(had, role);
    }
    return all;
  }

  std::string members(const account::Members& all) const {
    std::vector<std::string> out;
    for (const auto& [userId, role] : all) {
      if (const auto* user = directory_.user(userId)) out.push_back(JsonObject().raw("user", person(*user)).text("role", account::name(role)).end());
    }
    return jsonList(out, [](const std::string& one) { return one; });
  }

  static std::string person(const account::User& user) {
    return JsonObject().text("id", user.id).text("name", user.name).text("email", user.email).end();
  }

  bool isMine(const account::Invitation& one) const { return !caller_.email.empty() && !caller_.isNarrow() && one.email == caller_.email; }

  template <class Wanted>
  std::string invitations(Wanted wanted) const {
    std::vector<std::string> out;
    for (const auto& [id, one] : directory_.invitations) {
      if (one->expiresMs > now_ && wanted(*one)) out.push_back(invitation(*one));
    }
    return jsonList(out, [](const std::string& one) { return one; });
  }

  std::string invitation(const account::Invitation& one) const {
    JsonObject out;
    out.text("id", one.id).text("email", one.email).text("role", account::name(one.role)).text("createdDate", isoTime(one.createdMs));
    const auto* inviter = directory_.user(one.createdBy);
    out.text("createdByName", inviter == nullptr ? "" : inviter->name).text("createdByEmail", inviter == nullptr ? "" : inviter->email);
    if (const auto* team = directory_.team(one.teamId)) out.text("teamId", team->id).text("teamName", team->name);
    const auto project = std::ranges::find_if(snapshot_.projects, [&](const auto& entry) { return entry.second->id == one.projectId; });
    if (project == snapshot_.projects.end()) return out.end();
    return out.text("projectId", one.projectId).text("projectName", project->second->name).text("uniqueName", project->first).end();
  }

  template <class Wanted>
  std::string projectIds(Wanted wanted) const {
    std::vector<std::string> out;
    for (const auto& one : projects_) {
      if (wanted(*one)) out.push_back(one->id);
    }
    return jsonList(out, [](const std::string& id) { return json::quoted(id); });
  }

  const space::Snapshot& snapshot_;
  const account::Directory& directory_;
  const account::Principal& caller_;
  const May& may_;
  UnixMs now_;
  std::string defaultTeam_;                   // of a team's token: that team
  std::vector<std::string> others_;           // the caller's other teams
  std::set<std::string, std::less<>> teams_;  // all that something here names
  std::vector<space::ProjectPtr> projects_;
};

}  // namespace

std::string graphViewJson(const GraphSources& sources, const account::Principal& caller, const May& may) { return View(sources, caller, may).json(); }

}  // namespace redd::control
