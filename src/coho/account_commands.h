// Commands on people: logins, one's account, teams, members, invitations, tokens of people and teams, the audit log. Their parsing stands
// in accounts_command_line.cc. Operations and shapes: "People" in src/control/API.md.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "confirmation.h"
#include "context.h"

namespace redd::coho {

// commands/session.cc
enum class LoginBy { browser, password };
struct LoginArguments {
  std::string url;
  std::string email;  // of LoginBy::password
  LoginBy by = LoginBy::browser;  // when there is no token
};
Result<void> login(const Context& context, const LoginArguments& arguments);
Result<void> logout(const Context& context);  // ends the login on the server, too, when that can be reached
struct SetupArguments {
  std::string url, code, name, email;
};
Result<void> setUp(const Context& context, const SetupArguments& arguments);        // first start: name, address and password of the owner
Result<void> redeemCode(const Context& context, const SetupArguments& arguments);   // code of an invitation or of a password link

// commands/account.cc
struct AccountArguments {
  std::string name, accept, decline;
  enum class Password { keep, change } password = Password::keep;
};
Result<void> account(const Context& context, const AccountArguments& arguments);
struct InviteArguments {
  std::string email, role = "owner", team;  // team "": into the project
  std::string remove;                       // id of an invitation to take back
};
Result<void> invite(const Context& context, const InviteArguments& arguments);
Result<void> joinProject(const Context& context, const std::string& project);   // "": accepts the only invitation
Result<void> leaveProject(const Context& context, const std::string& project);  // "": the folder's

// commands/teams.cc
Result<void> listTeams(const Context& context);
Result<void> showTeam(const Context& context, const std::string& team);  // id or name, everywhere; "": one's own
Result<void> createTeam(const Context& context, const std::string& name);
struct TeamArguments {
  std::string team, name, user, role;  // user: id or e-mail address
  Confirmation confirmation;           // of removeTeam()
};
Result<void> renameTeam(const Context& context, const TeamArguments& arguments);
Result<void> removeTeam(const Context& context, const TeamArguments& arguments);
Result<void> setTeamRole(const Context& context, const TeamArguments& arguments);
Result<void> removeFromTeam(const Context& context, const TeamArguments& arguments);
Result<void> moveProject(const Context& context, const std::string& team);

// commands/access_tokens.cc
enum class TokenOwner { person, team };
struct AccessTokenArguments {
  TokenOwner owner = TokenOwner::person;
  std::string team, name, role, project, space;
  std::uint32_t days = 0;  // until it expires; 0 never
  std::string id;          // to remove; or the only id or prefix that begins so
};
Result<void> listAccessTokens(const Context& context, const AccessTokenArguments& arguments);
Result<void> addAccessToken(const Context& context, const AccessTokenArguments& arguments);
Result<void> removeAccessToken(const Context& context, const AccessTokenArguments& arguments);

// commands/users.cc
Result<void> listUsers(const Context& context);
struct UserArguments {
  std::string email, name;    // email: or id
  Confirmation confirmation;  // of removeUser()
};
Result<void> addUser(const Context& context, const UserArguments& arguments);
Result<void> linkUser(const Context& context, const UserArguments& arguments);
Result<void> removeUser(const Context& context, const UserArguments& arguments);
struct AuditArguments {
  std::uint32_t limit = 50;
  enum class What { list, verify } what = What::list;
};
Result<void> audit(const Context& context, const AuditArguments& arguments);

}  // namespace redd::coho
