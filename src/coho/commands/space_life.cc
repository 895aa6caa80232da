#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "project_config.h"
#include "space_commands.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::uint32_t kCopyMs = 3'600'000;

struct At {
  Client client;
  std::string project;
  Target target(const std::string& space) const { return {project, space, "config.json or --project"}; }
  std::string path(std::string_view rest) const { return fmt::format("/projects/{}{}", segment(project), rest); }
};

Result<At> find(const Context& context) {
  REDD_TRY(auto project, context.project());
  REDD_TRY(auto client, context.connect());
  return At{std::move(client), std::move(project)};
}

// The folder's config.json follows a space to its new name.
Result<void> followName(const Context& context, const At& at, const std::string& from, const std::string& to) {
  const auto here = context.target();
  if (!here || here->project != at.project || here->space != from || !context.options.space.empty() || !context.options.project.empty()) return {};
  return writeProjectConfig(context.folder, at.project, to);
}

Result<Json> trashOf(const At& at) {
  REDD_TRY(const auto answer, at.client.call({.path = at.path("/trash")}));
  return memberOf(answer, "spaces");
}

// The newest of that name in the trash, or the one with that id.
Result<Json> trashed(const At& at, const std::string& which) {
  REDD_TRY(const auto spaces, trashOf(at));
  for (const auto& one : spaces) {
    if (textOf(one, "id") == which || textOf(one, "name") == which) return one;
  }
  return notFound(fmt::format("there is no space {} in the trash of {}. Fix: coho space trash lists it", inertLine(which), at.project));
}

}  // namespace

Result<void> listSpaces(const Context& context) {
  REDD_TRY(const auto at, find(context));
  REDD_TRY(const auto project, at.client.call({.path = at.path("")}));
  const auto spaces = memberOf(project, "spaces");
  if (context.wantsJson()) {
    Json rows = Json::array();
    for (const auto& one : spaces) {
      const auto deployment = memberOf(one, "deployment");
      rows.push_back({{"name", textOf(one, "name")}, {"restricted", flagOf(one, "restricted")}, {"endpoint", textOf(one, "endpoint")},
                      {"deployment", deployment}, {"split", memberOf(one, "split")}});
    }
    context.result({{"project", at.project}, {"spaces", rows}});
    return {};
  }
  if (!spaces.is_array() || spaces.empty()) {
    context.terminal.out(fmt::format("No spaces yet. Make one: {} add NAME", commandName(context.environment)));
    return {};
  }
  const auto here = context.target();
  Table table({"SPACE", "FOR", "DEPLOYED", "DOMAINS", "ENDPOINT"});
  for (const auto& one : spaces) {
    const auto name = textOf(one, "name");
    const auto deployment = memberOf(one, "deployment");
    const bool isHere = here && here->space == name;
    table.add({name + (isHere ? " *" : ""), flagOf(one, "restricted") ? "team owners" : "members", deployment.is_object() ? isoTime(numberOf(deployment, "createdMs")) : "-",
               textsOf(one, "domains").empty() ? "-" : fmt::format("{}", fmt::join(textsOf(one, "domains"), ", ")), textOf(one, "endpoint")});
  }
  print(context.terminal, table);
  return {};
}

Result<void> copySpace(const Context& context, const CopyArguments& arguments) {
  REDD_TRY_VOID(checkSpaceName(arguments.to));
  REDD_TRY(const auto at, find(context));
  const auto target = at.target(arguments.from);
  context.terminal.progress(arguments.withData ? "copying code, settings and data …" : "copying code and settings …");
  REDD_TRY(const auto made, context.call(at.client, target,
                                         {.method = "POST",
                                          .path = target.path("/copy"),
                                          .body = {{"to", arguments.to}, {"data", arguments.withData}},
                                          .totalMs = kCopyMs}));
  context.terminal.clearProgress();
  if (context.wantsJson()) {
    context.result({{"project", at.project}, {"from", arguments.from}, {"space", textOf(made, "name")}, {"data", arguments.withData}, {"endpoint", textOf(made, "endpoint")}});
    return {};
  }
  context.terminal.out(at.target(arguments.to).label());
  context.terminal.out(fmt::format("Copied {} {}", inertLine(arguments.from), arguments.withData ? "with its data" : "without its data"));
  context.terminal.out(fmt::format("Endpoint: {}", inertLine(textOf(made, "endpoint"))));
  return {};
}

Result<void> renameSpace(const Context& context, const std::string& from, const std::string& to) {
  REDD_TRY_VOID(checkSpaceName(to));
  REDD_TRY(const auto at, find(context));
  const auto target = at.target(from);
  REDD_TRY(const auto renamed, context.call(at.client, target, {.method = "POST", .path = target.path("/rename"), .body = {{"name", to}}}));
  REDD_TRY_VOID(followName(context, at, from, to));
  if (context.wantsJson()) {
    context.result({{"project", at.project}, {"from", from}, {"space", to}, {"endpoint", textOf(renamed, "endpoint")}});
    return {};
  }
  context.terminal.out(at.target(to).label());
  context.terminal.out(fmt::format("Endpoint: {}", inertLine(textOf(renamed, "endpoint"))));
  return {};
}

Result<void> removeSpace(const Context& context, const std::string& space, const Confirmation& confirmation) {
  REDD_TRY(const auto at, find(context));
  const auto target = at.target(space);
  REDD_TRY_VOID(context.call(at.client, target, {.path = target.path()}));  // it is there, before anything is asked
  REDD_TRY_VOID(confirm(context, confirmation, fmt::format("The space {} of {} with all its data goes to the trash.", space, at.project), space));
  REDD_TRY(const auto answer, context.call(at.client, target, {.method = "DELETE", .path = target.path("?confirm=" + segment(space))}));
  const auto trashed = memberOf(answer, "trashed");
  if (context.wantsJson()) {
    context.result({{"project", at.project}, {"space", space}, {"trashed", trashed}});
    return {};
  }
  context.terminal.out(fmt::format("Removed {} of {}", inertLine(space), at.project));
  context.terminal.out(fmt::format("It is deleted for good after {}; until then: coho space restore {}", isoTime(numberOf(trashed, "purgeMs")), inertLine(space)));
  return {};
}

Result<void> listTrash(const Context& context) {
  REDD_TRY(const auto at, find(context));
  REDD_TRY(const auto spaces, trashOf(at));
  if (context.wantsJson()) {
    context.result({{"project", at.project}, {"spaces", spaces}});
    return {};
  }
  if (!spaces.is_array() || spaces.empty()) {
    context.terminal.out("The trash is empty");
    return {};
  }
  Table table({"SPACE", "ID", "REMOVED", "DELETED AFTER"});
  for (const auto& one : spaces) table.add({textOf(one, "name"), textOf(one, "id"), isoTime(numberOf(one, "removedMs")), isoTime(numberOf(one, "purgeMs"))});
  print(context.terminal, table);
  return {};
}

Result<void> restoreSpace(const Context& context, const std::string& which, const std::string& as) {
  REDD_TRY(const auto at, find(context));
  REDD_TRY(const auto found, trashed(at, which));
  Json body = Json::object();
  if (!as.empty()) body["name"] = as;
  REDD_TRY(const auto space, at.client.call({.method = "POST", .path = at.path(fmt::format("/trash/{}/restore", segment(textOf(found, "id")))), .body = std::move(body)}));
  if (context.wantsJson()) {
    context.result({{"project", at.project}, {"space", textOf(space, "name")}, {"endpoint", textOf(space, "endpoint")}});
    return {};
  }
  context.terminal.out(at.target(textOf(space, "name")).label());
  context.terminal.out(fmt::format("Endpoint: {}", inertLine(textOf(space, "endpoint"))));
  return {};
}

Result<void> purgeSpace(const Context& context, const std::string& which, const Confirmation& confirmation) {
  REDD_TRY(const auto at, find(context));
  REDD_TRY(const auto found, trashed(at, which));
  const auto name = textOf(found, "name");
  REDD_TRY_VOID(confirm(context, confirmation, fmt::format("The removed space {} of {} is deleted for good.", name, at.project), name));
  REDD_TRY_VOID(at.client.call(
      {.method = "DELETE", .path = at.path(fmt::format("/trash/{}?confirm={}", segment(textOf(found, "id")), segment(name)))}));
  if (context.wantsJson()) {
    context.result({{"project", at.project}, {"space", name}, {"id", textOf(found, "id")}, {"purged", true}});
    return {};
  }
  context.terminal.out(fmt::format("Deleted {} for good", inertLine(name)));
  return {};
}

}  // namespace redd::coho
