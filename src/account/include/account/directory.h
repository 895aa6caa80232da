// Everybody and what they may, at one moment: an immutable snapshot that Accounts publishes. Reading it blocks nothing; any thread.
//
// It holds no secret: of tokens their first characters, of passwords whether there is one.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "account/principal.h"
#include "base/clock.h"

namespace redd::account {

enum class Password : std::uint8_t { none, set };
enum class Terms : std::uint8_t { open, accepted };

struct User {
  std::string id, name, email;  // email in lower case; "" for an owner who was not set up
  Standing standing = Standing::member;
  Password password = Password::none;
  Terms terms = Terms::open;
  std::string defaultTeamId;
  UnixMs createdMs = 0;
};

using Members = std::map<std::string, Role, std::less<>>;  // by user id

struct Team {
  std::string id, name;
  std::string defaultOf;  // the user whose default team it is, or ""
  Members members;
  UnixMs createdMs = 0;
};

struct Invitation {
  std::string id, email;
  Role role = Role::viewer;
  std::string teamId, projectId;  // one of the two
  std::string createdBy;          // user id
  UnixMs createdMs = 0, expiresMs = 0;
};

enum class TokenKind : std::uint8_t {
  server,    // of the server's owner: DIR/owner-token
  personal,  // a person's, for their programs
  admin,     // a team's: x-admintoken of spec 30.1
  session,   // after a login with a password, for a browser
  cli,       // after a login of a command line, spec 70.2
};
std::string_view name(TokenKind kind);

struct Token {
  std::string id;
  TokenKind kind = TokenKind::personal;
  std::string userId;  // whose it is; of admin: who made it
  std::string teamId;  // of admin
  std::string name;
  std::string prefix;  // its first five characters (spec 30.7)
  Role roleMax = Role::owner;
  std::string projectId, spaceId;  // reaches only these, when given
  UnixMs createdMs = 0;
  UnixMs expiresMs = 0;  // 0: never
};

template <class T>
using ById = std::map<std::string, std::shared_ptr<const T>, std::less<>>;

// A project as this room needs to know it; an empty team: the server owner's.
struct Place {
  std::string_view teamId, projectId;
};

struct Directory {
  ById<User> users;
  ById<Team> teams;
  std::map<std::string, Members, std::less<>> projects;  // people who are members of a project itself, by project id
  ById<Invitation> invitations;
  ById<Token> tokens;
  std::string ownerId;  // the server's owner

  const User* user(std::string_view id) const;  // nullptr: nobody
  const User* userByEmail(std::string_view email) const;
  const Team* team(std::string_view id) const;
  const Members& projectMembers(std::string_view projectId) const;

  // What `caller` may do there with the credential in hand; of several roles the greatest counts. Role::none: nothing at all.
  Role roleInTeam(const Principal& caller, std::string_view teamId) const;
  Role roleInProject(const Principal& caller, Place place) const;
  // A restricted space opens to owners of its team and to the server's owner only (spec 30.7), a narrow token to its own space.
  bool mayEnterRestricted(const Principal& caller, std::string_view teamId) const;

  std::vector<std::shared_ptr<const Token>> tokensOf(std::string_view userId, TokenKind kind) const;  // oldest first
  std::vector<std::shared_ptr<const Token>> tokensOfTeam(std::string_view teamId) const;
};
using DirectoryPtr = std::shared_ptr<const Directory>;

}  // namespace redd::account
