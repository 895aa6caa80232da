// Randomness from the kernel (getrandom). Every function is thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace redd {

void fillRandom(std::span<std::byte> out);
std::uint64_t randomU64();
std::string randomHex(std::size_t bytes);                 // 2 × bytes lower-case hex digits
std::string randomLabel(std::size_t length);              // [a-z0-9], uniform: for project suffixes
std::string uuidV4();                                     // RFC 9562 5.4
std::string objectId();                                   // 24 hex digits that grow with time: spec 40.2

}  // namespace redd
