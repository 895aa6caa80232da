// The file of accounts, DIR/accounts.sqlite, row by row: what is written where, and nothing about what may be written. WAL,
// synchronous=FULL, one connection. A newer format is refused, an older one is migrated in one transaction (REL-18).
//
// Used under the lock of Accounts by whichever thread holds it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "account/directory.h"
#include "base/result.h"
#include "store/sqlite/database.h"

namespace redd::account {

struct PasswordLink {
  std::string digest;  // SHA-256 of its secret, hex
  UnixMs expiresMs = 0;
};

// A Directory with what only this room may know.
struct Known final : Directory {
  std::unordered_map<std::string, std::shared_ptr<const Token>> byDigest;  // SHA-256 of the token, hex
  std::map<std::string, std::string, std::less<>> digests;                 // by token id
  std::map<std::string, std::string, std::less<>> passwords;               // by user id: crypto::hashPassword
  std::map<std::string, PasswordLink, std::less<>> links;                  // by user id
};

class Tables {
 public:
  static Result<std::unique_ptr<Tables>> open(const std::filesystem::path& file);

  Result<Known> load(std::unordered_map<std::string, UnixMs>& lastUses);
  store::sqlite::Database& database() { return database_; }

  // Inside a transaction:
  Result<void> putUser(const User& user, std::string_view password, const PasswordLink& link);
  Result<void> removeUser(std::string_view id);  // tokens, memberships and invitations go by the caller's hand
  Result<void> putTeam(const Team& team);        // name only; members below
  Result<void> removeTeam(std::string_view id);  // and its members
  Result<void> putTeamMember(std::string_view teamId, std::string_view userId, Role role);  // Role::none removes
  Result<void> putProjectMember(std::string_view projectId, std::string_view userId, Role role);
  Result<void> putInvitation(const Invitation& invitation);
  Result<void> removeInvitation(std::string_view id);
  Result<void> putToken(const Token& token, std::string_view digest);
  Result<void> removeToken(std::string_view id);
  Result<void> putLastUse(std::string_view tokenId, UnixMs time);

 private:
  explicit Tables(store::sqlite::Database database) : database_(std::move(database)) {}
  Result<void> loadUsers(Known& out);
  Result<void> loadTeams(Known& out);
  Result<void> loadInvitations(Known& out);
  Result<void> loadTokens(Known& out, std::unordered_map<std::string, UnixMs>& lastUses);

  store::sqlite::Database database_;
};

}  // namespace redd::account
