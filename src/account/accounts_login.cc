// Passwords, the first start, codes: how a person gets a session.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "crypto/hash.h"
#include "names.h"
#include "state.h"

namespace redd::account {
namespace {

constexpr std::size_t kSecretHexBytes = 16;

Error wrongLogin() { return Error::make(ErrorCode::unauthorized, "The e-mail address or the password is wrong."); }
Error wrongCode() {
  return Error::make(ErrorCode::unauthorized, "The code is wrong, was used, or is too old. Fix: ask whoever sent it for a new one.");
}
Error wrongSetupCode() {
  return Error::make(ErrorCode::unauthorized, "The setup code is wrong, was used, or is older than 30 minutes. Fix: start the server again; it prints a new one.");
}

Result<void> writePrivate(const std::filesystem::path& file, const std::string& text) {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);  // its mode, or what it links to, is not ours to trust
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  const bool good = descriptor >= 0 && ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (descriptor >= 0) ::close(descriptor);
  if (!good) return Error::make(ErrorCode::internal, fmt::format("cannot write {}", file.string()));
  return {};
}

}  // namespace

Result<void> Accounts::State::writePassword(Known& next, const std::string& userId, std::string hash) {
  const auto* before = next.user(userId);
  if (before == nullptr) return notFound("There is no such user.");
  User user = *before;
  user.password = Password::set;
  next.passwords.insert_or_assign(userId, std::move(hash));
  next.links.erase(userId);
  return writeUser(next, user);
}

// ---- the first start ----

bool Accounts::isSetUp() const { return !state_->known()->passwords.empty(); }

bool Accounts::isSetupOpen() const {
  if (isSetUp()) return false;
  const std::scoped_lock lock(state_->setupMutex);
  return !state_->setupDigest.empty();
}

Result<std::string> Accounts::openSetup() {
  const auto file = state_->options.dataDir / "setup-code";
  if (isSetUp()) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    return std::string();
  }
  const auto code = fmt::format("{}-{}-{}-{}-{}", randomLabel(5), randomLabel(5), randomLabel(5), randomLabel(5), randomLabel(5));
  REDD_TRY_VOID(writePrivate(file, code + "\n"));
  const std::scoped_lock lock(state_->setupMutex);
  state_->setupDigest = crypto::sha256Hex(code);
  state_->setupExpiresMs = state_->now() + kLimits.setupCodeMs;
  return code;
}

Result<void> Accounts::State::checkOwnersEmail(const Known& known, const std::string& email) {
  const auto* other = known.userByEmail(email);
  if (other == nullptr || other->id == known.ownerId) return {};
  return Error::make(ErrorCode::alreadyExists, "Another account has this e-mail address.");
}

Result<void> Accounts::State::writeOwner(Known& next, const std::string& name, const std::string& email, std::string hash) {
  REDD_TRY_VOID(checkOwnersEmail(next, email));
  User owner = *next.user(next.ownerId);
  owner.name = name;
  owner.email = email;
  owner.terms = Terms::accepted;
  REDD_TRY_VOID(writeUser(next, owner));
  return writePassword(next, owner.id, std::move(hash));
}

Result<IssuedToken> Accounts::setUp(const SetUp& given) {
  REDD_TRY(const auto email, checkedEmail(given.email));
  REDD_TRY(const auto name, checkedName(given.name, "a person"));
  REDD_TRY_VOID(checkPassword(given.password));
  REDD_TRY_VOID(State::checkOwnersEmail(*state_->known(), email));
  {
    const std::scoped_lock lock(state_->setupMutex);
    const bool good = !state_->setupDigest.empty() && state_->now() < state_->setupExpiresMs &&
                      crypto::constantTimeEqual(state_->setupDigest, crypto::sha256Hex(given.code));
    if (!good) return wrongSetupCode();
    state_->setupDigest.clear();  // from here on it is used, whatever comes
  }
  auto hash = crypto::hashPassword(given.password, state_->options.passwordCost);
  IssuedToken out;
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    REDD_TRY_VOID(state_->writeOwner(next, name, email, std::move(hash)));
    REDD_TRY(out, state_->createSession(next, next.ownerId));
    return {};
  }));
  std::error_code ignored;
  std::filesystem::remove(state_->options.dataDir / "setup-code", ignored);
  return out;
}

Result<void> Accounts::presetPassword(const std::string& email, const std::string& password) {
  const auto known = state_->known();
  if (!known->passwords.empty()) return {};
  REDD_TRY(const auto address, checkedEmail(email));
  REDD_TRY_VOID(checkPassword(password));
  auto hash = crypto::hashPassword(password, state_->options.passwordCost);
  const auto name = known->user(known->ownerId)->name;
  return state_->change([&](Known& next) { return state_->writeOwner(next, name, address, std::move(hash)); });
}

// ---- passwords ----

Result<IssuedToken> Accounts::logIn(const std::string& email, const std::string& password, const std::string& peer) {
  const auto address = checkedEmail(email);
  if (!address || password.size() > kLimits.passwordBytesMax) return wrongLogin();  // nobody has these: nothing is learned from the time
  REDD_TRY_VOID(state_->guard.admit(*address, peer, state_->now()));
  const auto known = state_->known();
  const auto* user = known->userByEmail(*address);
  const auto stored = user == nullptr ? known->passwords.end() : known->passwords.find(user->id);
  const bool hasPassword = stored != known->passwords.end();
  const bool fits = crypto::verifyPassword(password, hasPassword ? stored->second : state_->dummyHash);
  if (!hasPassword || !fits) return wrongLogin();
  state_->guard.succeeded(*address, peer);

  const bool weak = crypto::isWeakerHash(stored->second, state_->options.passwordCost);
  auto stronger = weak ? crypto::hashPassword(password, state_->options.passwordCost) : std::string();
  IssuedToken out;
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    const auto now = next.passwords.find(user->id);
    if (now == next.passwords.end() || now->second != stored->second) return wrongLogin();  // changed meanwhile
    if (weak) REDD_TRY_VOID(state_->writePassword(next, user->id, std::move(stronger)));
    REDD_TRY(out, state_->createSession(next, user->id));
    return {};
  }));
  return out;
}

Result<void> Accounts::setPassword(const std::string& userId, const std::string& current, const std::string& next, const std::string& keepTokenId,
                                   const std::string& peer) {
  REDD_TRY_VOID(checkPassword(next));
  const auto known = state_->known();
  const auto stored = known->passwords.find(userId);
  if (stored != known->passwords.end()) {
    const auto account = "id:" + userId;
    REDD_TRY_VOID(state_->guard.admit(account, peer, state_->now()));
    if (current.size() > kLimits.passwordBytesMax || !crypto::verifyPassword(current, stored->second)) {
      return Error::make(ErrorCode::forbidden, "'current' is not the password of this account.");
    }
    state_->guard.succeeded(account, peer);
  }
  auto hash = crypto::hashPassword(next, state_->options.passwordCost);
  return state_->change([&](Known& fresh) -> Result<void> {
    REDD_TRY_VOID(state_->writePassword(fresh, userId, std::move(hash)));
    return state_->dropLogins(fresh, userId, keepTokenId);
  });
}

// ---- codes ----

std::string Accounts::invitationCode(const std::string& invitationId) const {
  const auto secret = crypto::hmacSha256(state_->options.key, "invitation|" + invitationId);
  return invitationId + "." + crypto::hex(secret).substr(0, 2 * kSecretHexBytes);
}

Result<std::string> Accounts::addPasswordLink(const std::string& userId) {
  const auto secret = randomHex(kSecretHexBytes);
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    const auto* user = next.user(userId);
    if (user == nullptr) return notFound("There is no such user.");
    next.links.insert_or_assign(userId, PasswordLink{crypto::sha256Hex(secret), state_->now() + kLimits.passwordLinkMs});
    return state_->writeUser(next, *user);
  }));
  return userId + "." + secret;
}

Result<IssuedToken> Accounts::redeem(const std::string& code, const std::string& name, const std::string& password, const std::string& peer) {
  REDD_TRY_VOID(checkPassword(password));
  REDD_TRY_VOID(state_->guard.admit("", peer, state_->now()));
  const auto id = code.substr(0, code.find('.'));
  const auto secret = code.size() > id.size() ? code.substr(id.size() + 1) : std::string();
  // Looked at before the hash is made, and again under the lock: a code is good once.
  const auto linkFits = [&](const Known& known) {
    const auto link = known.links.find(id);
    return link != known.links.end() && state_->now() < link->second.expiresMs &&
           crypto::constantTimeEqual(link->second.digest, crypto::sha256Hex(secret));
  };
  const auto invitationOf = [&](const Known& known) -> const Invitation* {
    const auto found = known.invitations.find(id);
    const bool fits = found != known.invitations.end() && state_->now() < found->second->expiresMs && crypto::constantTimeEqual(invitationCode(id), code);
    return fits ? found->second.get() : nullptr;
  };
  const auto known = state_->known();
  const auto* invitation = invitationOf(*known);
  if (invitation == nullptr && !linkFits(*known)) return wrongCode();
  if (invitation != nullptr && known->userByEmail(invitation->email) != nullptr) {
    return Error::make(ErrorCode::alreadyExists, fmt::format("{} has an account already. Fix: log in and accept the invitation.", invitation->email));
  }
  const std::string person = name;
  if (invitation != nullptr) REDD_TRY_VOID(checkedName(person, "a person"));
  state_->guard.succeeded("", peer);
  auto hash = crypto::hashPassword(password, state_->options.passwordCost);
  IssuedToken out;
  REDD_TRY_VOID(state_->change([&](Known& next) -> Result<void> {
    std::string userId = id;
    if (const auto* one = invitationOf(next)) {
      REDD_TRY(const auto user, state_->createUser(next, {.id = {}, .name = person, .email = one->email, .defaultTeamId = {}}));
      userId = user.id;
      REDD_TRY_VOID(state_->fulfil(next, *one, userId));
    } else if (!linkFits(next)) {
      return wrongCode();
    }
    REDD_TRY_VOID(state_->writePassword(next, userId, std::move(hash)));
    REDD_TRY_VOID(state_->dropLogins(next, userId, ""));
    REDD_TRY(out, state_->createSession(next, userId));
    return {};
  }));
  return out;
}

}  // namespace redd::account
