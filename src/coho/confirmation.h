// What cannot be undone asks for the name of what it befalls: typed on a terminal, else given by --confirm NAME, or waived by --yes.
#pragma once

#include <string>
#include <string_view>

#include "context.h"

namespace redd::coho {

struct Confirmation {
  std::string name;      // --confirm
  bool isWaived = false;  // --yes
};

// `what` is the sentence that says what will happen. Error: not confirmed, with the way to do so.
Result<void> confirm(const Context& context, const Confirmation& given, std::string_view what, std::string_view name);

}  // namespace redd::coho
