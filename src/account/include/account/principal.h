// Who calls the control plane, and how far the credential in hand reaches. Plain values; the rooms above decide with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redd::account {

// What somebody may do in a project or a team. Each role may all that those before it may.
enum class Role : std::uint8_t {
  none,
  viewer,     // sees settings, data and logs
  developer,  // deploys, changes settings and data
  owner,      // members, tokens of the team, removal
};

std::string_view name(Role role);                      // "viewer" …
std::optional<Role> roleNamed(std::string_view name);  // not of "none"

enum class Standing : std::uint8_t {
  nobody,
  member,       // a person with an account, or a team's token: may what its roles allow
  serverOwner,  // may everything
};

struct Principal {
  Standing standing = Standing::nobody;
  std::string userId, name, email;  // empty for a team's token, but for its name
  std::string teamId;               // of a team's token: it reaches this team's projects only
  std::string tokenId;              // which credential
  // A token may be narrower than its holder: at most this role, and when given only in this project and space (ids).
  Role roleMax = Role::owner;
  std::string projectId, spaceId;

  bool isPerson() const { return !userId.empty(); }
  bool isNarrow() const { return roleMax != Role::owner || !projectId.empty(); }
};

}  // namespace redd::account
