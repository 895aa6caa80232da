#include <fmt/format.h>

#include "base/clock.h"
#include "bundler.h"
#include "files.h"
#include "text.h"
#include "tool_commands.h"

namespace redd::coho {

Result<void> compile(const Context& context, const CompileArguments& arguments) {
  const auto folder = arguments.folder.empty() ? context.appFolder() : context.folder / arguments.folder;
  REDD_TRY(const auto entry, findEntry(folder, arguments.main));
  REDD_TRY(const auto tools, findBundleTools(context.environment));
  context.terminal.progress(fmt::format("bundling {} …", inertLine(entry)));
  const auto startNs = monotonicNs();
  REDD_TRY(const auto bundle, makeBundle(folder, entry, tools, context.environment));
  const auto ms = (monotonicNs() - startNs) / 1'000'000;
  context.terminal.clearProgress();
  const auto file = arguments.file.empty() ? std::filesystem::path() : context.folder / arguments.file;
  if (!file.empty()) REDD_TRY_VOID(writeFile(file, bundle.script, Access::shared));

  if (context.wantsJson()) {
    Json warnings = Json::array();
    for (const auto& one : bundle.warnings) warnings.push_back(describe(one));
    Json out{{"ok", true}, {"entry", entry}, {"language", bundle.language}, {"bundleBytes", bundle.script.size()}, {"bundleMs", ms}};
    out["warnings"] = std::move(warnings);
    if (!file.empty()) out["file"] = file.string();
    context.result(out);
    return {};
  }
  for (const auto& one : bundle.warnings) context.terminal.note(context.terminal.paintNote(Colour::yellow, "Warning: ") + inert(describe(one)));
  context.terminal.out(fmt::format("{} {} ({}, {} ms)", context.terminal.paint(Colour::green, "OK"), inertLine(entry), sizeText(bundle.script.size()), ms));
  if (!file.empty()) context.terminal.out(fmt::format("Wrote {}", file.string()));
  return {};
}

}  // namespace redd::coho
