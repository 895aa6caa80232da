// Strict decoder of chunked bodies (RFC 9112 7.1, SEC-12): 1 to 16 hex digits, CR LF everywhere, bounded extensions and trailers,
// both of which are checked and dropped. Pure: bytes in, pieces of them out; no copy is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"

namespace redd::http {

class ChunkDecoder {
 public:
  explicit ChunkDecoder(const Limits& limits) : limits_(&limits), bodyBytesMax_(limits.streamedBodyBytesMax) {}

  // A chunk that would lead beyond this is refused when its size line is read.
  void setBodyLimit(std::uint64_t bytes) { bodyBytesMax_ = bytes; }

  // Takes framing from the front of `in` up to the next piece of data. `used` counts what may be forgotten, the piece included.
  // Without a piece either all of `in` was used or the body is done(). Errors, after which the decoder is dead:
  // invalidArgument (framing), payloadTooLarge (body limit).
  struct Step {
    std::size_t used = 0;
    std::string_view data;
  };
  Result<Step> next(std::string_view in);

  bool done() const { return state_ == State::done; }

 private:
  enum class State : std::uint8_t {
    size, extension, sizeLf, data, dataCr, dataLf, trailerBegin, trailerName, trailerValue, trailerLf, endLf, done
  };

  Result<void> takeByte(char c);
  Result<void> takeSizeByte(char c);
  Result<void> takeTrailerByte(char c);
  Result<void> expect(char c, char wanted, State then);

  const Limits* limits_;
  std::uint64_t bodyBytesMax_;
  std::uint64_t bodyBytes_ = 0;       // of all chunks whose size line was read
  std::uint64_t left_ = 0;            // of the current chunk
  std::size_t extensionBytes_ = 0;    // of the whole body
  std::size_t trailerBytes_ = 0;
  std::uint8_t sizeDigits_ = 0;
  State state_ = State::size;
};

}  // namespace redd::http
