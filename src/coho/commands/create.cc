#include <fmt/format.h>

#include <algorithm>

#include "commands.h"
#include "files.h"
#include "project_config.h"
#include "starter.h"
#include "text.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kFirstSpace = "dev";

struct Made {
  Target target;
  std::string endpoint{};
  std::string token{};  // empty: none was made
};

Error halfWay(const Error& error, const std::string& project, const Context& context) {
  return Error{error.code, error.detail,
               fmt::format("{}\nThe project {} was made all the same. Fix: go on with {} init --project {} --space {}", error.text(),
                           project, commandName(context.environment), project, kFirstSpace)};
}

Result<Made> makeSpace(const Client& client, const std::string& project) {
  Made made{.target = {project, std::string(kFirstSpace), "create"}};
  REDD_TRY(const auto space,
           client.call({.method = "POST", .path = fmt::format("/projects/{}/spaces", segment(project)), .body = {{"name", kFirstSpace}}}));
  made.endpoint = textOf(space, "endpoint");
  REDD_TRY(const auto token, client.call({.method = "POST",
                                          .path = made.target.path("/tokens"),
                                          .body = {{"access", "READWRITE"}, {"description", "made by coho"}}}));
  made.token = textOf(token, "key");
  return made;
}

// What a server names becomes part of paths, a file and printed commands: it has to be a name.
Result<std::string> makeProject(const Context& context, const Client& client, const std::string& name) {
  context.terminal.progress(fmt::format("making the project {} on {} …", name, client.login().url));
  REDD_TRY(const auto project, client.call({.method = "POST", .path = "/projects", .body = {{"name", name}}}));
  auto uniqueName = textOf(project, "uniqueName");
  REDD_TRY_VOID(checkUniqueName(uniqueName));
  return uniqueName;
}

Result<std::vector<std::string>> writeFiles(const fs::path& folder, const Target& target, Starter starter) {
  std::vector<std::string> written;
  const auto stem = target.project.substr(0, target.project.rfind('-'));
  REDD_TRY_VOID(writeProjectConfig(folder, target.project, target.space));
  written.emplace_back("config.json");
  if (starter == Starter::none) return written;
  std::error_code ignored;
  const bool hasTyped = fs::exists(folder / "index.ts", ignored);
  for (const auto& file : starterFiles(stem)) {
    if (fs::exists(folder / file.name, ignored) || (hasTyped && file.name == "index.js")) continue;
    REDD_TRY_VOID(writeFile(folder / file.name, file.text, Access::shared));
    written.push_back(file.name);
  }
  return written;
}

// Only what is an address by its letters is printed into a shell line.
std::string curlLine(const Made& made) {
  const auto address = made.endpoint + "/hello";
  const auto header = made.token.empty() ? std::string("x-apikey: TOKEN") : "x-apikey: " + made.token;
  return fmt::format("curl -H {} {}", shellWord(inertLine(header)), shellWord(inertLine(address)));
}

void tell(const Context& context, const Made& made, const std::string& changeInto, const std::vector<std::string>& written) {
  if (context.wantsJson()) {
    context.result({{"project", made.target.project},
                    {"space", made.target.space},
                    {"endpoint", made.endpoint},
                    {"token", made.token},
                    {"files", written}});
    return;
  }
  auto& terminal = context.terminal;
  const auto self = commandName(context.environment);
  terminal.out(terminal.paint(Colour::green, made.target.label()));
  terminal.out(fmt::format("Wrote {}{}", changeInto.empty() ? "" : changeInto + "/: ", fmt::join(written, ", ")));
  if (!made.token.empty()) terminal.out(fmt::format("Token (READWRITE): {}", inertLine(made.token)));
  terminal.out("\nNext:");
  if (!changeInto.empty()) terminal.out("  cd " + shellWord(changeInto));
  terminal.out("  npm install");
  terminal.out(fmt::format("  {} deploy", self));
  if (made.token.empty()) terminal.out(fmt::format("  {} add-token", self));
  terminal.out("  " + curlLine(made));
}

Result<void> checkNew(const fs::path& folder, const std::string& shown) {
  std::error_code ignored;
  if (!fs::exists(folder, ignored) || (fs::is_directory(folder, ignored) && fs::is_empty(folder, ignored))) return {};
  return Error::make(ErrorCode::alreadyExists,
                     fmt::format("{} is there already and is not an empty folder. Fix: take another name, or run coho init in it", shown));
}

Result<void> checkNotAProject(const fs::path& folder) {
  REDD_TRY(const auto config, readProjectConfig(folder));
  if (!config || config->project.empty()) return {};
  return Error::make(ErrorCode::alreadyExists,
                     fmt::format("{} belongs to the project {} already. Fix: coho deploy, or remove the file first", config->file.string(),
                                 inertLine(config->project)));
}

// An existing project and space.
Result<Made> adopt(const Context& context, const Client& client) {
  const auto space = context.options.space.empty() ? std::string(kFirstSpace) : context.options.space;
  Made made{.target = {context.options.project, space, "--project and --space"}};
  REDD_TRY_VOID(checkUniqueName(made.target.project));
  REDD_TRY_VOID(checkSpaceName(made.target.space));
  auto found = client.call({.path = made.target.path()});
  if (!found && found.error().code == ErrorCode::notFound && context.options.space.empty()) {
    return makeSpace(client, made.target.project);
  }
  if (!found) return found.error();
  made.endpoint = textOf(*found, "endpoint");
  return made;
}

// The letters and digits of the folder's name, when they are enough.
Result<std::string> nameOf(const fs::path& folder) {
  std::string name;
  for (const char c : folder.filename().string()) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 && name.size() < 15) name += c;
  }
  auto checked = checkProjectName(name);
  if (!checked)
    return invalid(fmt::format("the folder's name '{}' makes no project name. Fix: coho init NAME, with 4 to 15 letters or digits",
                               inertLine(folder.filename().string())));
  return checked;
}

}  // namespace

Result<void> create(const Context& context, const CreateArguments& arguments) {
  REDD_TRY(const auto name, checkProjectName(arguments.name));
  const auto folder = context.folder / arguments.name;
  REDD_TRY_VOID(checkNew(folder, arguments.name));
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto project, makeProject(context, client, name));
  const auto made = makeSpace(client, project);
  if (!made) return halfWay(made.error(), project, context);
  std::error_code failed;
  fs::create_directories(folder, failed);
  const auto written = writeFiles(folder, made->target, arguments.starter);
  if (!written) return halfWay(written.error(), project, context);
  tell(context, *made, arguments.name, *written);
  return {};
}

Result<void> init(const Context& context, const CreateArguments& arguments) {
  REDD_TRY_VOID(checkNotAProject(context.folder));
  std::string name;
  if (context.options.project.empty()) {
    REDD_TRY(name, arguments.name.empty() ? nameOf(context.folder) : checkProjectName(arguments.name));
  }
  REDD_TRY(const auto client, context.connect());
  std::string project = context.options.project;
  if (project.empty()) {
    REDD_TRY(project, makeProject(context, client, name));
  }
  const auto made = context.options.project.empty() ? makeSpace(client, project) : adopt(context, client);
  if (!made && context.options.project.empty()) return halfWay(made.error(), project, context);
  if (!made) return made.error();
  REDD_TRY(const auto written, writeFiles(context.folder, made->target, arguments.starter));
  tell(context, *made, {}, written);
  return {};
}

}  // namespace redd::coho
