#include "deployment_commands.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "files.h"
#include "tar_unpacker.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::uint32_t kDeployMs = 180'000;  // other deploys of the space go first
constexpr std::size_t kBundleBytesMax = 64 << 20;

std::string stateOf(const Json& one) {
  const auto percent = numberOf(one, "percent");
  const auto share = percent > 0 && percent < 100 ? fmt::format("{} %", percent) : std::string();
  if (flagOf(one, "active")) return share.empty() ? "(active)" : "(active) " + share;
  return share;
}

std::string commitOf(const Json& one) {
  const auto text = fmt::format("{} {}", textOf(one, "gitBranch"), textOf(one, "gitHash").substr(0, 8));
  return text == " " ? std::string() : text;
}

Json withPlace(const Target& target, const Json& answer) {
  Json out{{"project", target.project}, {"space", target.space}};
  for (const auto& [name, value] : answer.items()) out[name] = value;
  return out;
}

}  // namespace

Result<void> deployHistory(const Context& context) {
  REDD_TRY(const auto at, context.space());
  REDD_TRY(const auto answer, context.call(at.client, at.target, {.path = at.target.path("/deployments")}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  const auto deployments = memberOf(answer, "deployments");
  if (!deployments.is_array() || deployments.empty()) {
    context.terminal.out(fmt::format("No code is deployed yet. To deploy some: {} deploy", commandName(context.environment)));
    return {};
  }
  Table table({"DEPLOYED", "ID", "SIZE", "LANG", "COMMIT", "AUTHOR", "STATE"});
  for (const auto& one : deployments) {
    const auto restores = textOf(one, "restores");
    table.add({isoTime(numberOf(one, "createdMs")), textOf(one, "id"),
               sizeText(static_cast<std::size_t>(std::max<std::int64_t>(0, numberOf(one, "bundleBytes")))), textOf(one, "language"), commitOf(one),
               textOf(one, "author"), stateOf(one) + (restores.empty() ? "" : " restores " + restores)});
  }
  print(context.terminal, table);
  return {};
}

Result<void> rollBack(const Context& context, const std::string& deployment) {
  REDD_TRY(const auto at, context.space());
  Json body = Json::object();
  if (!deployment.empty()) body["deployment"] = deployment;
  context.terminal.progress("starting the earlier code …");
  REDD_TRY(const auto answer, context.call(at.client, at.target,
                                           {.method = "POST", .path = at.target.path("/rollback"), .body = std::move(body), .totalMs = kDeployMs}));
  if (context.wantsJson()) {
    context.result(withPlace(at.target, answer));
    return {};
  }
  const auto restores = textOf(answer, "restores");
  context.terminal.out(at.target.label());
  context.terminal.out(context.terminal.paint(Colour::green, fmt::format("Rolled back to {}", inertLine(restores.empty() ? textOf(answer, "id") : restores))));
  if (!restores.empty()) context.terminal.out(fmt::format("It is deployment {} now; coho rollback undoes that", inertLine(textOf(answer, "id"))));
  return {};
}

Result<void> undeploy(const Context& context, const Confirmation& confirmation) {
  REDD_TRY(const auto at, context.space());
  REDD_TRY_VOID(confirm(context, confirmation, fmt::format("The code of {}/{} goes out of service; data and deployments stay.", at.target.project, at.target.space),
                        at.target.space));
  REDD_TRY(const auto answer, context.call(at.client, at.target, {.method = "DELETE", .path = at.target.path("/deployments/active")}));
  if (context.wantsJson()) {
    context.result(withPlace(at.target, answer));
    return {};
  }
  context.terminal.out(at.target.label());
  context.terminal.out("The code is out of service. coho rollback puts it back");
  return {};
}

Result<void> split(const Context& context, const SplitArguments& arguments) {
  REDD_TRY(const auto at, context.space());
  REDD_TRY(const auto answer, context.call(at.client, at.target,
                                           {.method = "PUT",
                                            .path = at.target.path("/split"),
                                            .body = {{"deployment", arguments.deployment}, {"percent", arguments.percent}},
                                            .totalMs = kDeployMs}));
  if (context.wantsJson()) {
    context.result(withPlace(at.target, answer));
    return {};
  }
  context.terminal.out(at.target.label());
  const auto running = memberOf(answer, "split");
  const auto active = inertLine(textOf(answer, "active"));
  if (!running.is_object()) {
    context.terminal.out(fmt::format("Every client meets deployment {}", active));
    return {};
  }
  const auto percent = numberOf(running, "percent");
  Table table({"DEPLOYMENT", "CLIENTS", "STATE"});
  table.add({active, fmt::format("{} %", 100 - percent), "(active)"});
  table.add({textOf(running, "deployment"), fmt::format("{} %", percent), ""});
  print(context.terminal, table);
  return {};
}

Result<void> source(const Context& context, const SourceArguments& arguments) {
  REDD_TRY(const auto at, context.space());
  const auto folder = (context.folder / arguments.out).lexically_normal();
  TarUnpacker unpacker(folder);
  Result<void> unpacked;
  const auto done = at.client.download({.path = at.target.path("/deployments/" + segment(arguments.deployment) + "/source"), .totalMs = 0}, [&](std::string_view piece) {
    unpacked = unpacker.feed(piece);
    return static_cast<bool>(unpacked);
  });
  if (!unpacked) return std::move(unpacked).error();
  if (!done) return context.explain(at.client, at.target, done.error());
  REDD_TRY(const auto count, unpacker.finish());
  if (context.wantsJson()) {
    context.result({{"project", at.target.project}, {"space", at.target.space}, {"deployment", arguments.deployment}, {"folder", folder.string()}, {"files", count}});
    return {};
  }
  context.terminal.out(fmt::format("{} {} in {}", grouped(count), count == 1 ? "file" : "files", inertLine(arguments.out)));
  return {};
}

Result<void> bundle(const Context& context, const SourceArguments& arguments) {
  REDD_TRY(const auto at, context.space());
  std::string text;
  const auto done = at.client.download({.path = at.target.path("/deployments/" + segment(arguments.deployment) + "/bundle"), .totalMs = 0}, [&text](std::string_view piece) {
    text += piece;
    return text.size() <= kBundleBytesMax;
  });
  if (!done) return context.explain(at.client, at.target, done.error());
  Json json{{"project", at.target.project}, {"space", at.target.space}, {"deployment", arguments.deployment}, {"bytes", text.size()}};
  if (arguments.out.empty()) {
    if (!context.wantsJson()) return context.terminal.outBytes(text);
    json["script"] = text;
    context.result(json);
    return {};
  }
  REDD_TRY_VOID(writeFile(context.folder / arguments.out, text, Access::shared));
  json["file"] = arguments.out;
  if (context.wantsJson()) {
    context.result(json);
  } else {
    context.terminal.out(fmt::format("Fetched the script to {} ({})", inertLine(arguments.out), sizeText(text.size())));
  }
  return {};
}

}  // namespace redd::coho
