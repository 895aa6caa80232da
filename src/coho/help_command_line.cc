#include <fmt/format.h>

#include <memory>

#include "command_line.h"
#include "command_tree.h"

namespace redd::coho {
namespace {

CommandOption optionOf(const CLI::Option& option) {
  CommandOption out;
  for (const auto& name : option.get_snames()) out.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) out.names.push_back("--" + name);
  if (out.names.empty()) out.names.push_back(option.get_name(true));
  out.description = option.get_description();
  out.value = option.get_items_expected_max() > 0 ? OptionValue::text : OptionValue::none;
  out.isRequired = option.get_required();
  return out;
}

CommandNode commandTree(const CLI::App& app) {
  CommandNode out;
  out.name = app.get_name();
  out.aliases = app.get_aliases();
  out.description = app.get_description();
  for (const auto* option : app.get_options()) {
    auto& list = option->get_positional() ? out.arguments : out.options;
    list.push_back(optionOf(*option));
  }
  for (const auto* command : app.get_subcommands(nullptr)) out.commands.push_back(commandTree(*command));
  return out;
}

Result<void> printCompletion(const Context& context, const CLI::App& app, const std::string& shell) {
  const auto root = commandTree(app);
  const auto script = shell == "bash" ? bashCompletion(root) : shell == "zsh" ? zshCompletion(root) : fishCompletion(root);
  if (context.wantsJson()) {
    context.result({{"shell", shell}, {"script", script}});
  } else {
    context.terminal.out(script);
  }
  return {};
}

}  // namespace

void addHelpCommands(CLI::App& app, Parsed& parsed) {
  auto* completion = app.add_subcommand("completion", "Print a script that lets a shell complete coho's commands and options");
  const auto shell = std::make_shared<std::string>();
  completion->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->add_flag_callback("--json", [&parsed] { parsed.common.output = Output::json; }, "Print JSON");
  completion->callback([&app, &parsed, shell] {
    parsed.action = [&app, shell](const Context& context) { return printCompletion(context, app, *shell); };
  });
  auto* manual = app.add_subcommand("man", "Print the manual page, as in: coho man | man -l -");
  manual->add_flag_callback("--json", [&parsed] { parsed.common.output = Output::json; }, "Print the commands as JSON");
  manual->callback([&app, &parsed] {
    parsed.action = [&app](const Context& context) -> Result<void> {
      const auto page = manualPage(commandTree(app), REDD_VERSION, app.get_footer());
      if (context.wantsJson()) {
        context.result({{"page", page}});
      } else {
        context.terminal.out(page);
      }
      return {};
    };
  });
}

}  // namespace redd::coho
