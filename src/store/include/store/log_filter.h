// Which lines of a space's log somebody wants to see. One matcher for the lines on disk and for those that come. Immutable, pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::store {

struct LogLine;

struct LogFilter {
  std::string context{};    // routehooks, request, …; "" all
  std::string level{};      // lines of this level and of graver ones; "" all
  std::string requestId{};  // "" all
  std::string text{};       // stands in the line's text, whatever the case of ASCII letters; "" all

  bool fits(const LogLine& line) const;
};

// debug < log, info < warn < error. Error: names the level that is none.
Result<void> checkLogLevel(std::string_view level);

}  // namespace redd::store
