// Commands that need no space: try the code, and where to look things up. Their parsing stands in tools_command_line.cc.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "context.h"

namespace redd::coho {

// commands/compile.cc
struct CompileArguments {
  std::string folder;  // "": --dir or the working folder
  std::string main;    // the entry file, as deploy's
  std::string file;    // where the bundle goes; "" nowhere
};
// Bundles as deploy would and sends nothing. Errors as deploy's, before anything is sent.
Result<void> compile(const Context& context, const CompileArguments& arguments);

// commands/localserver.cc
// Becomes `redd dev` in the folder: a server for this machine, in which coho is logged in. Error: there is no redd.
Result<void> localServer(const Context& context, std::uint16_t port);

// commands/addresses.cc
Result<void> adminAddress(const Context& context);  // of the pages of the server that a login or option names
Result<void> docsAddress(const Context& context);
Result<void> welcome(const Context& context);

}  // namespace redd::coho
