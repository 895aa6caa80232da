// Whom a proposed policy would turn away, of the callers that a space has accepted. A value; no thread of its own.
#pragma once

#include <string>
#include <vector>

#include "auth/verdict.h"

namespace redd::auth {

// Times are no part of it: the next token of a caller is a new one.
struct Forecast {
  std::vector<Check> checks;  // one a caller, in their order: the first check that refuses it; none: it goes on being accepted
  std::string keysProblem;    // why the keys of the proposed URL could not be had, and were not judged; "" otherwise
};

}  // namespace redd::auth
