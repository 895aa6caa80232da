#include <fmt/format.h>

#include "commands.h"
#include "text.h"

namespace redd::coho {

Result<void> login(const Context& context, const std::string& url) {
  const auto& options = context.options.login;
  Login wanted{.token = options.token, .plainHttp = options.plainHttp, .caFile = options.caFile, .origin = "--token"};
  REDD_TRY(wanted.url, checkServerUrl(url, options.plainHttp));
  if (wanted.token.empty()) {
    wanted.token = context.environment.get("COHO_TOKEN");
    wanted.origin = "COHO_TOKEN";
  }
  if (wanted.token.empty()) {
    return invalid("the token is missing. Fix: --token TOKEN, or set COHO_TOKEN; redd writes the owner's to DIR/owner-token");
  }
  if (wanted.token.find_first_of(" \t\r\n") != std::string::npos)
    return invalid("the token holds spaces or line ends. Fix: copy it whole, in one line");
  const Client client(wanted);
  REDD_TRY(const auto me, client.call({.path = "/me"}));
  REDD_TRY(const auto file, storeLogin(wanted, context.environment));
  const auto who = textOf(me, "name").empty() ? textOf(me, "id") : textOf(me, "name");
  if (context.wantsJson()) {
    context.result({{"url", wanted.url}, {"name", who}, {"role", textOf(me, "role")}, {"file", file.string()}});
    return {};
  }
  context.terminal.out(fmt::format("Logged in to {} as {} ({}). The login is kept in {}.", wanted.url, inertLine(who),
                                   inertLine(textOf(me, "role")), file.string()));
  if (!context.environment.get("COHO_URL").empty()) context.terminal.note("Note: COHO_URL is set and goes before this login.");
  return {};
}

Result<void> logout(const Context& context) {
  REDD_TRY(const auto file, forgetLogin(context.environment));
  if (context.wantsJson()) {
    context.result({{"file", file.string()}, {"removed", !file.empty()}});
  } else {
    context.terminal.out(file.empty() ? "Nobody was logged in." : fmt::format("Logged out: {} is removed.", file.string()));
  }
  return {};
}

}  // namespace redd::coho
