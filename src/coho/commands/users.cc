#include <fmt/format.h>

#include "account_commands.h"
#include "base/clock.h"
#include "text.h"

namespace redd::coho {
namespace {

Result<std::string> findUser(const Client& client, const std::string& user) {
  REDD_TRY(const auto answer, client.call({.path = "/users"}));
  for (const auto& one : memberOf(answer, "users")) {
    if (textOf(one, "id") == user || textOf(one, "email") == user) return textOf(one, "id");
  }
  return notFound(fmt::format("nobody here is '{}'. Fix: coho users lists everybody", inertLine(user)));
}

std::string orDash(std::string text) { return text.empty() ? "-" : text; }

// Of a row of the audit log; nobody before a login.
std::string whoOf(const Json& row) { return orDash(textOf(row, "whoName").empty() ? textOf(row, "who") : textOf(row, "whoName")); }

void printCode(const Context& context, const Client& client, const Json& answer) {
  context.terminal.out(fmt::format("To set a password, once and within three days: coho redeem {} {}", client.login().url,
                                   inertLine(textOf(answer, "code"))));
}

}  // namespace

Result<void> listUsers(const Context& context) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, client.call({.path = "/users"}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  Table table({"E-MAIL", "NAME", "SINCE", "PASSWORD", "ROLE", "ID"});
  for (const auto& one : memberOf(answer, "users")) {
    table.add({textOf(one, "email").empty() ? "none" : textOf(one, "email"), textOf(one, "name"), isoTime(numberOf(one, "createdMs")),
               flagOf(one, "hasPassword") ? "set" : "none", flagOf(one, "serverOwner") ? "owner of the server" : "member", textOf(one, "id")});
  }
  print(context.terminal, table);
  return {};
}

Result<void> addUser(const Context& context, const UserArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer,
           client.call({.method = "POST", .path = "/users", .body = {{"email", arguments.email}, {"name", arguments.name}}}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  context.terminal.out(fmt::format("Made an account for {}.", inertLine(arguments.email)));
  printCode(context, client, answer);
  return {};
}

Result<void> linkUser(const Context& context, const UserArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto id, findUser(client, arguments.email));
  REDD_TRY(const auto answer, client.call({.method = "POST", .path = fmt::format("/users/{}/password-link", segment(id)), .body = Json::object()}));
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    printCode(context, client, answer);
  }
  return {};
}

Result<void> removeUser(const Context& context, const UserArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto id, findUser(client, arguments.email));
  const auto what = fmt::format("The account {} will be gone for good, with its tokens and logins.", arguments.email);
  REDD_TRY_VOID(confirm(context, arguments.confirmation, what, arguments.email));
  REDD_TRY(const auto answer, client.call({.method = "DELETE", .path = "/users/" + segment(id)}));
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    context.terminal.out(fmt::format("The account of {} is removed.", inertLine(arguments.email)));
  }
  return {};
}

Result<void> audit(const Context& context, const AuditArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  if (arguments.what == AuditArguments::What::verify) {
    REDD_TRY(const auto verdict, client.call({.path = "/audit/verify"}));
    const bool good = flagOf(verdict, "good");
    if (context.wantsJson()) {
      context.result(verdict);
    } else if (good) {
      context.terminal.out(fmt::format("{} {} rows, all as they were written", context.terminal.paint(Colour::green, "✓"), numberOf(verdict, "rows")));
    }
    if (good) return {};
    return Error::make(ErrorCode::internal, fmt::format("row {} of the audit log: {}", numberOf(verdict, "firstBad"), textOf(verdict, "what")));
  }
  REDD_TRY(const auto answer, client.call({.path = fmt::format("/audit?limit={}", arguments.limit)}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  Table table({"NUMBER", "TIME", "WHO", "WHAT", "ON", "FROM", "RESULT"});
  for (const auto& one : memberOf(answer, "rows")) {
    table.add({fmt::format("{}", numberOf(one, "number")), isoTime(numberOf(one, "timeMs")), whoOf(one), textOf(one, "action"), orDash(textOf(one, "target")),
               textOf(one, "peer"), fmt::format("{}", numberOf(one, "status"))});
  }
  print(context.terminal, table);
  return {};
}

}  // namespace redd::coho
