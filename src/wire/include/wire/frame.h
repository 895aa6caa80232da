// Frames between server and worker: PROTOCOL.md in bytes. Pure functions and one incremental reader; no I/O, no JSON.
//
// What comes from a worker is hostile (SEC-27): FrameReader hands out only frames whose type, flags, id and length are allowed by
// PROTOCOL.md, and after the first bad one nothing more. Its buffer grows with what has arrived, up to one frame of the largest size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace redd::wire {

inline constexpr int kProtocolVersion = 1;
inline constexpr std::size_t kHeaderBytes = 12;
inline constexpr std::size_t kPaddingBytes = 64;  // readable behind every payload, as simdjson wants it

enum class ToWorker : std::uint8_t { hello = 1, bundle, invoke, body, credit, result, abort, drain, ping, bytes };
enum class FromWorker : std::uint8_t { ready = 65, loadFailed, head, body, answer, credit, call, settled, noHook, log, pong, callBytes };

inline constexpr std::uint8_t kFlagEnd = 1;
inline constexpr std::uint8_t kFlagError = 2;

// ---- from the worker ----

struct Frame {
  FromWorker type = FromWorker::ready;
  std::uint8_t flags = 0;
  std::uint32_t id = 0;
  std::string_view payload;  // into the reader's buffer: until the next prepare(), commit() or feed()
  bool end() const { return (flags & kFlagEnd) != 0; }
};

class FrameReader {
 public:
  explicit FrameReader(std::size_t payloadBytesMax) : payloadBytesMax_(payloadBytesMax) {}

  // Room to receive into, never empty; then commit() what was received.
  std::span<char> prepare();
  void commit(std::size_t bytes);
  void feed(std::string_view bytes);  // prepare and commit in one, for tests

  // The next whole frame, nothing when more bytes are needed, or the reason why this worker must go. Call until nothing comes.
  Result<std::optional<Frame>> next();

 private:
  std::size_t payloadBytesMax_;
  std::vector<char> buffer_;  // kPaddingBytes longer than what may be received into
  std::size_t begin_ = 0;     // bytes [begin_, end_) are received and not yet handed out
  std::size_t end_ = 0;
  std::size_t wanted_ = kHeaderBytes;  // whole size of the frame at begin_, as far as it is known
};

std::uint32_t readU32(std::string_view fourBytes);  // little endian; fourBytes.size() == 4

// The payload of `answer` and `callBytes`.
struct JsonAndBytes {
  std::string_view json;   // at least kPaddingBytes are readable behind it: the bytes, then the frame's padding
  std::string_view bytes;
};
Result<JsonAndBytes> splitJson(const Frame& frame);

// ---- to the worker: each appends one frame to `out` ----

enum class Piece : std::uint8_t { more, last };
enum class ResultKind : std::uint8_t { value, error };

void appendHello(std::string& out, std::string_view json);
void appendBundle(std::string& out, std::string_view text, Piece piece);
void appendInvoke(std::string& out, std::uint32_t invocation, std::string_view json, Piece piece);  // last: there is no body
void appendBody(std::string& out, std::uint32_t invocation, std::string_view bytes, Piece piece);
void appendCredit(std::string& out, std::uint32_t invocation, std::uint32_t bytes);
void appendResult(std::string& out, std::uint32_t call, std::string_view json, ResultKind kind);
void appendBytes(std::string& out, std::uint32_t call, std::string_view bytes);
void appendAbort(std::string& out, std::uint32_t invocation, std::string_view reason);  // reason: plain lower-case word
void appendDrain(std::string& out);
void appendPing(std::string& out, std::uint32_t id);

// Any frame, also a wrong one: for tests that play the worker.
void appendFrame(std::string& out, std::uint8_t type, std::uint8_t flags, std::uint32_t id, std::string_view payload);

}  // namespace redd::wire
