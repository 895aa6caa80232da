// People, and the audit log of what they did.
#include "account_views.h"
#include "handlers.h"
#include "json_writer.h"

namespace redd::control {
namespace {

constexpr std::string_view kOk = R"({"ok":true})";
constexpr std::uint64_t kAuditDefault = 100;
constexpr std::uint64_t kAuditMost = 1'000;

// As the server's owner sees them.
std::string wholeUserJson(const account::User& user) {
  return JsonObject()
      .text("id", user.id)
      .text("name", user.name)
      .text("email", user.email)
      .flag("serverOwner", user.standing == account::Standing::serverOwner)
      .flag("hasPassword", user.password == account::Password::set)
      .text("defaultTeamId", user.defaultTeamId)
      .number("createdMs", static_cast<double>(user.createdMs))
      .end();
}

std::string auditJson(const account::AuditRow& row) {
  const auto& event = row.event;
  return JsonObject()
      .number("number", static_cast<double>(row.number))
      .number("timeMs", static_cast<double>(row.timeMs))
      .text("who", event.who)
      .text("whoName", event.whoName)
      .text("credential", event.credential)
      .text("action", event.action)
      .text("target", event.target)
      .text("peer", event.peer)
      .number("status", event.status)
      .end();
}

}  // namespace

Task<Result<Answer>> updateMe(Call call) {
  auto& accounts = call.services.accounts;
  const auto id = call.caller.userId;
  const auto name = call.arguments.text("name");
  REDD_CO_TRY(const auto user, co_await call.services.lane.run<account::User>([&accounts, id, name] { return accounts.renameUser(id, name); }));
  co_return Answer{userJson(user)};
}

Task<Result<Answer>> acceptTerms(Call call) {
  auto& accounts = call.services.accounts;
  const auto id = call.caller.userId;
  REDD_CO_TRY_VOID(co_await call.services.lane.run<void>([&accounts, id] { return accounts.acceptTerms(id); }));
  co_return Answer{std::string(kOk)};
}

Task<Result<Answer>> listUsers(Call call) {
  const auto directory = call.services.accounts.directory();
  co_return Answer{JsonObject().raw("users", jsonList(directory->users, [](const auto& one) { return wholeUserJson(*one.second); })).end()};
}

namespace {

// With a password of their own, or a code with which they set one.
Result<std::string> makeUser(account::Accounts& accounts, const std::string& email, const std::string& name, const std::string& password,
                             const std::string& peer) {
  REDD_TRY(const auto user, accounts.addUser(email, name));
  JsonObject out;
  out.raw("user", wholeUserJson(user));
  if (password.empty()) {
    REDD_TRY(const auto code, accounts.addPasswordLink(user.id));
    return out.text("code", code).end();
  }
  if (auto set = accounts.setPassword(user.id, "", password, "", peer); !set) {
    REDD_TRY_VOID(accounts.removeUser(user.id));
    return std::move(set).error();
  }
  return out.end();
}

}  // namespace

Task<Result<Answer>> addUser(Call call) {
  auto& accounts = call.services.accounts;
  const auto email = call.arguments.text("email");
  const auto name = call.arguments.text("name");
  const auto password = call.arguments.takeText("password");
  const auto peer = call.client.ip;
  auto& lane = password.empty() ? call.services.lane : call.services.passwords;
  REDD_CO_TRY(auto made, co_await lane.run<std::string>(
                             [&accounts, email, name, password, peer] { return makeUser(accounts, email, name, password, peer); }));
  co_return Answer{std::move(made)};
}

Task<Result<Answer>> updateUser(Call call) {
  auto& accounts = call.services.accounts;
  const auto id = call.arguments.text("user");
  const auto name = call.arguments.text("name");
  const auto email = call.arguments.text("email");
  if (name.empty() && email.empty()) co_return invalid("Nothing to change. Fix: give 'name' or 'email'.");
  REDD_CO_TRY(const auto user, co_await call.services.lane.run<account::User>([&accounts, id, name, email]() -> Result<account::User> {
    if (!email.empty()) {
      auto changed = accounts.setEmail(id, email);
      if (!changed || name.empty()) return changed;
    }
    return accounts.renameUser(id, name);
  }));
  co_return Answer{wholeUserJson(user)};
}

Task<Result<Answer>> linkUser(Call call) {
  auto& accounts = call.services.accounts;
  const auto id = call.arguments.text("user");
  REDD_CO_TRY(const auto code, co_await call.services.lane.run<std::string>([&accounts, id] { return accounts.addPasswordLink(id); }));
  co_return Answer{JsonObject().text("code", code).end()};
}

Task<Result<Answer>> removeUser(Call call) {
  auto& services = call.services;
  const auto id = call.arguments.text("user");
  REDD_CO_TRY_VOID(co_await services.lane.run<void>([&services, id]() -> Result<void> {
    const auto directory = services.accounts.directory();
    const auto* user = directory->user(id);
    for (const auto& [name, project] : services.catalogue.snapshot()->projects) {
      if (user == nullptr || project->teamId != user->defaultTeamId) continue;
      return Error::make(ErrorCode::alreadyExists, "The project " + name + " belongs to this person's own team. Fix: move it to another team before.");
    }
    return services.accounts.removeUser(id);
  }));
  co_return Answer{std::string(kOk)};
}

// ---- audit ----

Task<Result<Answer>> listAudit(Call call) {
  auto& accounts = call.services.accounts;
  const auto before = static_cast<std::int64_t>(std::min<std::uint64_t>(call.arguments.count("before").value_or(0), INT64_MAX));
  const auto limit = call.arguments.count("limit").value_or(kAuditDefault);
  if (limit > kAuditMost) co_return invalid("'limit' must be at most 1000.");
  REDD_CO_TRY(const auto rows, co_await call.services.lane.run<std::vector<account::AuditRow>>(
                                   [&accounts, before, limit] { return accounts.auditRows(before, static_cast<std::size_t>(limit)); }));
  co_return Answer{JsonObject().raw("rows", jsonList(rows, auditJson)).end()};
}

Task<Result<Answer>> verifyAudit(Call call) {
  auto& accounts = call.services.accounts;
  REDD_CO_TRY(const auto verdict, co_await call.services.passwords.run<account::AuditVerdict>([&accounts] { return accounts.verifyAudit(); }));
  JsonObject out;
  out.flag("good", verdict.good()).number("rows", static_cast<double>(verdict.rows));
  if (!verdict.good()) out.number("firstBad", static_cast<double>(verdict.firstBad)).text("what", verdict.what);
  co_return Answer{out.end()};
}

}  // namespace redd::control
