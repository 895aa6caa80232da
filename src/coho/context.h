// What every command is given, and the two questions that most of them ask first: which server, and which space.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "client.h"
#include "environment.h"
#include "login.h"
#include "terminal.h"

namespace redd::coho {

enum class Output { text, json };  // json: one object on standard output (of `log`: one a line)

// The options that every command has.
struct CommonOptions {
  LoginOptions login;
  std::string project;
  std::string space;
  std::string dir;  // of `deploy`; elsewhere empty
  Output output = Output::text;
};

struct Target {
  std::string project;
  std::string space;
  std::string from;                                    // for messages
  std::string path(std::string_view rest = {}) const;  // /projects/P/spaces/S + rest
  std::string label() const { return "Project: " + project + "  Space: " + space; }
};

// A space, and the server that has it.
struct SpaceAt {
  Target target;
  Client client;
};

struct Context {
  const CommonOptions& options;
  Terminal& terminal;
  const Environment& environment;
  std::filesystem::path folder;  // the working folder

  bool wantsJson() const { return options.output == Output::json; }
  std::filesystem::path appFolder() const;  // --dir, or the working folder

  Result<Client> connect() const;

  // --project and --space, then config.json of the app's folder, then of the working folder. Errors name the file and the fix.
  Result<std::string> project() const;
  Result<Target> target() const;
  Result<SpaceAt> space() const;  // target() and connect()

  // As Client::call(), and a "not found" says which project and space were asked for, and where their names came from.
  Result<Json> call(const Client& client, const Target& target, Request request) const;
  Error explain(const Client& client, const Target& target, Error error) const;

  void result(const Json& json) const { terminal.out(printJson(json)); }
};

// How the user starts this program: "coho" when PATH has it, else its whole path.
std::string commandName(const Environment& environment);

// The error of a command whose result on standard output says already what is wrong: main() adds nothing to it but the exit code.
inline Error alreadyTold() { return Error::hidden(ErrorCode::cancelled, "already told"); }

// One word of a shell line, quoted when it must be.
std::string shellWord(std::string_view text);

}  // namespace redd::coho
