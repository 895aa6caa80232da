#include <fmt/format.h>

#include "app_archive.h"
#include "base/clock.h"
#include "bundler.h"
#include "commands.h"
#include "git_info.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::uint32_t kDeployMs = 180'000;  // other deploys of the space go first; a startup hook may take 30 s
constexpr std::size_t kStackLinesMax = 12;

std::int64_t sinceMs(std::int64_t startNs) { return (monotonicNs() - startNs) / 1'000'000; }

Json descriptionOf(Bundle& bundle, const GitInfo& git) {
  Json body{{"bundle", std::move(bundle.script)}, {"language", bundle.language}};
  if (!git.hash.empty()) body["gitHash"] = git.hash;
  if (!git.branch.empty()) body["gitBranch"] = git.branch;
  if (!git.author.empty()) body["author"] = git.author;
  return body;
}

// What the script did wrong, with the app's own files and lines, and what it means for those who use the space.
Error refusedDeploy(const Client& client, const ServerAnswer& answer, const SourceMap& map) {
  auto error = client.refusal(answer);
  const auto stack = map.explain(textOf(answer.json, "stack"), kScriptName);
  if (!stack.empty()) {
    const auto shown = inertExcerpt(stack, kStackLinesMax);
    error.publicText = shown.contains(error.publicText) ? shown : error.publicText + "\n" + shown;
  }
  error.publicText += "\nNothing was deployed; the previous deployment keeps serving.";
  return error;
}

void showWarnings(const Context& context, const Bundle& bundle, const AppFiles& app) {
  const auto warn = [&](std::string_view text) { context.terminal.note(context.terminal.paintNote(Colour::yellow, "Warning: ") + inert(text)); };
  for (const auto& warning : bundle.warnings) warn(describe(warning));
  for (const auto& warning : app.warnings) warn(warning);
}

std::string filesText(std::size_t count) { return fmt::format("{} {}", grouped(count), count == 1 ? "file" : "files"); }

Json report(const Target& target, const Json& answer, const Bundle& bundle, std::size_t files, std::int64_t bundleMs, std::int64_t uploadMs) {
  Json out{{"ok", true}, {"project", target.project}, {"space", target.space}};
  for (const auto* name : {"id", "routes", "bundleBytes", "startMs"}) out[name] = memberOf(answer, name);
  out["language"] = bundle.language;
  out["files"] = files;
  out["bundleMs"] = bundleMs;
  out["uploadMs"] = uploadMs;
  return out;
}

}  // namespace

Result<void> deploy(const Context& context, const DeployArguments& arguments) {
  REDD_TRY(const auto entry, findEntry(context.appFolder(), arguments.main));
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto tools, findBundleTools(context.environment));

  context.terminal.progress(fmt::format("bundling {} …", inertLine(entry)));
  const auto startNs = monotonicNs();
  REDD_TRY(auto bundle, makeBundle(context.appFolder(), entry, tools, context.environment));
  const auto bundleMs = sinceMs(startNs);
  REDD_TRY(const auto app, findAppFiles(context.appFolder()));
  showWarnings(context, bundle, app);

  const auto bundleBytes = bundle.script.size();
  auto description = descriptionOf(bundle, readGitInfo(context.appFolder(), context.environment));
  REDD_TRY(auto archive, makeArchive(printJson(description), app));
  context.terminal.progress(
      fmt::format("sending {}, {} to {} and starting the code …", filesText(app.files.size()), sizeText(archive.size()), client.login().url));
  const auto uploadNs = monotonicNs();
  REDD_TRY(const auto answer, client.send({.method = "POST",
                                           .path = target.path("/deployments"),
                                           .text = std::move(archive),
                                           .textType = "application/x-tar",
                                           .totalMs = kDeployMs}));
  context.terminal.clearProgress();
  if (answer.status == 400 || answer.status >= 500) return refusedDeploy(client, answer, bundle.map);
  if (!answer.isSuccess()) return context.explain(client, target, client.refusal(answer));

  if (context.wantsJson()) {
    context.result(report(target, answer.json, bundle, app.files.size(), bundleMs, sinceMs(uploadNs)));
    return {};
  }
  context.terminal.note(fmt::format("Sent {}, bundle {}", filesText(app.files.size()), sizeText(bundleBytes)));
  context.terminal.out(target.label());
  context.terminal.out(context.terminal.paint(Colour::green, "Deployed Codehook successfully! 🙌"));
  return {};
}

}  // namespace redd::coho
