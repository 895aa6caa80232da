#include <memory>

#include "auth_commands.h"
#include "command_line.h"

namespace redd::coho {

void addAuthCommands(CLI::App& app, Parsed& parsed) {
  const auto token = std::make_shared<std::string>();
  auto* explain = addCommand(commandGroup(app, "token", "Tokens that clients send"), parsed, "explain", "Say why a client's token is accepted or refused",
                             [token](const Context& c) { return explainToken(c, *token); });
  explain->add_option("token-text", *token, "The token; -: read it from standard input, which leaves no trace in the shell's history")->required();

  auto& auth = commandGroup(app, "auth", "Who may call the space, and who was refused");
  const auto count = std::make_shared<std::uint32_t>(20);
  auto* refusals = addCommand(auth, parsed, "refusals", "List the last refused requests and why", [count](const Context& c) { return listRefusals(c, *count); });
  refusals->add_option("--tail", *count, "How many")->capture_default_str()->check(CLI::Range(0U, 1'000U));
  const auto fetch = std::make_shared<KeySetFetch>(KeySetFetch::never);
  auto* status = addCommand(auth, parsed, "status", "Show the keys that tokens are checked with", [fetch](const Context& c) { return authStatus(c, *fetch); });
  status->add_flag_callback("--fetch", [fetch] { *fetch = KeySetFetch::whenDue; }, "Ask the key set's address first");

  addCommand(commandGroup(app, "secrets", "The key that seals secrets"), parsed, "rotate", "Make a new key and seal every secret with it (the server's owner)",
             [](const Context& c) { return rotateSecrets(c); });
  auto* look = addCommand(app, parsed, "doctor", "Say what is wrong with the project, the login and the server", [](const Context& c) { return doctor(c); });
  look->add_option("--dir", parsed.common.dir, "The folder with the code (default: the current one)");
}

}  // namespace redd::coho
