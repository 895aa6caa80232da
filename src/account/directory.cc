#include "account/directory.h"

#include <algorithm>

namespace redd::account {
namespace {

template <class T>
const T* find(const ById<T>& all, std::string_view id) {
  const auto found = all.find(id);
  return found == all.end() ? nullptr : found->second.get();
}

Role roleOf(const Members& members, std::string_view userId) {
  const auto found = members.find(userId);
  return found == members.end() ? Role::none : found->second;
}

// What the person or team behind a credential may in a team, before the credential narrows it.
Role holdersRole(const Directory& directory, const Principal& caller, std::string_view teamId) {
  if (caller.standing == Standing::serverOwner) return Role::owner;
  if (!caller.teamId.empty()) return caller.teamId == teamId ? Role::owner : Role::none;
  const auto* team = directory.team(teamId);
  return team == nullptr || !caller.isPerson() ? Role::none : roleOf(team->members, caller.userId);
}

}  // namespace

const User* Directory::user(std::string_view id) const { return find(users, id); }
const Team* Directory::team(std::string_view id) const { return find(teams, id); }

const User* Directory::userByEmail(std::string_view email) const {
  if (email.empty()) return nullptr;
  const auto found = std::ranges::find_if(users, [&](const auto& one) { return one.second->email == email; });
  return found == users.end() ? nullptr : found->second.get();
}

const Members& Directory::projectMembers(std::string_view projectId) const {
  static const Members nobody;
  const auto found = projects.find(projectId);
  return found == projects.end() ? nobody : found->second;
}

Role Directory::roleInTeam(const Principal& caller, std::string_view teamId) const {
  if (!caller.projectId.empty()) return Role::none;  // reaches one project, not the team
  return std::min(holdersRole(*this, caller, teamId), caller.roleMax);
}

Role Directory::roleInProject(const Principal& caller, Place place) const {
  if (!caller.projectId.empty() && caller.projectId != place.projectId) return Role::none;
  auto role = holdersRole(*this, caller, place.teamId);
  if (caller.isPerson() && caller.teamId.empty()) role = std::max(role, roleOf(projectMembers(place.projectId), caller.userId));
  return std::min(role, caller.roleMax);
}

bool Directory::mayEnterRestricted(const Principal& caller, std::string_view teamId) const {
  return holdersRole(*this, caller, teamId) == Role::owner;
}

std::vector<std::shared_ptr<const Token>> Directory::tokensOf(std::string_view userId, TokenKind kind) const {
  std::vector<std::shared_ptr<const Token>> out;
  for (const auto& [id, token] : tokens) {
    if (token->kind == kind && token->userId == userId) out.push_back(token);
  }
  std::ranges::sort(out, {}, [](const auto& token) { return std::pair(token->createdMs, std::string_view(token->id)); });
  return out;
}

std::vector<std::shared_ptr<const Token>> Directory::tokensOfTeam(std::string_view teamId) const {
  std::vector<std::shared_ptr<const Token>> out;
  for (const auto& [id, token] : tokens) {
    if (token->kind == TokenKind::admin && token->teamId == teamId) out.push_back(token);
  }
  std::ranges::sort(out, {}, [](const auto& token) { return std::pair(token->createdMs, std::string_view(token->id)); });
  return out;
}

}  // namespace redd::account
