// F-9, frames: whatever a worker sends, and however the kernel cuts it, gives the same frames, or the same refusal.
// First byte of the input: the size of the pieces.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/frame.h"

namespace {

constexpr std::size_t kPayloadBytesMax = 70'000;

std::string readAll(std::string_view bytes, std::size_t piece) {
  redd::wire::FrameReader reader(kPayloadBytesMax);
  std::string seen;
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (;;) {
      auto next = reader.next();
      if (!next) return seen + "!" + next.error().detail;
      if (!*next) break;
      const redd::wire::Frame& frame = **next;
      unsigned sum = 0;
      for (std::size_t i = 0; i < redd::wire::kPaddingBytes; ++i)
        sum += static_cast<unsigned char>(frame.payload.data()[frame.payload.size() + i]);
      if (sum > 256 * redd::wire::kPaddingBytes || frame.payload.size() > kPayloadBytesMax) std::abort();
      redd::wire::appendFrame(seen, static_cast<std::uint8_t>(frame.type), frame.flags, frame.id, frame.payload);
      if (frame.type == redd::wire::FromWorker::answer || frame.type == redd::wire::FromWorker::callBytes) {
        if (const auto parts = redd::wire::splitJson(frame);
            parts && parts->json.size() + parts->bytes.size() + 4 != frame.payload.size())
          std::abort();
      }
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = readAll(bytes, bytes.size() + 1);
  if (whole != readAll(bytes, std::size_t{data[0]} + 1)) std::abort();
  const std::size_t frames = whole.find('!') == std::string::npos ? whole.size() : 0;
  if (frames > 0 && whole != bytes.substr(0, frames)) std::abort();
  return 0;
}
