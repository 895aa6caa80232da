// Filters as people write them in a shell (in the spirit of spec 80.2) and their JSON (spec 40.7):
//
//   name=/^a/i age>=18 age<65 status=open,closed !deleted "note=two words"
//
// Conditions stand between spaces or '&' and all must hold. FIELD=V, FIELD!=V, >, >=, <, <=; a list a,b is one of them; FIELD alone: it
// is there; !FIELD: it is not; FIELD:op=V is {$op: V}. A value is true, false, null, a number, /a regular expression/flags, or text, in
// quotes when it holds spaces, commas or '&'. Text that begins with '{' is JSON already. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::coho {

// One JSON object; "{}" for no text. Errors (invalidArgument) quote the condition and say what is wrong with it.
Result<std::string> filterJson(std::string_view text);

}  // namespace redd::coho
