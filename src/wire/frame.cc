#include "wire/frame.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace redd::wire {
namespace {

constexpr std::size_t kBufferBytes = 64 << 10;  // kept between frames; larger ones are given back

enum class Id : std::uint8_t { zero, nonZero, any };

struct Rule {
  std::uint8_t flags;  // those allowed
  Id id;
  std::size_t bytesMin, bytesMax;
};

constexpr std::size_t kAny = SIZE_MAX;
constexpr std::array<Rule, 12> kRules{{
    {0, Id::zero, 2, kAny},            // ready
    {0, Id::zero, 2, kAny},            // loadFailed
    {0, Id::nonZero, 2, kAny},         // head
    {kFlagEnd, Id::nonZero, 0, kAny},  // body
    {0, Id::nonZero, 6, kAny},         // answer
    {0, Id::nonZero, 4, 4},            // credit
    {0, Id::nonZero, 2, kAny},         // call
    {0, Id::nonZero, 0, 0},            // settled
    {0, Id::nonZero, 0, 0},            // noHook
    {0, Id::any, 2, kAny},             // log
    {0, Id::any, 0, 0},                // pong
    {0, Id::nonZero, 6, kAny},         // callBytes
}};

const Rule* ruleOf(std::uint8_t type) {
  const unsigned index = unsigned{type} - static_cast<unsigned>(FromWorker::ready);
  return index < kRules.size() ? &kRules[index] : nullptr;
}

std::uint32_t loadU32(const char* p) {
  std::array<unsigned char, 4> b{};
  std::memcpy(b.data(), p, 4);
  return std::uint32_t{b[0]} | std::uint32_t{b[1]} << 8 | std::uint32_t{b[2]} << 16 | std::uint32_t{b[3]} << 24;
}

void storeU32(char* p, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) p[i] = static_cast<char>(value >> (8 * i));
}

Error bad(std::uint8_t type, std::string_view why) {
  return Error::hidden(ErrorCode::workerFailed, "frame of type " + std::to_string(type) + ": " + std::string(why));
}

Result<void> checkHeader(const char* header, std::size_t payloadBytesMax) {
  const auto type = static_cast<std::uint8_t>(header[4]);
  const auto flags = static_cast<std::uint8_t>(header[5]);
  const Rule* rule = ruleOf(type);
  if (!rule) return bad(type, "unknown type");
  if (header[6] != 0 || header[7] != 0) return bad(type, "reserved bytes are not zero");
  if ((flags & ~rule->flags) != 0) return bad(type, "flags that it cannot have");
  const std::uint32_t id = loadU32(header + 8);
  if (rule->id == Id::zero ? id != 0 : rule->id == Id::nonZero && id == 0) return bad(type, "an id that it cannot have");
  const std::size_t bytes = loadU32(header);
  if (bytes > payloadBytesMax) return bad(type, "payload of " + std::to_string(bytes) + " bytes is over the limit");
  if (bytes < rule->bytesMin || bytes > rule->bytesMax) return bad(type, "a length that it cannot have");
  return {};
}

void append(std::string& out, ToWorker type, std::uint8_t flags, std::uint32_t id, std::string_view payload) {
  appendFrame(out, static_cast<std::uint8_t>(type), flags, id, payload);
}

std::uint8_t endFlag(Piece piece) { return piece == Piece::last ? kFlagEnd : std::uint8_t{0}; }

}  // namespace

std::span<char> FrameReader::prepare() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (buffer_.size() > kBufferBytes + kPaddingBytes) buffer_ = {};
  }
  if (buffer_.empty()) buffer_.resize(kBufferBytes + kPaddingBytes);
  if (buffer_.size() - kPaddingBytes - begin_ < wanted_ || buffer_.size() - kPaddingBytes == end_) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    const std::size_t room = buffer_.size() - kPaddingBytes;
    if (end_ == room) buffer_.resize(std::min(std::max(wanted_, end_ + 1), 2 * room) + kPaddingBytes);
  }
  return std::span(buffer_).subspan(end_, buffer_.size() - kPaddingBytes - end_);
}

void FrameReader::commit(std::size_t bytes) {
  REDD_CHECK(bytes <= buffer_.size() - kPaddingBytes - end_);
  end_ += bytes;
}

void FrameReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<char> room = prepare();
    const std::size_t now = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), now);
    commit(now);
    bytes.remove_prefix(now);
  }
}

Result<std::optional<Frame>> FrameReader::next() {
  wanted_ = kHeaderBytes;
  const std::size_t have = end_ - begin_;
  if (have < kHeaderBytes) return std::optional<Frame>();
  const char* header = buffer_.data() + begin_;
  REDD_TRY_VOID(checkHeader(header, payloadBytesMax_));
  const std::size_t bytes = loadU32(header);
  wanted_ = kHeaderBytes + bytes;
  if (have < wanted_) return std::optional<Frame>();
  begin_ += wanted_;
  wanted_ = kHeaderBytes;
  return std::optional(Frame{FromWorker{static_cast<std::uint8_t>(header[4])}, static_cast<std::uint8_t>(header[5]), loadU32(header + 8),
                             std::string_view(header + kHeaderBytes, bytes)});
}

std::uint32_t readU32(std::string_view fourBytes) {
  REDD_CHECK(fourBytes.size() == 4);
  return loadU32(fourBytes.data());
}

Result<JsonAndBytes> splitJson(const Frame& frame) {
  const auto type = static_cast<std::uint8_t>(frame.type);
  const std::string_view payload = frame.payload;
  if (payload.size() < 4) return bad(type, "shorter than its length field");
  const std::size_t jsonBytes = loadU32(payload.data());
  if (jsonBytes > payload.size() - 4) return bad(type, "JSON longer than the frame");
  return JsonAndBytes{payload.substr(4, jsonBytes), payload.substr(4 + jsonBytes)};
}

void appendFrame(std::string& out, std::uint8_t type, std::uint8_t flags, std::uint32_t id, std::string_view payload) {
  std::array<char, kHeaderBytes> header{};
  storeU32(header.data(), static_cast<std::uint32_t>(payload.size()));
  header[4] = static_cast<char>(type);
  header[5] = static_cast<char>(flags);
  storeU32(header.data() + 8, id);
  out.append(header.data(), header.size()).append(payload);
}

void appendHello(std::string& out, std::string_view json) { append(out, ToWorker::hello, 0, 0, json); }

void appendBundle(std::string& out, std::string_view text, Piece piece) { append(out, ToWorker::bundle, endFlag(piece), 0, text); }

void appendInvoke(std::string& out, std::uint32_t invocation, std::string_view json, Piece piece) {
  append(out, ToWorker::invoke, endFlag(piece), invocation, json);
}

void appendBody(std::string& out, std::uint32_t invocation, std::string_view bytes, Piece piece) {
  append(out, ToWorker::body, endFlag(piece), invocation, bytes);
}

void appendCredit(std::string& out, std::uint32_t invocation, std::uint32_t bytes) {
  std::array<char, 4> payload{};
  storeU32(payload.data(), bytes);
  append(out, ToWorker::credit, 0, invocation, std::string_view(payload.data(), payload.size()));
}

void appendResult(std::string& out, std::uint32_t call, std::string_view json, ResultKind kind) {
  append(out, ToWorker::result, kind == ResultKind::error ? kFlagError : std::uint8_t{0}, call, json);
}

void appendBytes(std::string& out, std::uint32_t call, std::string_view bytes) { append(out, ToWorker::bytes, 0, call, bytes); }

void appendAbort(std::string& out, std::uint32_t invocation, std::string_view reason) {
  append(out, ToWorker::abort, 0, invocation, "{\"reason\":\"" + std::string(reason) + "\"}");
}

void appendDrain(std::string& out) { append(out, ToWorker::drain, 0, 0, {}); }

void appendPing(std::string& out, std::uint32_t id) { append(out, ToWorker::ping, 0, id, {}); }

}  // namespace redd::wire
