#include "prompt.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace redd::coho {
namespace {

// The terminal does not repeat what is typed while this lives.
class Silence {
 public:
  Silence() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    isOn_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  Silence(const Silence&) = delete;
  ~Silence() {
    if (isOn_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool isOn_ = false;
};

Result<std::string> nextLine(std::string_view question) {
  std::string line;
  if (!std::getline(std::cin, line)) return invalid(fmt::format("no answer to '{}': standard input has ended. Fix: write it to standard input, or run this on a terminal", question));
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

bool isTerminal() { return ::isatty(STDIN_FILENO) == 1; }

}  // namespace

Result<std::string> askLine(const Context& context, std::string_view question) {
  if (isTerminal()) context.terminal.note(fmt::format("{}:", question));
  return nextLine(question);
}

Result<std::string> askSecret(const Context& context, std::string_view question) {
  if (!isTerminal()) return nextLine(question);
  const Silence silence;  // before the question: who answers at once is not shown either
  context.terminal.note(fmt::format("{} (is not shown):", question));
  return nextLine(question);
}

}  // namespace redd::coho
