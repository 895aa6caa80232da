// Sealing of secrets that must be stored and read again (API tokens, encrypted variables: spec 30.2, 30.8).
//
// AES-256-GCM with a random nonce. The associated data ties a sealed value to its place (for example "env:SPACE:NAME"), so that a
// row copied elsewhere does not open. One key may seal 2^32 values; ours seals a few thousand. Thread-safe, stateless.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::crypto {

using SealingKey = std::array<std::uint8_t, 32>;

SealingKey randomSealingKey();
// Binary: one byte of version, 12 of nonce, the ciphertext, 16 of tag.
std::string seal(const SealingKey& key, std::string_view aad, std::string_view plain);
// Error (internal, detail only): too short, another version, or not sealed with this key and this associated data.
Result<std::string> open(const SealingKey& key, std::string_view aad, std::string_view sealed);

}  // namespace redd::crypto
