#include <fmt/format.h>

#include <algorithm>

#include "account_commands.h"
#include "base/random.h"
#include "crypto/hash.h"
#include "prompt.h"
#include "text.h"

namespace redd::coho {
namespace {

// The server of `url`, without a token yet.
Result<Login> serverOf(const Context& context, const std::string& url) {
  const auto& options = context.options.login;
  Login out{.plainHttp = options.plainHttp, .caFile = options.caFile};
  REDD_TRY(out.url, checkServerUrl(url, options.plainHttp));
  return out;
}

Result<void> keep(const Context& context, const Login& login) {
  const Client client(login);
  REDD_TRY(const auto me, client.call({.path = "/me"}));
  REDD_TRY(const auto file, storeLogin(login, context.environment));
  auto who = textOf(me, "email").empty() ? textOf(me, "name") : textOf(me, "email");
  if (who.empty()) who = textOf(me, "id");
  if (context.wantsJson()) {
    context.result({{"url", login.url}, {"name", who}, {"role", textOf(me, "role")}, {"file", file.string()}});
    return {};
  }
  context.terminal.out(
      fmt::format("Logged in to {} as {} ({}). The login is kept in {}.", login.url, inertLine(who), inertLine(textOf(me, "role")), file.string()));
  if (!context.environment.get("COHO_URL").empty()) context.terminal.note("Note: COHO_URL is set and goes before this login.");
  return {};
}

// Eight digits that the page shows too, so that a person confirms their own command line and no other.
std::string shortCode(std::string_view uuid) {
  auto digits = crypto::sha256Hex(uuid).substr(0, 8);
  std::ranges::transform(digits, digits.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return digits.insert(4, "-");
}

// Shows an address to open, and waits until somebody confirmed there (spec 70.3).
Result<std::string> tokenByBrowser(const Context& context, const Login& server) {
  const auto uuid = uuidV4();
  context.terminal.note(fmt::format("Open this page, log in and compare the code {}:\n  {}/authenticate/coho/{}",
                                    context.terminal.paintNote(Colour::bold, shortCode(uuid)), server.url, uuid));
  context.terminal.progress("waiting for the login in the browser … (Ctrl-C ends it)");
  std::string token;
  const Client client(server);
  REDD_TRY_VOID(client.followAt("/cli_auth/" + uuid, [&token](std::string_view, std::string_view data) {
    const auto given = parseJson(data);
    if (given) token = textOf(*given, "token");
    return token.empty();
  }));
  context.terminal.clearProgress();
  if (token.empty()) return Error::make(ErrorCode::timeout, "nobody confirmed the login within ten minutes. Fix: coho login again");
  return token;
}

Result<std::string> tokenByPassword(const Context& context, const Login& server, const std::string& email) {
  REDD_TRY(const auto password, askSecret(context, fmt::format("Password of {}", inertLine(email))));
  REDD_TRY(const auto answer,
           Client(server).call({.method = "POST", .path = "/login", .body = {{"email", email}, {"password", password}}}));
  return textOf(answer, "token");
}

Result<void> enter(const Context& context, const SetupArguments& given, std::string_view path, Json body) {
  REDD_TRY(auto login, serverOf(context, given.url));
  REDD_TRY(const auto password, askSecret(context, "A new password, at least 12 characters"));
  body["code"] = given.code;
  body["password"] = password;
  if (!given.name.empty()) body["name"] = given.name;
  REDD_TRY(const auto answer, Client(login).call({.method = "POST", .path = std::string(path), .body = std::move(body)}));
  login.token = textOf(answer, "token");
  login.origin = "the server";
  return keep(context, login);
}

}  // namespace

Result<void> login(const Context& context, const LoginArguments& arguments) {
  REDD_TRY(auto wanted, serverOf(context, arguments.url));
  wanted.token = context.options.login.token;
  wanted.origin = "--token";
  if (wanted.token.empty()) {
    wanted.token = context.environment.get("COHO_TOKEN");
    wanted.origin = "COHO_TOKEN";
  }
  if (wanted.token.empty()) {
    REDD_TRY(wanted.token, arguments.by == LoginBy::password ? tokenByPassword(context, wanted, arguments.email) : tokenByBrowser(context, wanted));
    wanted.origin = "the server";
  }
  if (wanted.token.find_first_of(" \t\r\n") != std::string::npos)
    return invalid("the token holds spaces or line ends. Fix: copy it whole, in one line");
  return keep(context, wanted);
}

Result<void> setUp(const Context& context, const SetupArguments& arguments) {
  return enter(context, arguments, "/setup", {{"email", arguments.email}});
}

Result<void> redeemCode(const Context& context, const SetupArguments& arguments) { return enter(context, arguments, "/accounts", Json::object()); }

Result<void> logout(const Context& context) {
  // The server forgets a login of its own; a token that somebody made stays theirs. Not being there is no reason to keep the file.
  if (const auto client = context.connect()) std::ignore = client->call({.method = "POST", .path = "/logout", .body = Json::object(), .totalMs = 5'000});
  REDD_TRY(const auto file, forgetLogin(context.environment));
  if (context.wantsJson()) {
    context.result({{"file", file.string()}, {"removed", !file.empty()}});
  } else {
    context.terminal.out(file.empty() ? "Nobody was logged in." : fmt::format("Logged out: {} is removed.", file.string()));
  }
  return {};
}

}  // namespace redd::coho
