// Opening, looking up, the server's owner, and what happens once a minute.
#include "account/accounts.h"

#include <fmt/format.h>

#include <chrono>

#include "base/log.h"
#include "base/random.h"
#include "control_token.h"
#include "crypto/hash.h"
#include "names.h"
#include "state.h"

namespace redd::account {
namespace {

constexpr std::size_t kTokenBytesMax = 4096;  // a JWT with a long name fits
constexpr auto kHousekeeping = std::chrono::minutes(1);

bool isExpired(const Token& token, UnixMs now) { return token.expiresMs != 0 && token.expiresMs <= now; }

}  // namespace

Accounts::State::State(AccountsOptions given, std::unique_ptr<Tables> opened)
    : options(std::move(given)),
      tables(std::move(opened)),
      audit(tables->database(), auditKey(options.key)),
      dummyHash(crypto::hashPassword(randomHex(16), options.passwordCost)) {}

std::shared_ptr<const Known> Accounts::State::known() const {
  const std::scoped_lock lock(publish);
  return published;
}

Result<void> Accounts::State::change(const Edit& edit) {
  const std::scoped_lock lock(mutate);
  auto next = std::make_shared<Known>(*known());
  REDD_TRY(auto transaction, store::sqlite::Transaction::begin(tables->database()));
  REDD_TRY_VOID(edit(*next));
  REDD_TRY_VOID(transaction.commit());
  std::shared_ptr<const Known> fresh = std::move(next);
  const std::scoped_lock publishing(publish);
  published.swap(fresh);
  return {};
}

// ---- once a minute ----

void Accounts::State::noteUse(const std::string& tokenId) const {
  const std::scoped_lock lock(usesMutex);
  const UnixMs time = now();
  uses[tokenId] = time;
  unwritten[tokenId] = time;
}

Result<void> Accounts::State::tidyUp() {
  std::unordered_map<std::string, UnixMs> fresh;
  {
    const std::scoped_lock lock(usesMutex);
    fresh.swap(unwritten);
  }
  if (!fresh.empty()) {
    const std::scoped_lock lock(mutate);
    REDD_TRY(auto transaction, store::sqlite::Transaction::begin(tables->database()));
    for (const auto& [id, time] : fresh) REDD_TRY_VOID(tables->putLastUse(id, time));
    REDD_TRY_VOID(transaction.commit());
  }
  const auto before = known();
  std::vector<std::string> tokens, invitations;
  for (const auto& [id, token] : before->tokens) {
    const bool isLogin = token->kind == TokenKind::session || token->kind == TokenKind::cli;
    if (isLogin && isExpired(*token, now())) tokens.push_back(id);
  }
  for (const auto& [id, one] : before->invitations) {
    if (one->expiresMs <= now()) invitations.push_back(id);
  }
  if (tokens.empty() && invitations.empty()) return {};
  return change([&](Known& next) -> Result<void> {
    for (const auto& id : tokens) REDD_TRY_VOID(dropToken(next, id));
    for (const auto& id : invitations) REDD_TRY_VOID(dropInvitation(next, id));
    return {};
  });
}

// Once more when the server ends, also when it ends before this thread's first look at the clock.
void Accounts::State::keepHouse(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  for (bool ends = false; !ends;) {
    {
      std::unique_lock lock(mutex);
      wake.wait_for(lock, stop, kHousekeeping, [] { return false; });
    }
    ends = stop.stop_requested();
    if (const auto done = tidyUp(); !done) log::warn("account", "last uses were not written: {}", done.error().detail);
  }
}

// ---- opening ----

Accounts::Accounts(std::unique_ptr<State> state) : state_(std::move(state)) {}
Accounts::~Accounts() = default;

Result<std::unique_ptr<Accounts>> Accounts::open(AccountsOptions options) {
  REDD_TRY(auto tables, Tables::open(options.dataDir / "accounts.sqlite"));
  auto state = std::make_unique<State>(std::move(options), std::move(tables));
  REDD_TRY(auto known, state->tables->load(state->uses));
  REDD_TRY_VOID(state->audit.load());
  state->published = std::make_shared<const Known>(std::move(known));
  State& reached = *state;
  state->housekeeper = std::jthread([&reached](const std::stop_token& stop) { reached.keepHouse(stop); });
  return std::unique_ptr<Accounts>(new Accounts(std::move(state)));
}

DirectoryPtr Accounts::directory() const { return state_->known(); }

// The digest of the token is what is looked up: how long that takes says nothing about the token itself.
Principal Accounts::authenticate(std::string_view text) const {
  if (text.empty() || text.size() > kTokenBytesMax) return {};
  const auto digest = crypto::sha256Hex(text);
  const auto known = state_->known();
  const auto found = known->byDigest.find(digest);
  if (found == known->byDigest.end() || !crypto::constantTimeEqual(found->first, digest)) return {};
  const auto& token = *found->second;
  if (isExpired(token, state_->now())) return {};
  Principal out;
  out.tokenId = token.id;
  out.roleMax = token.roleMax;
  out.projectId = token.projectId;
  out.spaceId = token.spaceId;
  if (token.kind == TokenKind::admin) {
    out.standing = Standing::member;
    out.teamId = token.teamId;
    out.name = token.name;
  } else {
    const auto* user = known->user(token.userId);
    if (user == nullptr) return {};
    out.standing = user->standing;
    out.userId = user->id;
    out.name = user->name;
    out.email = user->email;
  }
  state_->noteUse(token.id);
  return out;
}

UnixMs Accounts::lastUseMs(std::string_view tokenId) const {
  const std::scoped_lock lock(state_->usesMutex);
  const auto found = state_->uses.find(std::string(tokenId));
  return found == state_->uses.end() ? 0 : found->second;
}

// ---- the server's owner ----

Result<std::string> Accounts::ensureOwner(const std::string& preset, const std::optional<FormerOwner>& former) {
  if (!preset.empty() && !isAcceptablePreset(preset)) {
    return invalid("The preset owner's token must be 16 to 512 of letters, digits and ._~+/=-");
  }
  const auto serverToken = [this](const std::string& userId) {
    return Token{.id = randomLabel(20), .kind = TokenKind::server, .userId = userId, .teamId = {}, .name = "owner-token", .prefix = {},
                 .roleMax = Role::owner, .projectId = {}, .spaceId = {}, .createdMs = state_->now(), .expiresMs = 0};
  };
  std::string token;
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    if (next.ownerId.empty()) {
      User owner{.id = former ? former->id : std::string(), .name = "Owner", .email = {}, .standing = Standing::serverOwner, .defaultTeamId = {}};
      REDD_TRY(const auto made, state_->createUser(next, owner));
      if (former) REDD_TRY_VOID(state_->writeToken(next, serverToken(made.id), former->tokenDigest));
    }
    std::vector<std::string> old;
    for (const auto& known : next.tokensOf(next.ownerId, TokenKind::server)) {
      if (preset.empty() || next.digests.at(known->id) == crypto::sha256Hex(preset)) return {};
      old.push_back(known->id);
    }
    for (const auto& id : old) REDD_TRY_VOID(state_->dropToken(next, id));
    token = preset.empty() ? newControlToken() : preset;
    return state_->writeToken(next, serverToken(next.ownerId), crypto::sha256Hex(token));
  }));
  return token;
}

// ---- audit ----

Result<void> Accounts::record(const AuditEvent& event) {
  const std::scoped_lock lock(state_->mutate);
  REDD_TRY(auto transaction, store::sqlite::Transaction::begin(state_->tables->database()));
  REDD_TRY_VOID(state_->audit.append(event, state_->now()));
  REDD_TRY_VOID(transaction.commit());
  state_->audit.appended();
  return {};
}

Result<std::vector<AuditRow>> Accounts::auditRows(std::int64_t before, std::size_t limit) const {
  const std::scoped_lock lock(state_->mutate);
  return state_->audit.rows(before, limit);
}

// On a connection of its own: the log may be long, and others go on.
Result<AuditVerdict> Accounts::verifyAudit() const { return account::verifyAudit(state_->options.dataDir, state_->options.key); }

}  // namespace redd::account
