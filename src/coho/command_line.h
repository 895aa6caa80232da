// How commands are declared: CLI11 parses arguments into structs, and the callback of the command that was named chooses the action that
// main.cc then runs.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "confirmation.h"
#include "context.h"

namespace redd::coho {

using Action = std::function<Result<void>(const Context&)>;

// Where the parsing leaves what all commands share, and the chosen action.
struct Parsed {
  CommonOptions common;
  Action action;
};

void addServerOptions(CLI::App& command, CommonOptions& common);

// A command with the options that all have: project, space, server, --json.
CLI::App* addCommand(CLI::App& app, Parsed& parsed, std::string name, std::string description, Action action);

// A command that only holds others; made when there is none of that name yet.
CLI::App& commandGroup(CLI::App& app, const std::string& name, const std::string& description);

// `coho space …`: its commands stand in several files.
inline constexpr const char* kSpaceGroup =
    "Spaces as wholes: list, copy, rename, remove, restore, settings, diff, limits, export, import, rewind, moments";

void addConfirmation(CLI::App& command, Confirmation& confirmation);  // --yes and --confirm

// The commands of data_commands.h.
void addDataCommands(CLI::App& app, Parsed& parsed);
// The commands of auth_commands.h.
void addAuthCommands(CLI::App& app, Parsed& parsed);
// The commands of file_commands.h.
void addFileCommands(CLI::App& app, Parsed& parsed);
// The commands of deployment_commands.h and space_commands.h.
void addDeploymentCommands(CLI::App& app, Parsed& parsed);
void addSpaceCommands(CLI::App& app, Parsed& parsed);
// The commands of account_commands.h.
void addAccountCommands(CLI::App& app, Parsed& parsed);
// The commands of archive_commands.h.
void addArchiveCommands(CLI::App& app, Parsed& parsed);
// The commands of tool_commands.h.
void addToolCommands(CLI::App& app, Parsed& parsed);
// `completion` and `man`. They look at `app` when they run, so all that was declared by then is in them.
void addHelpCommands(CLI::App& app, Parsed& parsed);

}  // namespace redd::coho
