// Takes a space's secrets out of texts that people read later (SEC-35): the values of encrypted variables and the keys of API tokens
// become ******, wherever a script, an error or an address holds them. Values of fewer than kRedactedBytesMin bytes stay: they would
// take ordinary words out of the log.
//
// Found are a secret as it is, each long line of one with several lines, and what JSON and percent-encoding make of it; and its beginning
// at the end of a text that was cut off. Control-plane tokens (redd_…) and signed JWTs are known by their form alone, whosever they are.
// Pure. Costs nothing but a look for "redd_" and for "eyJ" for a space without secrets, and one search a form for the others.
#pragma once

#include <string>
#include <string_view>

#include "space/space.h"

namespace redd::space {

inline constexpr std::size_t kRedactedBytesMin = 6;
inline constexpr std::string_view kRedacted = "******";

std::string redacted(const Space& space, std::string_view text);

}  // namespace redd::space
