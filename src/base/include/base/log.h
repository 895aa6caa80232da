// The server's own log: one line an event on standard error, `time level module message`. Thread-safe.
// Space logs (what a script prints) are data of the space and live in store/log_book.h.
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace redd::log {

enum class Level { debug, info, warn, error, off };

void setLevel(Level level);
void write(Level level, std::string_view module, std::string_view text);

template <class... Args>
void debug(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::debug, module, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::info, module, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warn(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::warn, module, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void error(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::error, module, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace redd::log
