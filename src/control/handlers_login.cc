// How people get in: the first start, passwords, codes, and command lines that wait (spec 70.3).
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "account_views.h"
#include "answers.h"
#include "handlers.h"
#include "http/sse.h"
#include "http/url.h"
#include "json_writer.h"
#include "login_page.h"

namespace redd::control {
namespace {

constexpr std::string_view kOk = R"({"ok":true})";

Answer loggedIn(const Call& call, const account::IssuedToken& login) {
  Answer out{loginJson(*call.services.accounts.directory(), login)};
  out.actorId = login.token.userId;
  return out;
}

}  // namespace

Task<Result<Answer>> getSetUp(Call call) {
  const auto& accounts = call.services.accounts;
  co_return Answer{JsonObject()
                       .flag("open", accounts.isSetupOpen())
                       .flag("here", http::isLoopbackName(call.client.ip))
                       .flag("passwords", accounts.isSetUp())
                       .end()};
}

Task<Result<Answer>> setUp(Call call) {
  if (!http::isLoopbackName(call.client.ip)) {
    co_return Error::make(ErrorCode::forbidden, "The first login is made on the server's own machine. Fix: use 127.0.0.1 there, or an ssh tunnel.");
  }
  auto& accounts = call.services.accounts;
  const account::SetUp given{call.arguments.text("code"), call.arguments.text("name"), call.arguments.text("email"), call.arguments.takeText("password")};
  REDD_CO_TRY(const auto login, co_await call.services.passwords.run<account::IssuedToken>([&accounts, given] { return accounts.setUp(given); }));
  co_return loggedIn(call, login);
}

Task<Result<Answer>> createSession(Call call) {
  auto& accounts = call.services.accounts;
  const auto email = call.arguments.text("email");
  const auto password = call.arguments.takeText("password");
  const auto peer = call.client.ip;
  REDD_CO_TRY(const auto login, co_await call.services.passwords.run<account::IssuedToken>(
                                    [&accounts, email, password, peer] { return accounts.logIn(email, password, peer); }));
  co_return loggedIn(call, login);
}

Task<Result<Answer>> endSession(Call call) {
  auto& accounts = call.services.accounts;
  const auto directory = accounts.directory();
  const auto found = directory->tokens.find(call.caller.tokenId);
  const bool isLogin = found != directory->tokens.end() &&
                       (found->second->kind == account::TokenKind::session || found->second->kind == account::TokenKind::cli);
  if (!isLogin) co_return invalid("This token is not of a login, so it has nothing to end. Fix: remove it, if it shall not work any more.");
  const auto id = call.caller.tokenId;
  REDD_CO_TRY_VOID(co_await call.services.lane.run<void>([&accounts, id] { return accounts.removeToken(id); }));
  co_return Answer{std::string(kOk)};
}

Task<Result<Answer>> redeemCode(Call call) {
  auto& accounts = call.services.accounts;
  const auto code = call.arguments.text("code");
  const auto name = call.arguments.text("name");
  const auto password = call.arguments.takeText("password");
  const auto peer = call.client.ip;
  REDD_CO_TRY(const auto login, co_await call.services.passwords.run<account::IssuedToken>(
                                    [&accounts, code, name, password, peer] { return accounts.redeem(code, name, password, peer); }));
  co_return loggedIn(call, login);
}

Task<Result<Answer>> setPassword(Call call) {
  auto& accounts = call.services.accounts;
  const auto caller = call.caller;
  const auto current = call.arguments.takeText("current");
  const auto next = call.arguments.takeText("password");
  const auto peer = call.client.ip;
  REDD_CO_TRY_VOID(co_await call.services.passwords.run<void>([&accounts, caller, current, next, peer] {
    return accounts.setPassword(caller.userId, current, next, caller.tokenId, peer);
  }));
  co_return Answer{std::string(kOk)};
}

// ---- command lines ----

Task<Result<Answer>> loginPage(Call) { co_return Answer{std::string(kLoginPage), 200, "text/html; charset=utf-8"}; }
Task<Result<Answer>> loginScript(Call) { co_return Answer{std::string(kLoginScript), 200, "text/javascript; charset=utf-8"}; }

Task<Result<Answer>> getCliLogin(Call call) {
  const auto uuid = call.arguments.text("uuid");
  REDD_CO_TRY(const auto waiting, call.services.cliLogins.find(uuid, nowMs()));
  co_return Answer{JsonObject()
                       .text("code", shortCode(uuid))
                       .text("address", waiting->address)
                       .number("expiresMs", static_cast<double>(waiting->expiresMs))
                       .end()};
}

Task<Result<Answer>> confirmCliLogin(Call call) {
  auto& services = call.services;
  REDD_CO_TRY(const auto waiting, services.cliLogins.claim(call.arguments.text("uuid"), nowMs()));
  auto& accounts = services.accounts;
  const auto userId = call.caller.userId;
  auto issued = co_await services.lane.run<account::IssuedToken>([&accounts, userId] { return accounts.addCliToken(userId); });
  if (!issued) {
    services.cliLogins.release(waiting);
    co_return std::move(issued).error();
  }
  services.cliLogins.give(waiting, issued->secret);
  co_return Answer{std::string(kOk)};
}

// An EventSource comes back when it was cut off: the token waits for it, and goes to the newest stream, once.
Task<void> waitForCliLogin(Call call, http::Exchange& exchange) {
  auto& logins = call.services.cliLogins;
  const auto executor = co_await boost::asio::this_coro::executor;
  auto opened = logins.open(call.arguments.text("uuid"), call.client.ip, executor, nowMs());
  if (!opened) {
    co_await respondError(exchange, opened.error());
    co_return;
  }
  const auto waiting = *opened;
  const auto self = waiting->listener;
  bool gone = false;
  exchange.onClientGone([&gone, waiting] {
    gone = true;
    waiting->wake->cancel();
  });
  http::ResponseHead head;
  addControlHeaders(head, "text/event-stream");
  if (!co_await exchange.sendHead(std::move(head))) co_return;
  std::string out = http::sseComment("waiting for a login in the browser");
  while (true) {
    if (!out.empty() && !co_await exchange.sendBody(out)) co_return;
    if (gone) co_return;
    if (waiting->listener != self || waiting->state == CliLogins::State::over) break;
    if (const auto token = CliLogins::take(*waiting); !token.empty()) {
      out = http::sseText({{}, {}, JsonObject().text("token", token).end()});
      continue;
    }
    waiting->wake->expires_after(std::chrono::seconds(CliLogins::kHeartbeatS));
    const auto [cancelled] = co_await waiting->wake->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    out = cancelled ? std::string() : http::sseComment("still here");
    if (!cancelled && waiting->expiresMs <= nowMs()) break;
  }
  std::ignore = co_await exchange.finish();
}

}  // namespace redd::control
