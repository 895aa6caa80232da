#include <fmt/format.h>

#include "account_commands.h"
#include "base/clock.h"
#include "team_lookup.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1'000;
constexpr std::size_t kPrefixMin = 4;

Result<std::string> pathOf(const Client& client, const AccessTokenArguments& arguments) {
  if (arguments.owner == TokenOwner::person) return std::string("/me/tokens");
  REDD_TRY(const auto team, findTeam(client, arguments.team));
  return fmt::format("/teams/{}/admin-tokens", segment(textOf(team, "id")));
}

Result<Json> tokensAt(const Client& client, const std::string& path) {
  REDD_TRY(const auto answer, client.call({.path = path}));
  auto list = memberOf(answer, "tokens");
  return list.is_array() ? std::move(list) : Json::array();
}

std::string moment(const Json& token, std::string_view name, std::string_view otherwise) {
  const auto time = numberOf(token, name);
  return time == 0 ? std::string(otherwise) : isoTime(time);
}

std::string reachOf(const Json& token) {
  const auto project = textOf(token, "project"), space = textOf(token, "space");
  return project.empty() ? "everywhere" : space.empty() ? project : project + "/" + space;
}

}  // namespace

Result<void> listAccessTokens(const Context& context, const AccessTokenArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto path, pathOf(client, arguments));
  REDD_TRY(const auto tokens, tokensAt(client, path));
  if (context.wantsJson()) {
    context.result({{"tokens", tokens}});
    return {};
  }
  if (tokens.empty()) {
    context.terminal.out(fmt::format("No tokens yet. Make one: {} {} --name NAME", commandName(context.environment),
                                     arguments.owner == TokenOwner::team ? "add-admintoken" : "access-token add"));
    return {};
  }
  Table table({"ID", "TOKEN", "KIND", "NAME", "ROLE", "REACH", "MADE", "LAST USED", "EXPIRES"});
  for (const auto& one : tokens) {
    table.add({textOf(one, "id"), textOf(one, "prefix") + "…", textOf(one, "kind"), textOf(one, "name"), textOf(one, "role"), reachOf(one),
               moment(one, "createdMs", ""), moment(one, "lastUsedMs", "never"), moment(one, "expiresMs", "never")});
  }
  print(context.terminal, table);
  return {};
}

Result<void> addAccessToken(const Context& context, const AccessTokenArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto path, pathOf(client, arguments));
  Json body = Json::object();
  const auto give = [&body](const char* name, const std::string& value) {
    if (!value.empty()) body[name] = value;
  };
  give("name", arguments.name);
  give("role", arguments.role);
  give("project", arguments.project);
  give("space", arguments.space);
  if (arguments.days > 0) body["expiresMs"] = nowMs() + arguments.days * kDayMs;
  REDD_TRY(const auto made, client.call({.method = "POST", .path = path, .body = std::move(body)}));
  if (context.wantsJson()) {
    context.result(made);
    return {};
  }
  context.terminal.out(fmt::format("Token: {}", inertLine(textOf(made, "secret"))));
  context.terminal.out(fmt::format("Role {}, reaches {}, expires {}. It is shown this once.", inertLine(textOf(made, "role")),
                                   inertLine(reachOf(made)), moment(made, "expiresMs", "never")));
  context.terminal.out(arguments.owner == TokenOwner::team ? fmt::format("In CI: COHO_URL={} COHO_TOKEN=TOKEN coho deploy", client.login().url)
                                                           : "Use it as COHO_TOKEN, or as 'Authorization: Bearer TOKEN'.");
  return {};
}

Result<void> removeAccessToken(const Context& context, const AccessTokenArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto path, pathOf(client, arguments));
  REDD_TRY(const auto tokens, tokensAt(client, path));
  std::vector<std::string> matches;
  for (const auto& one : tokens) {
    const auto id = textOf(one, "id");
    if (id == arguments.id || (arguments.id.size() >= kPrefixMin && (id.starts_with(arguments.id) || textOf(one, "prefix") == arguments.id))) {
      matches.push_back(id);
    }
  }
  if (matches.empty()) return notFound(fmt::format("no token begins with '{}'. Fix: take an ID that the list shows", inertLine(arguments.id)));
  if (matches.size() > 1) return notFound(fmt::format("{} tokens begin with '{}'. Fix: take the ID that the list shows", matches.size(), inertLine(arguments.id)));
  REDD_TRY(const auto answer, client.call({.method = "DELETE", .path = path + "/" + segment(matches[0])}));
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    context.terminal.out(fmt::format("The token {} is taken back.", inertLine(matches[0])));
  }
  return {};
}

}  // namespace redd::coho
