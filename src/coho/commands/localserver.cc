#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "tool_commands.h"

namespace redd::coho {

Result<void> localServer(const Context& context, std::uint16_t port) {
  std::error_code ignored;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "redd";
  const std::string program = std::filesystem::exists(beside, ignored) ? beside.string() : "redd";
  const auto listen = fmt::format("127.0.0.1:{}", port);
  context.terminal.note(fmt::format("Deploy from a second terminal, in this folder: {} deploy", commandName(context.environment)));
  std::array<const char*, 6> arguments{program.c_str(), "dev", "--listen", listen.c_str(), nullptr, nullptr};
  if (context.wantsJson()) arguments[4] = "--json";
  if (::chdir(context.folder.c_str()) == 0) ::execvp(program.c_str(), const_cast<char* const*>(arguments.data()));
  return notFound("the server's program, redd, is neither beside coho nor in PATH. Fix: install it, or add its folder to PATH");
}

}  // namespace redd::coho
