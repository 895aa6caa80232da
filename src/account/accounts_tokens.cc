// Tokens: made, found again by their digest, taken back.
#include <fmt/format.h>

#include "base/random.h"
#include "control_token.h"
#include "crypto/hash.h"
#include "jwt.h"
#include "names.h"
#include "state.h"

namespace redd::account {

Result<void> Accounts::State::writeToken(Known& next, Token token, const std::string& digest) {
  REDD_TRY_VOID(tables->putToken(token, digest));
  const auto kept = std::make_shared<const Token>(std::move(token));
  next.byDigest.emplace(digest, kept);
  next.digests.emplace(kept->id, digest);
  next.tokens.emplace(kept->id, kept);
  return {};
}

Result<void> Accounts::State::dropToken(Known& next, const std::string& id) {
  const auto digest = next.digests.find(id);
  if (digest == next.digests.end()) return notFound("There is no such token.");
  next.byDigest.erase(digest->second);
  next.digests.erase(digest);
  next.tokens.erase(id);
  {
    const std::scoped_lock lock(usesMutex);
    uses.erase(id);
    unwritten.erase(id);
  }
  return tables->removeToken(id);
}

// Makes room for one more.
Result<void> Accounts::State::dropOldest(Known& next, const std::string& userId, TokenKind kind, std::size_t keep) {
  const auto have = next.tokensOf(userId, kind);
  for (std::size_t i = 0; i + keep <= have.size(); ++i) REDD_TRY_VOID(dropToken(next, have[i]->id));
  return {};
}

Result<void> Accounts::State::dropLogins(Known& next, const std::string& userId, const std::string& keepTokenId) {
  for (const auto kind : {TokenKind::session, TokenKind::cli}) {
    for (const auto& token : next.tokensOf(userId, kind)) {
      if (token->id != keepTokenId) REDD_TRY_VOID(dropToken(next, token->id));
    }
  }
  return {};
}

Result<IssuedToken> Accounts::State::createToken(Known& next, const NewToken& wanted) {
  Token token{.id = randomLabel(20), .kind = wanted.kind, .userId = wanted.userId, .teamId = wanted.teamId, .name = wanted.name, .prefix = {},
              .roleMax = wanted.roleMax, .projectId = wanted.projectId, .spaceId = wanted.spaceId, .createdMs = now(), .expiresMs = wanted.expiresMs};
  std::string secret;
  if (wanted.kind == TokenKind::cli) {
    const auto* user = next.user(wanted.userId);
    if (user == nullptr) return notFound("There is no such user.");
    const auto key = crypto::hmacSha256(options.key, "cli tokens");
    secret = makeJwt({reinterpret_cast<const char*>(key.data()), key.size()}, *user, token.id, token.createdMs, token.expiresMs);
  } else {
    secret = newControlToken();
  }
  // What stands behind "redd_" tells tokens apart; the first five characters of the whole are the same for all.
  token.prefix = wanted.kind == TokenKind::cli ? secret.substr(secret.rfind('.') + 1, 5) : secret.substr(kControlTokenPrefix.size(), 5);
  REDD_TRY_VOID(writeToken(next, token, crypto::sha256Hex(secret)));
  return IssuedToken{std::move(token), std::move(secret)};
}

Result<IssuedToken> Accounts::State::createSession(Known& next, const std::string& userId) {
  REDD_TRY_VOID(dropOldest(next, userId, TokenKind::session, kLimits.sessionsMax));
  return createToken(next, {.kind = TokenKind::session, .userId = userId, .name = "browser", .expiresMs = now() + kLimits.sessionMs});
}

Result<IssuedToken> Accounts::addCliToken(const std::string& userId) {
  IssuedToken out;
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    REDD_TRY_VOID(state_->dropOldest(next, userId, TokenKind::cli, kLimits.cliLoginsMax));
    REDD_TRY(out, state_->createToken(next, {.kind = TokenKind::cli, .userId = userId, .name = "command line",
                                             .expiresMs = state_->now() + kLimits.cliLoginMs}));
    return {};
  }));
  return out;
}

Result<IssuedToken> Accounts::addToken(const NewToken& given) {
  NewToken wanted = given;
  if (wanted.name.empty()) wanted.name = wanted.kind == TokenKind::admin ? "admin token" : "personal token";
  REDD_TRY(wanted.name, checkedName(wanted.name, "a token"));
  if (wanted.expiresMs != 0 && wanted.expiresMs <= state_->now()) {
    return invalid(fmt::format("'expiresMs' is {}, which has passed. Fix: give a time to come, in milliseconds since 1970, or leave it out.",
                               wanted.expiresMs));
  }
  IssuedToken out;
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    const bool ofTeam = wanted.kind == TokenKind::admin;
    if (ofTeam ? next.team(wanted.teamId) == nullptr : next.user(wanted.userId) == nullptr) return notFound("Nobody is there for the token.");
    const auto have = ofTeam ? next.tokensOfTeam(wanted.teamId).size() : next.tokensOf(wanted.userId, wanted.kind).size();
    if (have >= kLimits.tokensMax) {
      return Error::make(ErrorCode::tooManyRequests, fmt::format("There are {} tokens; that is the most. Fix: remove one.", have));
    }
    REDD_TRY(out, state_->createToken(next, wanted));
    return {};
  }));
  return out;
}

Result<void> Accounts::removeToken(const std::string& tokenId) {
  return state_->change([&](Known& next) { return state_->dropToken(next, tokenId); });
}

}  // namespace redd::account
