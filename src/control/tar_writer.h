// A tar as it is streamed: what stands before, behind and after the content of regular files. POSIX ustar, with a pax header where a
// path is longer than ustar's 100 bytes. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace redd::control {

std::string tarHeader(std::string_view path, std::uint64_t bytes, UnixMs modifiedMs);  // path: without a slash before it
std::string tarPadding(std::uint64_t bytes);  // behind a content of so many bytes
std::string tarTail();

}  // namespace redd::control
