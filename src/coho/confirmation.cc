#include "confirmation.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "text.h"

namespace redd::coho {

Result<void> confirm(const Context& context, const Confirmation& given, std::string_view what, std::string_view name) {
  if (given.isWaived) return {};
  auto typed = given.name;
  if (typed.empty()) {
    const auto fix = fmt::format("Fix: add --confirm {} or --yes", inertLine(name));
    if (::isatty(STDIN_FILENO) != 1) return invalid(fmt::format("{} That must be confirmed. {}", inertLine(what), fix));
    context.terminal.note(fmt::format("{} Type {} to go on:", inertLine(what), context.terminal.paintNote(Colour::bold, inertLine(name))));
    std::getline(std::cin, typed);
  }
  if (typed == name) return {};
  return invalid(fmt::format("'{}' is not {}; nothing was done", inertLine(typed), inertLine(name)));
}

}  // namespace redd::coho
