#include <fmt/format.h>

#include "account_commands.h"
#include "base/clock.h"
#include "prompt.h"
#include "team_lookup.h"
#include "text.h"

namespace redd::coho {
namespace {

Result<Json> invitationsOf(const Client& client) {
  REDD_TRY(const auto answer, client.call({.path = "/invitations"}));
  auto list = memberOf(answer, "invitations");
  return list.is_array() ? std::move(list) : Json::array();
}

std::string placeOf(const Json& invitation) {
  return textOf(invitation, "teamId").empty() ? "project " + textOf(invitation, "project") : "team " + textOf(invitation, "teamName");
}

void printInvitations(const Context& context, const Json& invitations) {
  Table table({"INVITATION", "WHO", "INTO", "ROLE", "FROM", "UNTIL"});
  for (const auto& one : invitations) {
    table.add({textOf(one, "id"), flagOf(one, "mine") ? "you" : textOf(one, "email"), placeOf(one), textOf(one, "role"),
               textOf(one, "createdByEmail").empty() ? textOf(one, "createdByName") : textOf(one, "createdByEmail"),
               isoTime(numberOf(one, "expiresMs"))});
  }
  print(context.terminal, table);
}

void done(const Context& context, const Json& answer, std::string_view text) {
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    context.terminal.out(text);
  }
}

Result<void> changePassword(const Context& context, const Client& client) {
  REDD_TRY(const auto current, askSecret(context, "The password until now (empty when there is none)"));
  REDD_TRY(const auto next, askSecret(context, "The new one, at least 12 characters"));
  REDD_TRY(const auto answer,
           client.call({.method = "PUT", .path = "/me/password", .body = {{"current", current}, {"password", next}}}));
  done(context, answer, "The password is set. Other sessions and command lines are logged out.");
  return {};
}

Result<void> show(const Context& context, const Client& client) {
  REDD_TRY(auto me, client.call({.path = "/me"}));
  REDD_TRY(const auto answer, client.call({.path = "/teams"}));
  REDD_TRY(const auto invitations, invitationsOf(client));
  const auto teams = memberOf(answer, "teams");
  if (context.wantsJson()) {
    me["teams"] = teams;
    me["invitations"] = invitations;
    context.result(me);
    return {};
  }
  Table table({"Name", textOf(me, "name")});
  table.add({"E-mail", textOf(me, "email").empty() ? "none" : textOf(me, "email")});
  table.add({"Id", textOf(me, "id")});
  table.add({"Role", textOf(me, "role") == "owner" ? "owner of the server" : textOf(me, "role")});
  table.add({"Server", client.login().url});
  for (const auto& team : teams) {
    table.add({"Team", fmt::format("{} ({}){}", textOf(team, "name"), textOf(team, "role"), flagOf(team, "isDefault") ? ", personal" : "")});
  }
  print(context.terminal, table, Heading::none);
  if (!invitations.empty()) {
    context.terminal.out("");
    printInvitations(context, invitations);
    context.terminal.out(fmt::format("\nFix yours with: {0} account --accept ID, {0} account --decline ID", commandName(context.environment)));
  }
  return {};
}

}  // namespace

Result<void> account(const Context& context, const AccountArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  if (arguments.password == AccountArguments::Password::change) return changePassword(context, client);
  if (!arguments.name.empty()) {
    REDD_TRY(const auto answer, client.call({.method = "PATCH", .path = "/me", .body = {{"name", arguments.name}}}));
    done(context, answer, fmt::format("Your name is {} now.", inertLine(arguments.name)));
    return {};
  }
  if (!arguments.accept.empty()) {
    REDD_TRY(const auto answer, client.call({.method = "POST", .path = "/invitations/" + segment(arguments.accept), .body = Json::object()}));
    done(context, answer, "Accepted.");
    return {};
  }
  if (!arguments.decline.empty()) {
    REDD_TRY(const auto answer, client.call({.method = "DELETE", .path = "/invitations/" + segment(arguments.decline)}));
    done(context, answer, "The invitation is gone.");
    return {};
  }
  return show(context, client);
}

Result<void> invite(const Context& context, const InviteArguments& arguments) {
  REDD_TRY(const auto client, context.connect());
  if (!arguments.remove.empty()) {
    REDD_TRY(const auto answer, client.call({.method = "DELETE", .path = "/invitations/" + segment(arguments.remove)}));
    done(context, answer, "The invitation is taken back.");
    return {};
  }
  if (arguments.email.empty()) {
    REDD_TRY(const auto invitations, invitationsOf(client));
    if (context.wantsJson()) {
      context.result({{"invitations", invitations}});
    } else if (invitations.empty()) {
      context.terminal.out(fmt::format("Nobody is invited. Invite somebody: {} invite EMAIL --role developer", commandName(context.environment)));
    } else {
      printInvitations(context, invitations);
    }
    return {};
  }
  std::string path;
  if (arguments.team.empty()) {
    REDD_TRY(const auto project, context.project());
    path = fmt::format("/projects/{}/invitations", segment(project));
  } else {
    REDD_TRY(const auto team, findTeam(client, arguments.team));
    path = fmt::format("/teams/{}/invitations", segment(textOf(team, "id")));
  }
  REDD_TRY(const auto made,
           client.call({.method = "POST", .path = path, .body = {{"email", arguments.email}, {"role", arguments.role}}}));
  if (context.wantsJson()) {
    context.result(made);
    return {};
  }
  context.terminal.out(fmt::format("Invited {} into {} as {}, until {}.", inertLine(arguments.email), inertLine(placeOf(made)),
                                   inertLine(textOf(made, "role")), isoTime(numberOf(made, "expiresMs"))));
  context.terminal.out(fmt::format("Who has an account runs: coho account --accept {}", inertLine(textOf(made, "id"))));
  context.terminal.out(fmt::format("Who has none yet runs:   coho redeem {} {}", client.login().url, inertLine(textOf(made, "code"))));
  return {};
}

Result<void> joinProject(const Context& context, const std::string& project) {
  REDD_TRY(const auto client, context.connect());
  if (!project.empty()) {
    REDD_TRY(const auto answer,
             client.call({.method = "POST", .path = fmt::format("/projects/{}/join", segment(project)), .body = Json::object()}));
    done(context, answer, fmt::format("You are in the project {} now.", inertLine(project)));
    return {};
  }
  REDD_TRY(const auto invitations, invitationsOf(client));
  std::vector<Json> mine;
  for (const auto& one : invitations) {
    if (flagOf(one, "mine")) mine.push_back(one);
  }
  if (mine.empty()) return notFound("no invitation is for you. Fix: ask an owner of the project to run coho invite with your e-mail address");
  if (mine.size() > 1) return notFound(fmt::format("{} invitations are for you. Fix: coho account lists them; coho join PROJECT", mine.size()));
  REDD_TRY(const auto answer, client.call({.method = "POST", .path = "/invitations/" + segment(textOf(mine[0], "id")), .body = Json::object()}));
  done(context, answer, fmt::format("You are in the {} now.", inertLine(placeOf(mine[0]))));
  return {};
}

Result<void> leaveProject(const Context& context, const std::string& project) {
  REDD_TRY(const auto client, context.connect());
  auto name = project;
  if (name.empty()) {
    REDD_TRY(name, context.project());
  }
  const auto answer = client.call({.method = "POST", .path = fmt::format("/projects/{}/leave", segment(name)), .body = Json::object()});
  if (!answer && answer.error().code == ErrorCode::notFound) {
    return notFound(fmt::format("{}: {}. Fix: coho projects lists those that you are in", answer.error().text(), inertLine(name)));
  }
  if (!answer) return answer.error();
  done(context, *answer, fmt::format("You left the project {}.", inertLine(name)));
  return {};
}

}  // namespace redd::coho
