#include <fmt/format.h>

#include <memory>

#include "account_commands.h"
#include "command_line.h"

namespace redd::coho {
namespace {

const CLI::IsMember kRoles({"viewer", "developer", "owner"});

template <typename Arguments>
Action with(Result<void> (*run)(const Context&, const Arguments&), const std::shared_ptr<Arguments>& arguments) {
  return [run, arguments](const Context& context) { return run(context, *arguments); };
}

CLI::App* makeCommand(CLI::App& app, Parsed& parsed, std::string name, std::string description, Action action) {
  return addCommand(app, parsed, std::move(name), std::move(description), std::move(action));
}

void addLogins(CLI::App& app, Parsed& parsed) {
  auto& common = parsed.common;
  const auto wanted = std::make_shared<LoginArguments>();
  auto* session = app.add_subcommand("login", "Log in to a server in a browser, with a password or with a token; the login is kept for later commands");
  session->add_option("address", wanted->url, "The server's address, as in http://127.0.0.1:4000")->required();
  auto* email = session->add_option("--email", wanted->email, "Log in with the password of this address, asked for or read from standard input");
  addServerOptions(*session, common);
  session->callback([&parsed, wanted, email] {
    if (email->count() > 0) wanted->by = LoginBy::password;
    parsed.action = with<LoginArguments>(login, wanted);
  });
  makeCommand(app, parsed, "logout", "End the login and forget it", [](const Context& context) { return logout(context); });

  const auto first = std::make_shared<SetupArguments>();
  auto* setup = app.add_subcommand("setup", "Give the owner of a new server a name, an address and a password, on the server's own machine");
  setup->add_option("address", first->url, "The server's address")->required();
  setup->add_option("code", first->code, "The code that redd prints at its first start (also in DIR/setup-code)")->required();
  setup->add_option("--email", first->email)->required();
  setup->add_option("--name", first->name)->required();
  addServerOptions(*setup, common);
  setup->callback([&parsed, first] { parsed.action = with<SetupArguments>(setUp, first); });
  const auto code = std::make_shared<SetupArguments>();
  auto* redeem = app.add_subcommand("redeem", "Open an account with the code of an invitation, or set a password with that of a link");
  redeem->add_option("address", code->url, "The server's address")->required();
  redeem->add_option("code", code->code)->required();
  redeem->add_option("--name", code->name, "Your name, for a new account");
  addServerOptions(*redeem, common);
  redeem->callback([&parsed, code] { parsed.action = with<SetupArguments>(redeemCode, code); });
}

void addPeople(CLI::App& app, Parsed& parsed) {
  const auto own = std::make_shared<AccountArguments>();
  auto* me = makeCommand(app, parsed, "account", "Show your account, teams and invitations, or change them", with<AccountArguments>(account, own));
  me->add_option("--name", own->name, "Set your name");
  me->add_flag_callback("--password", [own] { own->password = AccountArguments::Password::change; }, "Set your password, asked for");
  me->add_option("--accept", own->accept, "Accept this invitation");
  me->add_option("--decline", own->decline, "Decline this invitation");

  const auto guest = std::make_shared<InviteArguments>();
  auto* inviting = makeCommand(app, parsed, "invite", "Invite somebody into the project or a team; without an address, list invitations",
                               with<InviteArguments>(invite, guest));
  inviting->add_option("email", guest->email);
  inviting->add_option("--role", guest->role, "viewer, developer or owner")->capture_default_str()->check(kRoles);
  inviting->add_option("--team", guest->team, "Into this team (id or name) instead of the project");
  inviting->add_option("--remove", guest->remove, "Take this invitation back");
  const auto project = std::make_shared<std::string>();
  auto* join = makeCommand(app, parsed, "join", "Accept the invitation into a project", with<std::string>(joinProject, project));
  join->add_option("name", *project, "The project (default: the only invitation)");
  auto* leave = makeCommand(app, parsed, "leave", "Leave a project", with<std::string>(leaveProject, project));
  leave->add_option("name", *project, "The project (default: the folder's)");
}

void addTeams(CLI::App& app, Parsed& parsed) {
  makeCommand(app, parsed, "teams", "List your teams", [](const Context& context) { return listTeams(context); });
  auto& team = commandGroup(app, "team", "Teams: show, create, rename, remove, role, remove-member, take");
  const auto name = std::make_shared<std::string>();
  const auto wanted = std::make_shared<TeamArguments>();
  auto* show = makeCommand(team, parsed, "show", "Show a team, its members and projects", with<std::string>(showTeam, name));
  show->add_option("team", *name, "Id or name (default: your own)");
  auto* make = makeCommand(team, parsed, "create", "Make a team and become its owner", with<std::string>(createTeam, name));
  make->add_option("name", *name)->required();
  auto* rename = makeCommand(team, parsed, "rename", "Give a team another name", with<TeamArguments>(renameTeam, wanted));
  rename->add_option("team", wanted->team, "Id or name")->required();
  rename->add_option("name", wanted->name, "The new name")->required();
  auto* remove = makeCommand(team, parsed, "remove", "Remove a team without projects", with<TeamArguments>(removeTeam, wanted));
  remove->add_option("team", wanted->team, "Id or name")->required();
  addConfirmation(*remove, wanted->confirmation);
  auto* role = makeCommand(team, parsed, "role", "Change the role of a member", with<TeamArguments>(setTeamRole, wanted));
  role->add_option("team", wanted->team, "Id or name")->required();
  role->add_option("user", wanted->user, "Id or e-mail address")->required();
  role->add_option("role", wanted->role, "viewer, developer or owner")->required()->check(kRoles);
  auto* member = makeCommand(team, parsed, "remove-member", "Remove somebody from a team, or leave it", with<TeamArguments>(removeFromTeam, wanted));
  member->add_option("team", wanted->team, "Id or name")->required();
  member->add_option("user", wanted->user, "Id or e-mail address")->required();
  auto* take = makeCommand(team, parsed, "take", "Give the project to a team", with<std::string>(moveProject, name));
  take->add_option("team", *name, "Id or name")->required();
}

void addTokenOptions(CLI::App& command, AccessTokenArguments& wanted) {
  command.add_option("--name", wanted.name, "What it is for");
  command.add_option("--role", wanted.role, "At most this role: viewer, developer or owner")->check(kRoles);
  command.add_option("--only-project", wanted.project, "Reaches only this project");
  command.add_option("--only-space", wanted.space, "Reaches only this space of it");
  command.add_option("--days", wanted.days, "Expires after so many days (default: never)");
}

void addTokens(CLI::App& app, Parsed& parsed) {
  const auto wanted = std::make_shared<AccessTokenArguments>();
  const auto ofTeam = [wanted](CLI::App* command) {
    command->add_option("--team", wanted->team, "Id or name of the team (default: your own)");
    command->preparse_callback([wanted](std::size_t) { wanted->owner = TokenOwner::team; });
  };
  ofTeam(makeCommand(app, parsed, "admintokens", "List the tokens of a team", with<AccessTokenArguments>(listAccessTokens, wanted)));
  auto* add = makeCommand(app, parsed, "add-admintoken", "Make a token of a team, for CI; it is shown once", with<AccessTokenArguments>(addAccessToken, wanted));
  ofTeam(add);
  addTokenOptions(*add, *wanted);
  auto* remove = makeCommand(app, parsed, "remove-admintoken", "Take a token of a team back", with<AccessTokenArguments>(removeAccessToken, wanted));
  ofTeam(remove);
  remove->add_option("id", wanted->id, "Its id, or the first letters")->required();

  auto& own = commandGroup(app, "access-token", "Tokens for your own programs, and where you are logged in: list, add, remove");
  makeCommand(own, parsed, "list", "List them", with<AccessTokenArguments>(listAccessTokens, wanted));
  addTokenOptions(*makeCommand(own, parsed, "add", "Make one; it is shown once", with<AccessTokenArguments>(addAccessToken, wanted)), *wanted);
  auto* drop = makeCommand(own, parsed, "remove", "Take one back, or log a command line out", with<AccessTokenArguments>(removeAccessToken, wanted));
  drop->add_option("id", wanted->id, "Its id, or the first letters")->required();
}

void addServerPeople(CLI::App& app, Parsed& parsed) {
  makeCommand(app, parsed, "users", "List everybody with an account on the server", [](const Context& context) { return listUsers(context); });
  auto& user = commandGroup(app, "user", "Accounts of others, for the server's owner: add, link, remove");
  const auto wanted = std::make_shared<UserArguments>();
  auto* add = makeCommand(user, parsed, "add", "Make an account, with a code to set a password", with<UserArguments>(addUser, wanted));
  add->add_option("email", wanted->email)->required();
  add->add_option("--name", wanted->name);
  auto* link = makeCommand(user, parsed, "link", "Make a code with which somebody sets a new password", with<UserArguments>(linkUser, wanted));
  link->add_option("email", wanted->email, "E-mail address or id")->required();
  auto* remove = makeCommand(user, parsed, "remove", "Remove an account", with<UserArguments>(removeUser, wanted));
  remove->add_option("email", wanted->email, "E-mail address or id")->required();
  addConfirmation(*remove, wanted->confirmation);

  const auto rows = std::make_shared<AuditArguments>();
  auto* log = makeCommand(app, parsed, "audit", "Show who changed what on the server, newest first", with<AuditArguments>(audit, rows));
  log->add_option("--limit", rows->limit, "How many rows")->capture_default_str()->check(CLI::Range(1u, 1'000u));
  log->add_flag_callback("--verify", [rows] { rows->what = AuditArguments::What::verify; }, "Check instead that no row was changed");
}

}  // namespace

void addAccountCommands(CLI::App& app, Parsed& parsed) {
  addLogins(app, parsed);
  addPeople(app, parsed);
  addTeams(app, parsed);
  addTokens(app, parsed);
  addServerPeople(app, parsed);
}

}  // namespace redd::coho
