#include "store/log_filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/log_book.h"

namespace redd::store {
namespace {

// -1: no level.
int gravity(std::string_view level) {
  if (level == "debug") return 0;
  if (level == "log" || level == "info") return 1;
  if (level == "warn") return 2;
  return level == "error" ? 3 : -1;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool holds(std::string_view text, std::string_view part) {
  return !std::ranges::search(text, part, {}, lower, lower).empty();
}

}  // namespace

bool LogFilter::fits(const LogLine& line) const {
  if (!context.empty() && line.context != context) return false;
  if (!requestId.empty() && line.requestId != requestId) return false;
  if (!level.empty() && gravity(line.level) < gravity(level)) return false;
  return text.empty() || holds(line.text, text);
}

Result<void> checkLogLevel(std::string_view level) {
  if (level.empty() || gravity(level) >= 0) return {};
  return invalid(fmt::format("'level' is '{}', and must be debug, info, warn or error.", level.substr(0, 40)));
}

}  // namespace redd::store
