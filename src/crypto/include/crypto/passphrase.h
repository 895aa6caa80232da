// Sealing under a passphrase, for secrets that travel to where the key of the server is not: backups' keys, the secrets of a space's archive.
//
// scrypt (N = 2^17, r = 8, p = 1: 128 MiB and some tenths of a second a try) makes the key, seal.h seals with it. Blocks; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::crypto {

inline constexpr std::size_t kPassphraseBytesMin = 12;

// Binary: one byte of version, 16 of salt, what seal() makes. Error (invalidArgument): the passphrase is too short.
Result<std::string> sealUnder(std::string_view passphrase, std::string_view aad, std::string_view plain);
// Error (invalidArgument): another passphrase, or what was sealed has been changed.
Result<std::string> openUnder(std::string_view passphrase, std::string_view aad, std::string_view sealed);

}  // namespace redd::crypto
