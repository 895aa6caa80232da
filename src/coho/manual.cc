#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "command_tree.h"

namespace redd::coho {
namespace {

// Text that troff takes as text: no escapes, no requests, hyphens that can be searched for.
std::string text(std::string_view plain) {
  std::string out;
  for (const char c : plain) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
      out += "\\&";
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string upper(std::string word) {
  std::ranges::transform(word, word.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return word;
}

std::string usage(const CommandNode& node, const std::string& path) {
  std::string out = fmt::format("\\fB{}\\fR", text(path));
  for (const auto& argument : node.arguments) {
    const auto name = text(upper(argument.names.front()));
    out += argument.isRequired ? fmt::format(" \\fI{}\\fR", name) : fmt::format(" [\\fI{}\\fR]", name);
  }
  return out;
}

std::string optionText(const CommandOption& option) {
  std::vector<std::string> names;
  for (const auto& name : option.names) names.push_back(fmt::format("\\fB{}\\fR", text(name)));
  return fmt::format(".TP\n{}{}\n{}\n", fmt::join(names, ", "), option.value == OptionValue::text ? " \\fIVALUE\\fR" : "", text(option.description));
}

// Options that most commands have are told once.
using Shared = std::set<std::string>;

const std::string& key(const CommandOption& option) { return option.names.back(); }

void leaves(const CommandNode& node, std::vector<const CommandNode*>& out) {
  if (node.commands.empty()) out.push_back(&node);
  for (const auto& command : node.commands) leaves(command, out);
}

std::vector<CommandOption> sharedOptions(const CommandNode& root) {
  std::vector<const CommandNode*> all;
  leaves(root, all);
  std::vector<CommandOption> out;
  for (const auto* one : all) {
    for (const auto& option : one->options) {
      const bool isKnown = std::ranges::any_of(out, [&](const auto& known) { return key(known) == key(option); });
      const auto has = [&](const CommandNode* other) {
        return std::ranges::any_of(other->options, [&](const auto& theirs) {
          return theirs.names == option.names && theirs.description == option.description;
        });
      };
      if (!isKnown && static_cast<std::size_t>(std::ranges::count_if(all, has)) > all.size() / 2) out.push_back(option);
    }
  }
  return out;
}

void commandText(const CommandNode& node, const std::string& path, const Shared& shared, std::string& out) {
  for (const auto& command : node.commands) {
    const auto full = path + " " + command.name;
    if (!command.commands.empty()) {
      commandText(command, full, shared, out);
      continue;
    }
    out += fmt::format(".SS {}\n{}", usage(command, full), text(command.description));
    if (!command.aliases.empty()) out += text(fmt::format(" (also: {})", fmt::join(command.aliases, ", ")));
    out += ".\n";
    for (const auto& argument : command.arguments) {
      if (argument.description.empty()) continue;
      out += fmt::format(".TP\n\\fI{}\\fR\n{}\n", text(upper(argument.names.front())), text(argument.description));
    }
    for (const auto& option : command.options) {
      if (!shared.contains(key(option))) out += optionText(option);
    }
  }
}

}  // namespace

std::string manualPage(const CommandNode& root, const std::string& version, const std::string& closing) {
  const auto common = sharedOptions(root);
  Shared names;
  for (const auto& option : common) names.insert(key(option));
  std::string out = fmt::format(".TH COHO 1 \"\" \"coho {}\" \"Redd\"\n.SH NAME\ncoho \\- {}\n", text(version),
                                text(root.description.substr(root.description.find(": ") + 2)));
  out += ".SH SYNOPSIS\n\\fBcoho\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]\n.SH OPTIONS OF MOST COMMANDS\n";
  for (const auto& option : common) out += optionText(option);
  out += ".SH COMMANDS\n";
  commandText(root, root.name, names, out);
  out += fmt::format(".SH ENVIRONMENT AND FILES\n{}\n", text(closing));
  return out;
}

}  // namespace redd::coho
