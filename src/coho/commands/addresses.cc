#include <fmt/format.h>

#include "text.h"
#include "tool_commands.h"

namespace redd::coho {
namespace {

Result<void> show(const Context& context, std::string_view what, const std::string& address) {
  if (context.wantsJson()) {
    context.result({{"url", address}});
  } else {
    context.terminal.out(fmt::format("{}: {}", what, inertLine(address)));
  }
  return {};
}

}  // namespace

Result<void> adminAddress(const Context& context) {
  REDD_TRY(const auto login, findLogin(context.options.login, context.environment, context.folder));
  return show(context, "Admin pages", login.url + "/_/");
}

Result<void> docsAddress(const Context& context) {
  const auto login = findLogin(context.options.login, context.environment, context.folder);
  if (context.wantsJson()) {
    context.result({{"manual", "coho man | man -l -"}, {"help", "coho COMMAND --help"}, {"server", login ? login->url + "/_/" : ""}});
    return {};
  }
  Table table({"coho man | man -l -", "the manual page"});
  table.add({"coho COMMAND --help", "one command"});
  if (login) table.add({login->url + "/_/", "pages of the server"});
  print(context.terminal, table, Heading::none);
  return {};
}

Result<void> welcome(const Context& context) {
  if (context.wantsJson()) {
    context.result({{"name", "coho"}, {"version", REDD_VERSION}});
    return {};
  }
  const auto name = commandName(context.environment);
  Table table({"STEP", "COMMAND"});
  table.add({"Log in", name + " login URL"});
  table.add({"Make a project", name + " create mybackend && cd mybackend && npm install"});
  table.add({"Put it into service", name + " deploy"});
  table.add({"Whose tokens open it", name + " jwks https://TENANT/.well-known/jwks.json"});
  table.add({"What goes on", name + " log -f"});
  context.terminal.out(context.terminal.paint(Colour::bold, "coho " REDD_VERSION ": projects, code and settings on a Redd server"));
  print(context.terminal, table);
  return {};
}

}  // namespace redd::coho
