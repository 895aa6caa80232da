#include <fmt/format.h>

#include "space_commands.h"
#include "text.h"

namespace redd::coho {
namespace {

std::string sideText(const Json& difference, const std::string& side) {
  if (flagOf(difference, side + "Sealed")) return "(sealed)";
  return difference.contains(side) ? printJson(difference[side]) : "-";
}

std::string limitText(const Json& limits, std::string_view name, std::string_view unit) {
  const auto value = numberOf(limits, name);
  return value == 0 ? "the server's" : fmt::format("{}{}", value, unit);
}

void showLimits(const Context& context, const Target& target, const Json& limits) {
  if (context.wantsJson()) return context.result({{"project", target.project}, {"space", target.space}, {"limits", limits}});
  context.terminal.out(target.label());
  Table table({"LIMIT", "VALUE"});
  table.add({"a request may take", limitText(limits, "requestDeadlineMs", " ms")});
  table.add({"requests at once", limitText(limits, "requestsMax", "")});
  table.add({"heap of a worker", limitText(limits, "workerHeapMiB", " MiB")});
  print(context.terminal, table);
}

}  // namespace

Result<void> showSettings(const Context& context) {
  REDD_TRY(const auto at, context.space());
  REDD_TRY(const auto answer, context.call(at.client, at.target, {.path = at.target.path("/settings")}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  context.terminal.out(at.target.label());
  Table table({"SETTING", "VALUE"});
  const auto settings = memberOf(answer, "settings");
  for (const auto& [name, value] : settings.items()) table.add({name, flagOf(value, "sealed") ? "(sealed)" : printJson(value)});
  print(context.terminal, table);
  return {};
}

Result<void> diffSpaces(const Context& context, const std::string& left, const std::string& right) {
  REDD_TRY(const auto project, context.project());
  REDD_TRY(const auto client, context.connect());
  const Target target{project, left, "config.json or --project"};
  REDD_TRY(const auto answer, context.call(client, target, {.path = target.path("/diff?with=" + segment(right))}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  const auto differences = memberOf(answer, "differences");
  if (!differences.is_array() || differences.empty()) {
    context.terminal.out(fmt::format("{} and {} have the same settings", inertLine(left), inertLine(right)));
    return {};
  }
  Table table({"SETTING", left, right});
  for (const auto& one : differences) table.add({textOf(one, "setting"), sideText(one, "left"), sideText(one, "right")});
  print(context.terminal, table);
  return {};
}

Result<void> limits(const Context& context, const LimitArguments& arguments) {
  REDD_TRY(const auto at, context.space());
  Json body = Json::object();
  if (arguments.requestDeadlineMs) body["requestDeadlineMs"] = *arguments.requestDeadlineMs;
  if (arguments.requestsMax) body["requestsMax"] = *arguments.requestsMax;
  if (arguments.workerHeapMiB) body["workerHeapMiB"] = *arguments.workerHeapMiB;
  Request request{.path = at.target.path()};
  if (!body.empty()) request = {.method = "PUT", .path = at.target.path("/limits"), .body = std::move(body)};
  REDD_TRY(const auto space, context.call(at.client, at.target, std::move(request)));
  showLimits(context, at.target, memberOf(space, "limits"));
  return {};
}

Result<void> moveDomain(const Context& context, const std::string& domain) {
  REDD_TRY(const auto at, context.space());
  REDD_TRY(const auto space, context.call(at.client, at.target, {.method = "POST", .path = at.target.path("/domains/move"), .body = {{"domain", domain}}}));
  if (context.wantsJson()) {
    context.result({{"project", at.target.project}, {"space", at.target.space}, {"domains", memberOf(space, "domains")}});
    return {};
  }
  context.terminal.out(at.target.label());
  context.terminal.out(fmt::format("{} leads here now", inertLine(domain)));
  return {};
}

}  // namespace redd::coho
