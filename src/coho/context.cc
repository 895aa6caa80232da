#include "context.h"

#include <fmt/format.h>
#include <unistd.h>

#include <optional>

#include "project_config.h"
#include "text.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

Result<std::optional<ProjectConfig>> nearestConfig(const Context& context) {
  REDD_TRY(auto config, readProjectConfig(context.appFolder()));
  if (config || context.appFolder() == context.folder) return config;
  return readProjectConfig(context.folder);
}

Error unnamed(std::string_view what, std::string_view option, const Context& context) {
  return invalid(
      fmt::format("no {} is named: {} has none and {} was not given. Fix: change into the project's folder, give {} NAME, or make a "
                  "project with coho create NAME",
                  what, (context.appFolder() / "config.json").string(), option, option));
}

}  // namespace

std::string Target::path(std::string_view rest) const {
  return fmt::format("/projects/{}/spaces/{}{}", segment(project), segment(space), rest);
}

fs::path Context::appFolder() const { return options.dir.empty() ? folder : (folder / options.dir).lexically_normal(); }

Result<Client> Context::connect() const {
  REDD_TRY(auto login, findLogin(options.login, environment, folder));
  return Client(std::move(login));
}

Result<std::string> Context::project() const {
  auto name = options.project;
  if (name.empty()) {
    REDD_TRY(const auto config, nearestConfig(*this));
    if (config) name = config->project;
  }
  if (name.empty()) return unnamed("project", "--project", *this);
  REDD_TRY_VOID(checkUniqueName(name));
  return name;
}

Result<SpaceAt> Context::space() const {
  REDD_TRY(auto where, target());
  REDD_TRY(auto client, connect());
  return SpaceAt{std::move(where), std::move(client)};
}

Result<Target> Context::target() const {
  Target target{options.project, options.space, "--project and --space"};
  if (target.project.empty() || target.space.empty()) {
    REDD_TRY(const auto config, nearestConfig(*this));
    if (config && target.project.empty()) target.project = config->project;
    // A space named for one project means nothing in another.
    if (config && target.space.empty() && target.project == config->project) target.space = config->space;
    if (config) target.from = config->file.string();
  }
  if (target.project.empty()) return unnamed("project", "--project", *this);
  if (target.space.empty()) return unnamed("space", "--space", *this);
  REDD_TRY_VOID(checkUniqueName(target.project));
  REDD_TRY_VOID(checkSpaceName(target.space));
  return target;
}

Result<Json> Context::call(const Client& client, const Target& target, Request request) const {
  auto answer = client.call(std::move(request));
  if (!answer) return explain(client, target, answer.error());
  return answer;
}

namespace {

// The command that shows what there is in the place of what was asked for.
std::string_view lister(std::string_view refusal) {
  if (refusal.starts_with("Unknown collection") || refusal.starts_with("Unknown index")) return "coho collections";
  if (refusal.starts_with("File not found")) return "coho files ls";
  if (refusal.starts_with("There is no backup")) return "coho backups";
  if (refusal.starts_with("No code is deployed")) return "coho deployments";
  return "coho projects";
}

}  // namespace

Error Context::explain(const Client& client, const Target& target, Error error) const {
  if (error.code != ErrorCode::notFound) return error;
  if (error.text().contains("Fix: ")) return error;
  return notFound(fmt::format("{} (project {}, space {}, from {}, on {}). Fix: {} lists what there is", error.text(), target.project, target.space,
                              target.from, client.login().url, lister(error.text())));
}

std::string commandName(const Environment& environment) {
  const auto path = environment.get("PATH");
  std::string_view rest(path);
  while (!rest.empty()) {
    const auto end = rest.find(':');
    const fs::path candidate = fs::path(rest.substr(0, end)) / "coho";
    if (access(candidate.c_str(), X_OK) == 0) return "coho";
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  std::error_code failed;
  const auto self = fs::read_symlink("/proc/self/exe", failed);
  return failed ? "coho" : shellWord(self.string());
}

std::string shellWord(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./:=@%,";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace redd::coho
