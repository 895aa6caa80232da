// Questions to the person at the terminal. Without a terminal the answer is the next line of standard input, so that a program can give it.
#pragma once

#include <string>
#include <string_view>

#include "context.h"

namespace redd::coho {

Result<std::string> askLine(const Context& context, std::string_view question);
Result<std::string> askSecret(const Context& context, std::string_view question);  // what is typed is not shown

}  // namespace redd::coho
