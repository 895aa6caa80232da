// Puts the rooms together and runs them: `redd serve` and `redd dev`. No logic of its own.
#pragma once

#include "settings.h"

namespace redd {

enum class Output : std::uint8_t { forPeople, json };

// Runs until SIGTERM or SIGINT; the process's exit code. Errors were printed, one sentence each.
int serve(const Settings& settings, Mode mode, Output output);

}  // namespace redd
