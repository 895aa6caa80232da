// Time. Wall-clock time is milliseconds since 1970 UTC in an int64; durations in code end in Ms or S.
#pragma once

#include <cstdint>
#include <string>

namespace redd {

using UnixMs = std::int64_t;

UnixMs nowMs();                    // wall clock; may step
std::int64_t monotonicNs();        // never steps; for durations only
std::string isoTime(UnixMs time);  // 2026-11-23T21:07:24.123Z, as Date.prototype.toISOString

}  // namespace redd
