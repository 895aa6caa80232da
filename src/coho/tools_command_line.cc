#include <memory>

#include "command_line.h"
#include "tool_commands.h"

namespace redd::coho {

void addToolCommands(CLI::App& app, Parsed& parsed) {
  auto& common = parsed.common;
  const auto json = [&common](CLI::App* command) {
    command->add_flag_callback("--json", [&common] { common.output = Output::json; }, "Print JSON");
  };
  const auto wanted = std::make_shared<CompileArguments>();
  auto* compiling = app.add_subcommand("compile", "Bundle the code as deploy would, and send nothing");
  for (const char* alias : {"verify", "ver", "comp"}) compiling->alias(alias);
  compiling->add_option("dir", wanted->folder, "The folder with the code (default: the current one)");
  compiling->add_option("--main", wanted->main, "The entry file, instead of index.ts or index.js");
  compiling->add_option("--tofile", wanted->file, "Write the bundle to this file");
  json(compiling);
  compiling->callback([&parsed, wanted] { parsed.action = [wanted](const Context& context) { return compile(context, *wanted); }; });

  const auto port = std::make_shared<std::uint16_t>(4000);
  auto* local = app.add_subcommand("localserver", "Run a server for this machine in the folder, as redd dev does, until it is interrupted");
  for (const char* alias : {"serve", "run", "demo"}) local->alias(alias);
  local->add_option("-p,--port", *port, "The port to listen on (default: 4000; 0 takes any free one)");
  json(local);
  local->callback([&parsed, port] { parsed.action = [port](const Context& context) { return localServer(context, *port); }; });

  auto* admin = app.add_subcommand("admin", "Show the address of the server's admin pages");
  admin->add_option("--url", common.login.url, "The server's address (before COHO_URL)");
  addServerOptions(*admin, common);
  admin->callback([&parsed] { parsed.action = [](const Context& context) { return adminAddress(context); }; });
  auto* docs = app.add_subcommand("docs", "Show where things are explained");
  json(docs);
  docs->callback([&parsed] { parsed.action = [](const Context& context) { return docsAddress(context); }; });
  auto* hello = app.add_subcommand("welcome", "Show the first steps");
  json(hello);
  hello->callback([&parsed] { parsed.action = [](const Context& context) { return welcome(context); }; });
}

}  // namespace redd::coho
