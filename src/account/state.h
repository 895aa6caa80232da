// What Accounts is made of. Its functions stand in accounts.cc (opening, looking up), accounts_login.cc, accounts_people.cc,
// accounts_tokens.cc.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "account/accounts.h"
#include "audit_chain.h"
#include "guard.h"
#include "tables.h"

namespace redd::account {

struct Accounts::State {
  State(AccountsOptions given, std::unique_ptr<Tables> opened);

  using Edit = std::function<Result<void>(Known& next)>;
  std::shared_ptr<const Known> known() const;
  // One change: `edit` writes rows and the next Known; both appear, or neither.
  Result<void> change(const Edit& edit);

  // Inside an edit:
  Result<void> writeUser(Known& next, const User& user);
  Result<void> writePassword(Known& next, const std::string& userId, std::string hash);
  static Result<void> checkOwnersEmail(const Known& known, const std::string& email);
  Result<void> writeOwner(Known& next, const std::string& name, const std::string& email, std::string hash);
  Result<User> createUser(Known& next, User user);  // id, default team and time are made here
  Result<void> writeTeamMember(Known& next, const std::string& teamId, const std::string& userId, Role role);
  Result<void> writeProjectMember(Known& next, const std::string& projectId, const std::string& userId, Role role);
  Result<void> dropInvitation(Known& next, const std::string& id);
  Result<void> fulfil(Known& next, const Invitation& invitation, const std::string& userId);
  Result<IssuedToken> createToken(Known& next, const NewToken& wanted);
  Result<IssuedToken> createSession(Known& next, const std::string& userId);
  Result<void> writeToken(Known& next, Token token, const std::string& digest);
  Result<void> dropToken(Known& next, const std::string& id);
  Result<void> dropOldest(Known& next, const std::string& userId, TokenKind kind, std::size_t keep);
  Result<void> dropLogins(Known& next, const std::string& userId, const std::string& keepTokenId);

  UnixMs now() const { return options.now(); }
  void noteUse(const std::string& tokenId) const;
  void keepHouse(const std::stop_token& stop);  // once a minute: last uses to the disk, what expired away
  Result<void> tidyUp();

  AccountsOptions options;
  mutable std::mutex mutate;  // one change at a time; guards tables and audit
  std::unique_ptr<Tables> tables;
  AuditChain audit;
  mutable std::mutex publish;  // held for a copy of the pointer only
  std::shared_ptr<const Known> published;

  Guard guard;
  std::string dummyHash;  // what an unknown account's password is compared with

  mutable std::mutex usesMutex;
  mutable std::unordered_map<std::string, UnixMs> uses;       // by token id
  mutable std::unordered_map<std::string, UnixMs> unwritten;  // of them, what the file does not have yet

  std::mutex setupMutex;
  std::string setupDigest;  // SHA-256 of the code, hex; "" when there is none
  UnixMs setupExpiresMs = 0;

  std::jthread housekeeper;  // last: it ends before what it uses
};

}  // namespace redd::account
