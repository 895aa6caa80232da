// Passwords at rest: scrypt (RFC 7914) behind one text that keeps its parameters, so that they can grow later (SEC-31).
//
// A hash at kScryptCost takes about half a second of one core and 128 MiB while it runs: never on a loop, and few at a time.
// Thread-safe, stateless.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace redd::crypto {

struct ScryptCost {
  unsigned logN = 17;  // N = 2^logN
  std::uint32_t r = 8, p = 1;
};
inline constexpr ScryptCost kScryptCost;

// "$scrypt$ln=17,r=8,p=1$SALT$HASH": 16 random bytes of salt and 32 of hash, base64url.
std::string hashPassword(std::string_view password, ScryptCost cost = kScryptCost);
// False for another password, and for a text that hashPassword() did not make.
bool verifyPassword(std::string_view password, std::string_view stored);
// Was it made with less work than `cost`? Then hash anew while the password is at hand.
bool isWeakerHash(std::string_view stored, ScryptCost cost = kScryptCost);

}  // namespace redd::crypto
