// What the GraphQL door's worker may know of the caller: the account, and the teams and projects that the caller may see, in the words of
// the published command line (spec 70.4). Whatever is not in it does not exist for a query or a mutation.
//
//   {user: {id, name, email, sub, termsAccepted, ProjectInvitations, TeamInvitations, UserProjects, Projects, UserTeam, Teams},
//    teams: [{id, name, isDefaultTeam, AdminTokens, Members, Projects}],
//    projects: [{id, name, uniqueName, Team, Members, Datastores, Invitations}]}
//
// A project or team inside another object is its id (runtime/graphql/view.cjs puts the object there). Values of encrypted variables are null.
// A Datastore also has `issuer`, `audience` and `algorithms`, for setJWKS; a ProjectInvitation `uniqueName`, for joinProject. Pure: reads snapshots only.
//
// What is shown is decided by the permissions of the operations that would show it: a project whose project.get the caller may call, a space
// whose space.get, a team's members with team.get and its tokens with adminToken.list, the invitations of a project with project.invite; of
// API tokens that they may not remove, where they begin.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "account/directory.h"
#include "arguments.h"
#include "base/clock.h"
#include "space/space.h"

namespace redd::control {

using May = std::function<bool(std::string_view operation, const Arguments& parameters)>;

struct GraphSources {
  space::SnapshotPtr catalogue;
  account::DirectoryPtr directory;
  UnixMs nowMs = 0;  // invitations that ended before it are not shown
};

std::string graphViewJson(const GraphSources& sources, const account::Principal& caller, const May& may);

}  // namespace redd::control
