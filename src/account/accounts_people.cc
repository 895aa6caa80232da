// People, teams, members and invitations.
#include <fmt/format.h>

#include <algorithm>

#include "base/random.h"
#include "names.h"
#include "state.h"

namespace redd::account {
namespace {

Error noSuchUser() { return notFound("There is no such user."); }
Error noSuchTeam() { return notFound("There is no such team."); }

bool hasOwner(const Members& members) {
  return std::ranges::any_of(members, [](const auto& one) { return one.second == Role::owner; });
}

Error tooMany(std::size_t most, std::string_view what) {
  return Error::make(ErrorCode::tooManyRequests, fmt::format("There are {} {}; that is the most.", most, what));
}

}  // namespace

// ---- rows ----

Result<void> Accounts::State::writeUser(Known& next, const User& user) {
  const auto password = next.passwords.find(user.id);
  const auto link = next.links.find(user.id);
  next.users.insert_or_assign(user.id, std::make_shared<const User>(user));
  return tables->putUser(user, password == next.passwords.end() ? std::string_view() : std::string_view(password->second),
                         link == next.links.end() ? PasswordLink{} : link->second);
}

Result<User> Accounts::State::createUser(Known& next, User user) {
  if (next.users.size() >= kLimits.usersMax) return tooMany(kLimits.usersMax, "accounts");
  if (next.userByEmail(user.email) != nullptr) {
    return Error::make(ErrorCode::alreadyExists, fmt::format("{} has an account already.", user.email));
  }
  if (user.id.empty()) user.id = objectId();
  user.createdMs = now();
  user.defaultTeamId = objectId();
  if (user.standing == Standing::serverOwner) next.ownerId = user.id;
  const Team team{user.defaultTeamId, "Personal", user.id, {}, user.createdMs};
  REDD_TRY_VOID(writeUser(next, user));
  REDD_TRY_VOID(tables->putTeam(team));
  next.teams.emplace(team.id, std::make_shared<const Team>(team));
  REDD_TRY_VOID(writeTeamMember(next, team.id, user.id, Role::owner));
  return user;
}

Result<void> Accounts::State::writeTeamMember(Known& next, const std::string& teamId, const std::string& userId, Role role) {
  const auto* before = next.team(teamId);
  if (before == nullptr) return noSuchTeam();
  Team team = *before;
  if (role == Role::none) {
    team.members.erase(userId);
  } else {
    team.members.insert_or_assign(userId, role);
  }
  if (team.members.size() > kLimits.membersMax) return tooMany(kLimits.membersMax, "members");
  if (!hasOwner(team.members) || (team.defaultOf == userId && role != Role::owner)) {
    return Error::make(ErrorCode::forbidden, fmt::format("The team {} would be left without its owner. Fix: make somebody else an owner before.", team.name));
  }
  next.teams.insert_or_assign(teamId, std::make_shared<const Team>(std::move(team)));
  return tables->putTeamMember(teamId, userId, role);
}

Result<void> Accounts::State::writeProjectMember(Known& next, const std::string& projectId, const std::string& userId, Role role) {
  auto& members = next.projects[projectId];
  if (role == Role::none) {
    members.erase(userId);
  } else {
    members.insert_or_assign(userId, role);
  }
  if (members.size() > kLimits.membersMax) return tooMany(kLimits.membersMax, "members");
  if (members.empty()) next.projects.erase(projectId);
  return tables->putProjectMember(projectId, userId, role);
}

Result<void> Accounts::State::dropInvitation(Known& next, const std::string& id) {
  if (next.invitations.erase(id) == 0) return notFound("There is no such invitation.");
  return tables->removeInvitation(id);
}

// A role that the person has already is not lowered by an invitation.
Result<void> Accounts::State::fulfil(Known& next, const Invitation& given, const std::string& userId) {
  const Invitation invitation = given;
  REDD_TRY_VOID(dropInvitation(next, invitation.id));
  const auto higher = [&](const Members& members) {
    const auto known = members.find(userId);
    return known == members.end() ? invitation.role : std::max(known->second, invitation.role);
  };
  if (!invitation.projectId.empty()) {
    return writeProjectMember(next, invitation.projectId, userId, higher(next.projectMembers(invitation.projectId)));
  }
  const auto* team = next.team(invitation.teamId);
  return team == nullptr ? noSuchTeam() : writeTeamMember(next, invitation.teamId, userId, higher(team->members));
}

// ---- people ----

Result<User> Accounts::addUser(const std::string& email, const std::string& name) {
  REDD_TRY(const auto address, checkedEmail(email));
  REDD_TRY(const auto person, checkedName(name.empty() ? address.substr(0, address.find('@')) : name, "a person"));
  User out;
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    REDD_TRY(out, state_->createUser(next, {.id = {}, .name = person, .email = address, .defaultTeamId = {}}));
    return {};
  }));
  return out;
}

Result<User> Accounts::renameUser(const std::string& userId, const std::string& name) {
  REDD_TRY(const auto person, checkedName(name, "a person"));
  User out;
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    const auto* user = next.user(userId);
    if (user == nullptr) return noSuchUser();
    out = *user;
    out.name = person;
    return state_->writeUser(next, out);
  }));
  return out;
}

Result<User> Accounts::setEmail(const std::string& userId, const std::string& email) {
  REDD_TRY(const auto address, checkedEmail(email));
  User out;
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    const auto* user = next.user(userId);
    if (user == nullptr) return noSuchUser();
    const auto* other = next.userByEmail(address);
    if (other != nullptr && other != user) return Error::make(ErrorCode::alreadyExists, fmt::format("{} has an account already.", address));
    out = *user;
    out.email = address;
    return state_->writeUser(next, out);
  }));
  return out;
}

Result<void> Accounts::acceptTerms(const std::string& userId) {
  return state_->change([&](Known& next) -> Result<void> {
    const auto* user = next.user(userId);
    if (user == nullptr) return noSuchUser();
    User changed = *user;
    changed.terms = Terms::accepted;
    return state_->writeUser(next, changed);
  });
}

Result<void> Accounts::removeUser(const std::string& userId) {
  return state_->change([&](Known& next) -> Result<void> {
    const auto* found = next.user(userId);
    if (found == nullptr) return noSuchUser();
    if (userId == next.ownerId) return Error::make(ErrorCode::forbidden, "The server's owner cannot be removed.");
    const User user = *found;
    REDD_TRY_VOID(state_->tables->removeTeam(user.defaultTeamId));
    next.teams.erase(user.defaultTeamId);
    std::vector<std::string> teams, projects, tokens, invitations;
    for (const auto& [id, team] : next.teams) {
      if (team->members.contains(userId)) teams.push_back(id);
    }
    for (const auto& [id, members] : next.projects) {
      if (members.contains(userId)) projects.push_back(id);
    }
    for (const auto& [id, token] : next.tokens) {
      const bool isOwn = token->userId == userId && token->kind != TokenKind::admin;
      if (isOwn || token->teamId == user.defaultTeamId) tokens.push_back(id);
    }
    for (const auto& [id, one] : next.invitations) {
      if (one->teamId == user.defaultTeamId || one->createdBy == userId) invitations.push_back(id);
    }
    for (const auto& id : teams) REDD_TRY_VOID(state_->writeTeamMember(next, id, userId, Role::none));
    for (const auto& id : projects) REDD_TRY_VOID(state_->writeProjectMember(next, id, userId, Role::none));
    for (const auto& id : tokens) REDD_TRY_VOID(state_->dropToken(next, id));
    for (const auto& id : invitations) REDD_TRY_VOID(state_->dropInvitation(next, id));
    next.users.erase(userId);
    next.passwords.erase(userId);
    next.links.erase(userId);
    return state_->tables->removeUser(userId);
  });
}

// ---- teams and members ----

Result<Team> Accounts::addTeam(const std::string& userId, const std::string& name) {
  REDD_TRY(const auto checked, checkedName(name, "a team"));
  Team team{objectId(), checked, {}, {}, state_->now()};
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    if (next.user(userId) == nullptr) return noSuchUser();
    if (next.teams.size() >= kLimits.teamsMax) return tooMany(kLimits.teamsMax, "teams");
    REDD_TRY_VOID(state_->tables->putTeam(team));
    next.teams.emplace(team.id, std::make_shared<const Team>(team));
    REDD_TRY_VOID(state_->writeTeamMember(next, team.id, userId, Role::owner));
    team = *next.team(team.id);
    return {};
  }));
  return team;
}

Result<Team> Accounts::renameTeam(const std::string& teamId, const std::string& name) {
  REDD_TRY(const auto checked, checkedName(name, "a team"));
  Team team;
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    const auto* found = next.team(teamId);
    if (found == nullptr) return noSuchTeam();
    team = *found;
    team.name = checked;
    next.teams.insert_or_assign(teamId, std::make_shared<const Team>(team));
    return state_->tables->putTeam(team);
  }));
  return team;
}

Result<void> Accounts::removeTeam(const std::string& teamId) {
  return state_->change([&](Known& next) -> Result<void> {
    const auto* team = next.team(teamId);
    if (team == nullptr) return noSuchTeam();
    if (!team->defaultOf.empty()) return Error::make(ErrorCode::forbidden, "Somebody's own team goes with the account only.");
    std::vector<std::string> tokens, invitations;
    for (const auto& token : next.tokensOfTeam(teamId)) tokens.push_back(token->id);
    for (const auto& [id, one] : next.invitations) {
      if (one->teamId == teamId) invitations.push_back(id);
    }
    for (const auto& id : tokens) REDD_TRY_VOID(state_->dropToken(next, id));
    for (const auto& id : invitations) REDD_TRY_VOID(state_->dropInvitation(next, id));
    next.teams.erase(teamId);
    return state_->tables->removeTeam(teamId);
  });
}

Result<void> Accounts::setTeamMember(const std::string& teamId, const std::string& userId, Role role) {
  return state_->change([&](Known& next) -> Result<void> {
    if (next.user(userId) == nullptr) return noSuchUser();
    return state_->writeTeamMember(next, teamId, userId, role);
  });
}

Result<void> Accounts::removeTeamMember(const std::string& teamId, const std::string& userId) {
  return state_->change([&](Known& next) -> Result<void> {
    const auto* team = next.team(teamId);
    if (team == nullptr) return noSuchTeam();
    if (!team->members.contains(userId)) return notFound("The team has no such member.");
    return state_->writeTeamMember(next, teamId, userId, Role::none);
  });
}

Result<void> Accounts::setProjectMember(const std::string& projectId, const std::string& userId, Role role) {
  return state_->change([&](Known& next) -> Result<void> {
    if (next.user(userId) == nullptr) return noSuchUser();
    return state_->writeProjectMember(next, projectId, userId, role);
  });
}

Result<void> Accounts::removeProjectMember(const std::string& projectId, const std::string& userId) {
  return state_->change([&](Known& next) -> Result<void> {
    if (!next.projectMembers(projectId).contains(userId)) return notFound("The project has no such member of its own.");
    return state_->writeProjectMember(next, projectId, userId, Role::none);
  });
}

Result<void> Accounts::forgetProject(const std::string& projectId) {
  return state_->change([&](Known& next) -> Result<void> {
    std::vector<std::string> users, tokens, invitations;
    for (const auto& [id, role] : next.projectMembers(projectId)) users.push_back(id);
    for (const auto& [id, token] : next.tokens) {
      if (token->projectId == projectId) tokens.push_back(id);
    }
    for (const auto& [id, one] : next.invitations) {
      if (one->projectId == projectId) invitations.push_back(id);
    }
    for (const auto& id : users) REDD_TRY_VOID(state_->writeProjectMember(next, projectId, id, Role::none));
    for (const auto& id : tokens) REDD_TRY_VOID(state_->dropToken(next, id));
    for (const auto& id : invitations) REDD_TRY_VOID(state_->dropInvitation(next, id));
    return {};
  });
}

// ---- invitations ----

Result<Invitation> Accounts::invite(Invitation given) {
  REDD_TRY(given.email, checkedEmail(given.email));
  given.id = objectId();
  given.createdMs = state_->now();
  given.expiresMs = given.createdMs + kLimits.invitationMs;
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    const auto same = std::ranges::find_if(next.invitations, [&](const auto& one) {
      return one.second->email == given.email && one.second->teamId == given.teamId && one.second->projectId == given.projectId;
    });
    if (same != next.invitations.end()) REDD_TRY_VOID(state_->dropInvitation(next, std::string(same->first)));
    if (next.invitations.size() >= kLimits.invitationsMax) return tooMany(kLimits.invitationsMax, "invitations");
    next.invitations.emplace(given.id, std::make_shared<const Invitation>(given));
    return state_->tables->putInvitation(given);
  }));
  return given;
}

Result<void> Accounts::acceptInvitation(const std::string& invitationId, const std::string& userId) {
  return state_->change([&](Known& next) -> Result<void> {
    const auto found = next.invitations.find(invitationId);
    const auto* user = next.user(userId);
    const bool fits = found != next.invitations.end() && user != nullptr && found->second->email == user->email && state_->now() < found->second->expiresMs;
    if (!fits) return notFound("There is no such invitation for you.");
    return state_->fulfil(next, *found->second, userId);
  });
}

Result<void> Accounts::removeInvitation(const std::string& invitationId) {
  return state_->change([&](Known& next) { return state_->dropInvitation(next, invitationId); });
}

}  // namespace redd::account
