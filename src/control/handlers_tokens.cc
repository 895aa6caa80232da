// Tokens of people and of teams.
#include "account_views.h"
#include "dispatcher.h"
#include "handlers.h"
#include "json_writer.h"

namespace redd::control {
namespace {

constexpr std::string_view kOk = R"({"ok":true})";

// Name, role, reach and end of a new token. Nobody gives more than they have: the caller is somebody with a role in the project.
Result<account::NewToken> wantedToken(const Call& call) {
  account::NewToken wanted;
  const auto& arguments = call.arguments;
  wanted.name = arguments.text("name");
  if (arguments.has("role")) REDD_TRY_VOID(roleArgument(arguments));
  wanted.roleMax = account::roleNamed(arguments.text("role")).value_or(account::Role::owner);
  wanted.expiresMs = static_cast<UnixMs>(std::min<std::uint64_t>(arguments.count("expiresMs").value_or(0), INT64_MAX));
  if (!arguments.has("project")) {
    if (arguments.has("space")) return invalid("'space' needs 'project' beside it.");
    return wanted;
  }
  REDD_TRY(const auto project, projectOf(call));
  if (roleIn(call, *project) == account::Role::none) return notFound("Unknown project");
  wanted.projectId = project->id;
  if (arguments.has("space")) {
    const auto space = project->spaces.find(arguments.text("space"));
    if (space == project->spaces.end()) return notFound("Unknown space");
    wanted.spaceId = space->second->id;
  }
  return wanted;
}

Task<Result<Answer>> issue(Call call, account::NewToken wanted) {
  auto& accounts = call.services.accounts;
  REDD_CO_TRY(const auto issued, co_await call.services.lane.run<account::IssuedToken>([&accounts, wanted] { return accounts.addToken(wanted); }));
  co_return Answer{issuedTokenJson(call.services, issued)};
}

Task<Result<Answer>> takeBack(Call call, bool (*belongs)(const Call&, const account::Token&)) {
  auto& accounts = call.services.accounts;
  const auto id = call.arguments.text("tokenId");
  const auto directory = accounts.directory();
  const auto found = directory->tokens.find(id);
  if (found == directory->tokens.end() || !belongs(call, *found->second)) co_return notFound("There is no such token.");
  REDD_CO_TRY_VOID(co_await call.services.lane.run<void>([&accounts, id] { return accounts.removeToken(id); }));
  co_return Answer{std::string(kOk)};
}

}  // namespace

Task<Result<Answer>> listPersonalTokens(Call call) {
  const auto directory = call.services.accounts.directory();
  std::vector<std::string> out;
  for (const auto kind : {account::TokenKind::personal, account::TokenKind::cli, account::TokenKind::session}) {
    for (const auto& token : directory->tokensOf(call.caller.userId, kind)) out.push_back(accountTokenJson(call.services, *token));
  }
  co_return Answer{JsonObject().raw("tokens", jsonList(out, [](const std::string& one) { return one; })).end()};
}

Task<Result<Answer>> addPersonalToken(Call call) {
  REDD_CO_TRY(auto wanted, wantedToken(call));
  wanted.kind = account::TokenKind::personal;
  wanted.userId = call.caller.userId;
  co_return co_await issue(std::move(call), std::move(wanted));
}

Task<Result<Answer>> removePersonalToken(Call call) {
  co_return co_await takeBack(std::move(call), [](const Call& asked, const account::Token& token) {
    const bool isLoose = token.kind == account::TokenKind::personal || token.kind == account::TokenKind::cli || token.kind == account::TokenKind::session;
    return isLoose && token.userId == asked.caller.userId;
  });
}

Task<Result<Answer>> listAdminTokens(Call call) {
  const auto directory = call.services.accounts.directory();
  const auto tokens = directory->tokensOfTeam(call.arguments.text("team"));
  co_return Answer{JsonObject().raw("tokens", jsonList(tokens, [&](const auto& token) { return accountTokenJson(call.services, *token); })).end()};
}

Task<Result<Answer>> addAdminToken(Call call) {
  REDD_CO_TRY(auto wanted, wantedToken(call));
  wanted.kind = account::TokenKind::admin;
  wanted.userId = call.caller.userId;
  wanted.teamId = call.arguments.text("team");
  if (!wanted.projectId.empty()) {
    REDD_CO_TRY(const auto project, projectOf(call));
    if (project->teamId != wanted.teamId) co_return invalid("The project belongs to another team, so a token of this one cannot reach it.");
  }
  co_return co_await issue(std::move(call), std::move(wanted));
}

Task<Result<Answer>> removeAdminToken(Call call) {
  co_return co_await takeBack(std::move(call), [](const Call& asked, const account::Token& token) {
    return token.kind == account::TokenKind::admin && token.teamId == asked.arguments.text("team");
  });
}

}  // namespace redd::control
