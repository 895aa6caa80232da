#include <fmt/format.h>

#include <algorithm>

#include "commands.h"
#include "project_config.h"
#include "text.h"

namespace redd::coho {

Result<void> addSpace(const Context& context, const AddArguments& arguments) {
  const auto& space = arguments.space;
  REDD_TRY_VOID(checkSpaceName(space));
  REDD_TRY(const auto project, context.project());
  REDD_TRY(const auto client, context.connect());
  const Target target{project, space, "config.json or --project"};
  Json body{{"name", space}};
  if (arguments.isRestricted) body["restricted"] = true;
  REDD_TRY(const auto made, context.call(client, target, {.method = "POST",
                                                          .path = fmt::format("/projects/{}/spaces", segment(project)),
                                                          .body = std::move(body)}));
  if (context.wantsJson()) {
    context.result(made);
    return {};
  }
  context.terminal.out(target.label());
  context.terminal.out(fmt::format("Endpoint: {}", inertLine(textOf(made, "endpoint"))));
  if (flagOf(made, "restricted")) context.terminal.out("Restricted: only owners of the project's team see or change it.");
  context.terminal.out(fmt::format("\nNext: {0} use {1}, then {0} add-token and {0} deploy", commandName(context.environment), space));
  return {};
}

Result<void> useSpace(const Context& context, const std::string& space) {
  REDD_TRY_VOID(checkSpaceName(space));
  REDD_TRY(const auto project, context.project());
  REDD_TRY(const auto client, context.connect());
  const Target target{project, space, "coho use"};
  REDD_TRY(const auto found, context.call(client, target, {.path = target.path()}));
  REDD_TRY_VOID(writeProjectConfig(context.folder, project, space));
  if (context.wantsJson()) {
    context.result({{"project", project}, {"space", space}, {"endpoint", textOf(found, "endpoint")}});
  } else {
    context.terminal.out(target.label());
  }
  return {};
}

Result<void> listProjects(const Context& context) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, client.call({.path = "/projects"}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  const auto projects = memberOf(answer, "projects");
  if (!projects.is_array() || projects.empty()) {
    context.terminal.out(fmt::format("No projects yet. Make one: {} create NAME", commandName(context.environment)));
    return {};
  }
  Table table({"NAME", "PROJECT", "YOUR ROLE", "SPACES"});
  for (const auto& project : projects) {
    table.add({textOf(project, "name"), textOf(project, "uniqueName"), textOf(project, "role"), fmt::format("{}", fmt::join(textsOf(project, "spaces"), ", "))});
  }
  print(context.terminal, table);
  return {};
}

}  // namespace redd::coho
