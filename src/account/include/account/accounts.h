// People, teams, roles, invitations, tokens and the audit log: who may do what. One SQLite file, DIR/accounts.sqlite.
//
// directory() and authenticate() are for the loop: a pointer's copy, a look-up in memory. Everything else blocks for a synced
// commit, is thread-safe, and is called on the control thread; what checks or makes a password works for half a second and is called
// on the few threads kept for it (SEC-31). After each change a new Directory is published, before the call returns: a revoked token
// is dead then.
//
// Secrets: tokens and password links are kept as SHA-256, passwords as scrypt. The code of an invitation is derived from its id under a
// key, so that who may see it can be shown it again, and nothing of it is stored.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/audit.h"
#include "account/directory.h"
#include "account/principal.h"
#include "base/clock.h"
#include "base/result.h"
#include "crypto/password.h"

namespace redd::account {

struct AccountsOptions {
  std::filesystem::path dataDir;
  std::string key;  // 32 secret bytes that stay with the directory: space::Catalogue::keptKey("accounts")
  crypto::ScryptCost passwordCost = crypto::kScryptCost;
  std::function<UnixMs()> now = nowMs;
};

struct NewToken {
  TokenKind kind = TokenKind::personal;
  std::string userId{}, teamId{}, name{};
  Role roleMax = Role::owner;
  std::string projectId{}, spaceId{};
  UnixMs expiresMs = 0;
};
struct IssuedToken {
  Token token;
  std::string secret;  // shown once
};

// The owner as the catalogue of older servers kept it.
struct FormerOwner {
  std::string id, tokenDigest;  // SHA-256 of the token, hex
};

struct SetUp {
  std::string code, name, email, password;
};

class Accounts {
 public:
  // Error: not a database, written by a newer version.
  static Result<std::unique_ptr<Accounts>> open(AccountsOptions options);
  Accounts(const Accounts&) = delete;
  ~Accounts();

  DirectoryPtr directory() const;
  Principal authenticate(std::string_view token) const;  // Standing::nobody: unknown, expired, revoked
  UnixMs lastUseMs(std::string_view tokenId) const;      // 0: never; on disk a minute later

  // ---- the server's owner ----
  // First start: makes the owner and returns the token in clear. `preset` may give the token (16 to 512 characters of
  // [A-Za-z0-9._~+/=-]). When the owner exists already: empty, and nothing changes; but a preset that is not the owner's token
  // replaces it (the operator's way out of a lost token) and is returned. `former` is taken over when there is no owner yet.
  Result<std::string> ensureOwner(const std::string& preset, const std::optional<FormerOwner>& former = std::nullopt);
  bool isSetUp() const;        // somebody has a password
  bool isSetupOpen() const;    // nobody has, and a code was given out by openSetup() that was not tried yet
  // While nobody has a password: a fresh code, also in DIR/setup-code (0600); 30 minutes, once (SEC-30). "" afterwards.
  Result<std::string> openSetup();
  Result<IssuedToken> setUp(const SetUp& given);  // hashes; gives the owner a name, an address and a password, and a session
  // The same by the operator's settings, without a code, while nobody has a password; later it changes nothing. Hashes.
  Result<void> presetPassword(const std::string& email, const std::string& password);

  // ---- logging in ----
  // Hashes. One error for an unknown address and a wrong password, after the same time. Limits per account and per `peer` (SEC-32):
  // tooManyRequests with the member retryAfterS, before anything is hashed.
  Result<IssuedToken> logIn(const std::string& email, const std::string& password, const std::string& peer);
  Result<IssuedToken> addCliToken(const std::string& userId);  // a JWT, spec 70.2
  // Hashes. `current` may be empty while the user has no password. Every session and CLI login but `keepTokenId` ends.
  Result<void> setPassword(const std::string& userId, const std::string& current, const std::string& next, const std::string& keepTokenId,
                           const std::string& peer);
  // Hashes. The code of an invitation makes the account that it invites and accepts it; that of a password link sets the password.
  Result<IssuedToken> redeem(const std::string& code, const std::string& name, const std::string& password, const std::string& peer);

  // ---- people ----
  Result<User> addUser(const std::string& email, const std::string& name);  // with a team of their own; no password yet
  Result<std::string> addPasswordLink(const std::string& userId);           // its code; three days, once; the one before is dead
  Result<User> renameUser(const std::string& userId, const std::string& name);
  Result<User> setEmail(const std::string& userId, const std::string& email);
  Result<void> acceptTerms(const std::string& userId);
  // With all tokens and memberships, and the team of their own. Refused: the server's owner, the last owner of a team.
  Result<void> removeUser(const std::string& userId);

  // ---- teams and members ----
  Result<Team> addTeam(const std::string& userId, const std::string& name);
  Result<Team> renameTeam(const std::string& teamId, const std::string& name);
  Result<void> removeTeam(const std::string& teamId);  // refused: somebody's default team
  Result<void> setTeamMember(const std::string& teamId, const std::string& userId, Role role);  // refused: leaves no owner
  Result<void> removeTeamMember(const std::string& teamId, const std::string& userId);          // the same
  Result<void> setProjectMember(const std::string& projectId, const std::string& userId, Role role);
  Result<void> removeProjectMember(const std::string& projectId, const std::string& userId);
  Result<void> forgetProject(const std::string& projectId);  // it was removed: members, invitations, tokens for it only

  // ---- invitations ----
  Result<Invitation> invite(Invitation invitation);  // of email, role, teamId or projectId, createdBy; replaces one of the same
  Result<void> acceptInvitation(const std::string& invitationId, const std::string& userId);
  Result<void> removeInvitation(const std::string& invitationId);
  std::string invitationCode(const std::string& invitationId) const;

  // ---- tokens ----
  Result<IssuedToken> addToken(const NewToken& wanted);
  Result<void> removeToken(const std::string& tokenId);

  // ---- audit ----
  Result<void> record(const AuditEvent& event);
  Result<std::vector<AuditRow>> auditRows(std::int64_t before, std::size_t limit) const;  // newest first; before 0: from the end
  Result<AuditVerdict> verifyAudit() const;

 private:
  struct State;
  explicit Accounts(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace redd::account
