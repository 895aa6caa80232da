// Teams and people by what a person calls them. Blocking; one thread.
#pragma once

#include <string>

#include "client.h"

namespace redd::coho {

// A team by id or name; "" one's own default team. Errors: none of that name, or several (names their ids).
Result<Json> findTeam(const Client& client, const std::string& team);
// The id of a member of `team` (an answer of GET /teams/ID), by id or e-mail address.
Result<std::string> findMember(const Json& team, const std::string& user);

}  // namespace redd::coho
