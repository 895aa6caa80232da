// F-2: chunked bodies. The decoded body and the verdict must not depend on how the bytes arrive, and limits hold.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "chunked.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

struct Outcome {
  std::string body;
  std::size_t used = 0;
  bool done = false;
  bool failed = false;
  redd::ErrorCode code{};
  bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string_view input, std::size_t piece, const redd::Limits& limits) {
  redd::http::ChunkDecoder decoder(limits);
  Outcome outcome;
  while (outcome.used < input.size() && !decoder.done()) {
    const auto step = decoder.next(input.substr(outcome.used, piece));
    if (!step) return Outcome{std::move(outcome.body), 0, false, true, step.error().code};
    require(step->used > 0 && step->used <= piece);
    outcome.body += step->data;
    outcome.used += step->used;
  }
  outcome.done = decoder.done();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  redd::Limits limits;
  limits.streamedBodyBytesMax = 1024;
  limits.chunkExtensionBytesMax = 64;
  limits.trailerBytesMax = 128;
  const Outcome whole = decode(input, input.size() + 1, limits);
  require(whole.body.size() <= limits.streamedBodyBytesMax);
  require(decode(input, 1, limits) == whole);
  require(decode(input, 5, limits) == whole);
  return 0;
}
