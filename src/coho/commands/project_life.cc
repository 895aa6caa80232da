#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "space_commands.h"
#include "text.h"

namespace redd::coho {
namespace {

std::string count(const Json& object, std::string_view name) {
  return grouped(static_cast<std::uint64_t>(std::max<std::int64_t>(0, numberOf(object, name))));
}

}  // namespace

Result<void> removeProject(const Context& context, const std::string& named, const Confirmation& confirmation) {
  auto project = named;
  if (project.empty()) {
    REDD_TRY(project, context.project());
  }
  REDD_TRY(const auto client, context.connect());
  const auto path = fmt::format("/projects/{}", segment(project));
  REDD_TRY(const auto shown, client.call({.path = path}));  // it is there, before anything is asked
  const auto spaces = memberOf(shown, "spaces");
  if (spaces.is_array() && !spaces.empty()) {
    return invalid(fmt::format("{} has the space {}. Fix: {} remove-space {}", inertLine(project), inertLine(textOf(spaces[0], "name")),
                               commandName(context.environment), inertLine(textOf(spaces[0], "name"))));
  }
  REDD_TRY_VOID(confirm(context, confirmation, fmt::format("The project {} is removed, with its members, invitations and tokens.", project), project));
  REDD_TRY_VOID(client.call({.method = "DELETE", .path = fmt::format("{}?confirm={}", path, segment(project))}));
  if (context.wantsJson()) {
    context.result({{"project", project}, {"removed", true}});
    return {};
  }
  context.terminal.out(fmt::format("Removed the project {}", inertLine(project)));
  return {};
}

Result<void> stats(const Context& context) {
  REDD_TRY(const auto project, context.project());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto usage, client.call({.path = fmt::format("/projects/{}/usage", segment(project))}));
  if (context.wantsJson()) {
    context.result({{"project", project}, {"sinceMs", numberOf(usage, "sinceMs")}, {"spaces", memberOf(usage, "spaces")}});
    return {};
  }
  const auto spaces = memberOf(usage, "spaces");
  if (!spaces.is_array() || spaces.empty()) {
    context.terminal.out(fmt::format("No spaces yet. Make one: {} add NAME", commandName(context.environment)));
    return {};
  }
  Table table({"SPACE", "REQUESTS", "RUNS OF CODE", "TIME IN CODE", "DOCUMENTS", "STORAGE"});
  for (const auto& one : spaces) {
    table.add({textOf(one, "name"), count(one, "requests"), count(one, "invocations"), count(one, "codeMs") + " ms", count(one, "documents"),
               sizeText(static_cast<std::size_t>(std::max<std::int64_t>(0, numberOf(one, "bytes"))))});
  }
  print(context.terminal, table);
  context.terminal.note(fmt::format("Requests and runs since the server started, {}", isoTime(numberOf(usage, "sinceMs"))));
  return {};
}

}  // namespace redd::coho
