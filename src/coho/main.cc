// coho: the command line. Arguments become the structs of commands.h; errors are printed and exit codes chosen here.
// Exit codes: 0 done, 1 failed, 2 not understood.
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <span>

#include "command_line.h"
#include "commands.h"
#include "deployment_commands.h"
#include "project_config.h"
#include "text.h"

namespace redd::coho {
namespace {

enum ExitCode : int { kDone = 0, kFailed = 1, kUsage = 2 };

// Everything that arguments are parsed into.
struct Arguments : Parsed {
  std::string name;  // the positional of most commands
  CreateArguments create;
  AddArguments more;
  DeployArguments deploy;
  JwksArguments jwks;
  EnvArguments env;
  ListArguments list;
  std::string envValue;
  TokenArguments token;
  LogArguments log;
  Keys keys = Keys::masked;
  bool wantsHistory = false;
  std::string rollBackTo;
};

std::string problem(const Result<void>& checked) { return checked ? std::string() : std::string(checked.error().text()); }
std::string spaceProblem(const std::string& name) { return problem(checkSpaceName(name)); }
std::string newNameProblem(const std::string& name) {
  const auto checked = checkProjectName(name);
  return checked ? std::string() : std::string(checked.error().text());
}

CLI::App* add(CLI::App& app, Arguments& arguments, std::string name, std::string description, Action action) {
  return addCommand(app, arguments, std::move(name), std::move(description), std::move(action));
}

void addProjectCommands(CLI::App& app, Arguments& a) {
  auto* make = add(app, a, "create", "Make a project with the space dev, a token and a folder with first code",
                   [&a](const Context& c) { return create(c, a.create); });
  make->add_option("name", a.create.name, "4 to 15 letters or digits")->required()->check(newNameProblem);
  make->add_flag_callback("--empty", [&a] { a.create.starter = Starter::none; }, "Write config.json only");
  auto* here = add(app, a, "init", "Make the current folder a project's: a new one's, or with --project an existing one's",
                   [&a](const Context& c) { return init(c, a.create); });
  here->add_option("name", a.create.name, "Name of the new project (default: the folder's)")->check(newNameProblem);
  here->add_flag_callback("--empty", [&a] { a.create.starter = Starter::none; }, "Write config.json only");

  auto* more = add(app, a, "add", "Add a space to the project", [&a](const Context& c) { return addSpace(c, a.more); });
  more->add_option("space", a.more.space, "1 to 30 lower-case letters, digits or '-'")->required()->check(spaceProblem);
  more->add_flag("--restricted", a.more.isRestricted, "Only owners of the project's team see or change it");
  auto* use = add(app, a, "use", "Make a space the current one of this folder", [&a](const Context& c) { return useSpace(c, a.name); });
  use->add_option("space", a.name, "A space of the project")->required()->check(spaceProblem);
  add(app, a, "projects", "List projects and spaces", [](const Context& c) { return listProjects(c); });
  auto* show = add(app, a, "info", "Show a space: endpoint, key set, variables, tokens, deployment, routes",
                   [&a](const Context& c) { return info(c, a.keys); });
  show->add_flag_callback("--show", [&a] { a.keys = Keys::shown; }, "Show whole tokens");
}

void addSettingCommands(CLI::App& app, Arguments& a) {
  auto* jwks = add(app, a, "jwks", "Verify Bearer tokens with a key set; an empty URL (\"\") removes it",
                   [&a](const Context& c) { return setJwks(c, a.jwks); });
  jwks->add_option("url", a.jwks.url, "As in https://TENANT/.well-known/jwks.json")->required();
  jwks->add_option("--issuer", a.jwks.issuer, "Accept only tokens of this issuer");
  jwks->add_option("--audience", a.jwks.audience, "Accept only tokens for one of these");
  jwks->add_option("--algorithms", a.jwks.algorithms, "Accept only tokens signed with one of these, as in RS256,ES256")->delimiter(',');
  jwks->add_flag("--dry-run", a.jwks.isDryRun, "Change nothing; tell whom it would refuse of the callers of the last day");

  auto* set = add(app, a, "set-env", "Set a variable of the space's process.env", [&a](const Context& c) { return setEnv(c, a.env); });
  set->add_option("name", a.env.name)->required();
  auto* value = set->add_option("value", a.envValue, "Absent: read from standard input. One that begins with '-' stands after --");
  set->add_flag_callback("--encrypted", [&a] { a.env.secrecy = Secrecy::encrypted; }, "Keep it sealed; it is never shown again");
  set->callback([&a, value] {
    if (value->count() > 0) a.env.value = a.envValue;
    a.action = [&a](const Context& c) { return setEnv(c, a.env); };
  });
  auto* unset = add(app, a, "remove-env", "Remove a variable", [&a](const Context& c) { return removeEnv(c, a.env.name); });
  unset->add_option("name", a.env.name)->required();

  auto* hosts = add(app, a, "whitelist", "Let only listed client addresses call the space; without one, show the list",
                    [&a](const Context& c) { return whitelist(c, a.list); });
  hosts->add_option("address", a.list.value, "An address or a range, as in 203.0.113.7 or 203.0.113.0/24");
  auto* lessHosts = add(app, a, "whitelist-remove", "Take an address off the list", [&a](const Context& c) { return removeWhitelist(c, a.list); });
  lessHosts->add_option("address", a.list.value)->required();
  auto* origins = add(app, a, "cors", "Let only pages of listed origins call the space; without one, show the list",
                      [&a](const Context& c) { return cors(c, a.list); });
  origins->add_option("origin", a.list.value, "As in https://app.example.com");
  auto* lessOrigins = add(app, a, "cors-remove", "Take an origin off the list", [&a](const Context& c) { return removeCors(c, a.list); });
  lessOrigins->add_option("origin", a.list.value)->required();

  auto* domains = add(app, a, "domain", "Serve the space under a host name of its own; without one, show the list",
                      [&a](const Context& c) { return domain(c, a.list); });
  domains->add_option("name", a.list.value, "As in www.example.com; its DNS leads to the server");
  auto* lessDomains = add(app, a, "domain-remove", "Take a host name off the list", [&a](const Context& c) { return removeDomain(c, a.list); });
  lessDomains->add_option("name", a.list.value)->required();

  auto* tokens = add(app, a, "tokens", "List API tokens", [&a](const Context& c) { return listTokens(c, a.keys); });
  tokens->add_flag_callback("--show", [&a] { a.keys = Keys::shown; }, "Show whole tokens");
  auto* addOne = add(app, a, "add-token", "Make an API token, sent as x-apikey", [&a](const Context& c) { return addToken(c, a.token); });
  addOne->add_flag_callback("--readonly", [&a] { a.token.access = "READ"; }, "For reading only");
  addOne->add_option("--description", a.token.description, "What it is for");
  auto* removeOne = add(app, a, "remove-token", "Remove an API token", [&a](const Context& c) { return removeToken(c, a.name); });
  removeOne->add_option("key", a.name, "The token, or its first letters")->required();
}

void addCodeCommands(CLI::App& app, Arguments& a) {
  auto* send = add(app, a, "deploy", "Bundle index.ts or index.js and put it into service", [&a](const Context& c) { return deploy(c, a.deploy); });
  send->alias("de")->alias("dep");
  send->add_flag("--history", a.wantsHistory, "List deployments instead, newest first");
  auto* back = send->add_option("--rollback", a.rollBackTo, "Put the deployment before the active one back instead, or the one with this id")->expected(0, 1);
  send->callback([&a, back] {
    a.action = [&a, isBack = back->count() > 0](const Context& c) {
      if (isBack) return rollBack(c, a.rollBackTo);
      return a.wantsHistory ? deployHistory(c) : deploy(c, a.deploy);
    };
  });
  send->add_option("--dir", a.common.dir, "The folder with the code (default: the current one)");
  send->add_option("--main", a.deploy.main, "The entry file, instead of index.ts or index.js");

  auto* lines = add(app, a, "log", "Show the space's log, oldest line first", [&a](const Context& c) { return log(c, a.log); });
  lines->alias("logs");
  lines->add_flag_callback("-f,--follow", [&a] { a.log.following = Following::yes; }, "Go on showing lines as they come");
  lines->add_option("--tail", a.log.tail, "How many lines back")->capture_default_str()->check(CLI::Range(0u, 1'000'000u));
  lines->add_option("--context", a.log.logContext, "Only lines of this context, as in routehooks or request");
  lines->add_option("--level", a.log.level, "Only lines of this level and graver ones")->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  lines->add_option("--request", a.log.requestId, "Only lines of the request with this id (the answer's x-request-id), and where its time went");
  lines->add_option("--grep", a.log.text, "Only lines that hold this text, in capitals or not");
}

int report(const Context& context, const Error& error) {
  if (error.detail == alreadyTold().detail) return kFailed;
  context.terminal.clearProgress();
  context.terminal.note(context.terminal.paintNote(Colour::red, "Error: ") + inert(error.text()));
  if (context.wantsJson()) context.result({{"ok", false}, {"error", error.text()}, {"code", name(error.code)}});
  return kFailed;
}

// How far the words name a command: " team role", and the word behind it that names none, when one had to.
struct Understood {
  std::string command, unknown;
};

Understood understood(const CLI::App& app, std::span<char*> words) {
  Understood out;
  const CLI::App* at = &app;
  for (const std::string word : words) {
    if (word.starts_with('-') || at->get_subcommands([](const CLI::App*) { return true; }).empty()) break;
    const auto found = at->get_subcommands([&word](const CLI::App* one) { return one->check_name(word); });
    if (found.empty()) {
      out.unknown = word;
      break;
    }
    at = found.front();
    out.command += " " + at->get_name();
  }
  return out;
}

// --help and --version arrive here too.
int notUnderstood(const CLI::App& app, const CLI::ParseError& error, std::span<char*> words) {
  const auto [command, unknown] = understood(app, words);
  if (error.get_exit_code() == 0 && unknown.empty()) return app.exit(error);
  const auto text = unknown.empty() ? inert(error.what()) : fmt::format("there is no command '{}'", inertLine((command + " " + unknown).substr(1)));
  fmt::print(stderr, "Error: {}\nRun coho{} --help for what there is.\n", text, command);
  const auto isJson = [](std::string_view word) { return word == "--json"; };
  if (std::ranges::any_of(words, isJson)) fmt::print("{}\n", Json{{"ok", false}, {"error", text}, {"code", name(ErrorCode::invalidArgument)}}.dump());
  return kUsage;
}

int run(int count, char** values) {
  CLI::App app("coho: projects, code and settings on a Redd server", "coho");
  app.set_version_flag("--version", "coho " REDD_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Server and token: --url and --token, COHO_URL and COHO_TOKEN, the nearest .redd/coho.json (redd dev), the login kept by coho "
      "login.\n"
      "Project and space: --project and --space, or config.json in the folder. Exit codes: 0 done, 1 failed, 2 not understood.");
  Arguments arguments;
  addProjectCommands(app, arguments);
  addCodeCommands(app, arguments);
  addDataCommands(app, arguments);
  addFileCommands(app, arguments);
  addAuthCommands(app, arguments);
  addDeploymentCommands(app, arguments);
  addSpaceCommands(app, arguments);
  addArchiveCommands(app, arguments);
  addSettingCommands(app, arguments);
  addAccountCommands(app, arguments);
  addToolCommands(app, arguments);
  addHelpCommands(app, arguments);
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& error) {
    return notUnderstood(app, error, std::span(values, static_cast<std::size_t>(count)).subspan(1));
  }

  const auto environment = Environment::ofProcess();
  if (arguments.common.login.caFile.empty()) arguments.common.login.caFile = environment.get("SSL_CERT_FILE");
  Terminal terminal(stdout, stderr, environment);
  std::error_code failed;
  const Context context{arguments.common, terminal, environment, std::filesystem::current_path(failed)};
  if (failed) return report(context, invalid("the current folder is gone"));
  const auto done = arguments.action(context);
  return done ? kDone : report(context, done.error());
}

}  // namespace
}  // namespace redd::coho

int main(int count, char** values) {
  signal(SIGPIPE, SIG_DFL);  // `coho log | head` ends quietly
  return redd::coho::run(count, values);
}
