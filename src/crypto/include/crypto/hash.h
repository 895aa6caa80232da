// Digests and comparison: OpenSSL behind a header that does not show it. Every function is thread-safe and keeps no state.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace redd::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

// About 0.5 µs for 900 bytes with the SHA instructions of the processor: cheap enough to key the cache of token verdicts.
Sha256Digest sha256(std::string_view bytes);
// Of what comes piece by piece; one thread at a time.
class Sha256 {
 public:
  Sha256();
  void update(std::string_view bytes);
  Sha256Digest finish();  // once

 private:
  alignas(8) std::array<unsigned char, 128> state_;
};
std::string hex(const Sha256Digest& digest);                            // 64 lower-case digits
std::string sha256Hex(std::string_view bytes);                          // 64 lower-case digits
Sha256Digest hmacSha256(std::string_view key, std::string_view bytes);  // RFC 2104

// Takes the same time for every pair of texts of one length; only the lengths may be learned. For tokens and digests.
bool constantTimeEqual(std::string_view a, std::string_view b);

}  // namespace redd::crypto
