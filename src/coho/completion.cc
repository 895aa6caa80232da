// Each script first finds the command that the words before the cursor lead to ("coho kv set"), then offers what may follow it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "command_tree.h"

namespace redd::coho {
namespace {

// A text within '…' of bash, zsh and (with its own escapes) fish. Descriptions have no line breaks.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string fishQuoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::vector<std::string> namesOf(const CommandNode& node) {
  auto out = node.aliases;
  out.insert(out.begin(), node.name);
  return out;
}

// Calls visit(node, "coho kv set") for every command, the root first.
template <typename Visit>
void walk(const CommandNode& node, const std::string& path, const Visit& visit) {
  visit(node, path);
  for (const auto& command : node.commands) walk(command, path + " " + command.name, visit);
}

// The lines of a `case` that take one step from a command to the one that a word names.
std::string steps(const CommandNode& root) {
  std::string out;
  walk(root, root.name, [&](const CommandNode& node, const std::string& path) {
    for (const auto& command : node.commands) {
      std::vector<std::string> patterns;
      for (const auto& name : namesOf(command)) patterns.push_back(quoted(path + " " + name));
      out += fmt::format("      {}) at={} ;;\n", fmt::join(patterns, " | "), quoted(path + " " + command.name));
    }
  });
  return out;
}

std::vector<std::string> words(const CommandNode& node) {
  std::vector<std::string> out;
  for (const auto& command : node.commands) {
    for (const auto& name : namesOf(command)) out.push_back(name);
  }
  for (const auto& option : node.options) {
    for (const auto& name : option.names) out.push_back(name);
  }
  return out;
}

// "name:description" as _describe takes it.
std::string described(std::string_view name, std::string_view description) {
  std::string escaped;
  for (const char c : name) {
    if (c == ':') escaped += '\\';
    escaped += c;
  }
  return quoted(fmt::format("{}:{}", escaped, description));
}

}  // namespace

std::string bashCompletion(const CommandNode& root) {
  std::string words_of;
  walk(root, root.name, [&](const CommandNode& node, const std::string& path) {
    words_of += fmt::format("    {}) words={} ;;\n", quoted(path), quoted(fmt::format("{}", fmt::join(words(node), " "))));
  });
  return fmt::format(R"(# bash completion of coho. Once: coho completion bash > ~/.local/share/bash-completion/completions/coho
_coho() {{
  local at={} word words=
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$at $word" in
{}    esac
  done
  case "$at" in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _coho coho
)",
                     quoted(root.name), steps(root), words_of);
}

std::string zshCompletion(const CommandNode& root) {
  std::string lists;
  walk(root, root.name, [&](const CommandNode& node, const std::string& path) {
    std::vector<std::string> commands, options;
    for (const auto& command : node.commands) {
      for (const auto& name : namesOf(command)) commands.push_back(described(name, command.description));
    }
    for (const auto& option : node.options) {
      for (const auto& name : option.names) options.push_back(described(name, option.description));
    }
    lists += fmt::format("    {})\n      commands=({})\n      options=({}) ;;\n", quoted(path), fmt::join(commands, " "), fmt::join(options, " "));
  });
  return fmt::format(R"(#compdef coho
# zsh completion of coho. Once: coho completion zsh > a folder of $fpath, as _coho
_coho() {{
  local at={} word
  local -a commands options
  for word in "${{(@)words[2,CURRENT-1]}}"; do
    case "$at $word" in
{}    esac
  done
  case "$at" in
{}  esac
  (( $#commands )) && _describe -t commands command commands
  [[ $PREFIX == -* ]] && _describe -o -t options option options
  (( $#commands )) || _files
}}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _coho "$@"; else compdef _coho coho; fi
)",
                     quoted(root.name), steps(root), lists);
}

std::string fishCompletion(const CommandNode& root) {
  std::string out = fmt::format(R"(# fish completion of coho. Once: coho completion fish > ~/.config/fish/completions/coho.fish
function __coho_at
  set -l at {}
  for word in (commandline -opc)[2..]
    switch "$at $word"
)",
                                fishQuoted(root.name));
  walk(root, root.name, [&](const CommandNode& node, const std::string& path) {
    for (const auto& command : node.commands) {
      std::vector<std::string> patterns;
      for (const auto& name : namesOf(command)) patterns.push_back(fishQuoted(path + " " + name));
      out += fmt::format("      case {}\n        set at {}\n", fmt::join(patterns, " "), fishQuoted(path + " " + command.name));
    }
  });
  out += "    end\n  end\n  test \"$at\" = \"$argv[1]\"\nend\n";
  walk(root, root.name, [&](const CommandNode& node, const std::string& path) {
    const auto condition = fishQuoted("__coho_at " + fishQuoted(path));
    for (const auto& command : node.commands) {
      for (const auto& name : namesOf(command)) {
        out += fmt::format("complete -c coho -f -n {} -a {} -d {}\n", condition, fishQuoted(name), fishQuoted(command.description));
      }
    }
    for (const auto& option : node.options) {
      out += fmt::format("complete -c coho -n {}", condition);
      for (const auto& name : option.names) {
        const bool isLong = name.starts_with("--");
        out += fmt::format(" {} {}", isLong ? "-l" : "-s", fishQuoted(name.substr(isLong ? 2 : 1)));
      }
      out += fmt::format("{} -d {}\n", option.value == OptionValue::text ? " -r" : "", fishQuoted(option.description));
    }
  });
  return out;
}

}  // namespace redd::coho
