// People, teams, invitations and tokens as API.md prints them, and what their handlers share.
#pragma once

#include <string>

#include "operations.h"

namespace redd::control {

std::string userJson(const account::User& user);  // without what only the person and the server's owner see
std::string loginJson(const account::Directory& directory, const account::IssuedToken& login);  // {token, expiresMs, user}
std::string teamJson(const account::Team& team, account::Role role);
std::string membersJson(const account::Directory& directory, const account::Members& members);
std::string accountTokenJson(const Services& services, const account::Token& token);
std::string issuedTokenJson(const Services& services, const account::IssuedToken& issued);  // the same, with the secret

Result<account::Role> roleArgument(const Arguments& arguments);  // of "role"; required
Result<space::ProjectPtr> projectOf(const Call& call);           // of {project}
account::Role roleIn(const Call& call, const space::Project& project);

// Another space of {project} than the one that the door has looked at, if the caller may enter it too (spec 30.7).
Result<space::SpacePtr> otherSpace(const Call& call, std::string_view name);

}  // namespace redd::control
