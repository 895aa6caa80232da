// The commands as plain data, for what is generated from them: completion of three shells, the manual page. Made from the parser's own
// declarations (command_line.h), so neither can forget a command.
#pragma once

#include <string>
#include <vector>

namespace redd::coho {

enum class OptionValue { none, text };

struct CommandOption {
  std::vector<std::string> names = {};  // "-p", "--project"; of an argument: its one name, without dashes
  std::string description = {};
  OptionValue value = OptionValue::none;
  bool isRequired = false;
};

struct CommandNode {
  std::string name = {};
  std::vector<std::string> aliases = {};
  std::string description = {};
  std::vector<CommandOption> arguments = {}, options = {};
  std::vector<CommandNode> commands = {};
};

// Scripts that complete `coho` (completion.cc).
std::string bashCompletion(const CommandNode& root);
std::string zshCompletion(const CommandNode& root);
std::string fishCompletion(const CommandNode& root);

// The manual page coho(1) in the man(7) macros (manual.cc). `closing`: what stands under ENVIRONMENT AND FILES, lines.
std::string manualPage(const CommandNode& root, const std::string& version, const std::string& closing);

}  // namespace redd::coho
