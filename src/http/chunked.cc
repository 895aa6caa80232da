#include "chunked.h"

#include <algorithm>

#include "syntax.h"

namespace redd::http {
namespace {

constexpr std::uint8_t kSizeDigitsMax = 16;

}  // namespace

Result<ChunkDecoder::Step> ChunkDecoder::next(std::string_view in) {
  Step step;
  while (step.used < in.size() && state_ != State::done) {
    if (state_ == State::data) {
      const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size() - step.used));
      step.data = in.substr(step.used, length);
      step.used += length;
      left_ -= length;
      if (left_ == 0) state_ = State::dataCr;
      return step;
    }
    REDD_TRY_VOID(takeByte(in[step.used]));
    ++step.used;
  }
  return step;
}

Result<void> ChunkDecoder::expect(char c, char wanted, State then) {
  if (c != wanted) return invalid("The chunked body is malformed: CR LF expected");
  state_ = then;
  return {};
}

Result<void> ChunkDecoder::takeByte(char c) {
  switch (state_) {
    case State::size: return takeSizeByte(c);
    case State::extension:
      if (c == '\r') return expect(c, '\r', State::sizeLf);
      if (!syntax::isValueByte(c)) return invalid("The chunked body is malformed: control character in a chunk extension");
      if (++extensionBytes_ > limits_->chunkExtensionBytesMax) return invalid("The chunk extensions are too long");
      return {};
    case State::sizeLf: {
      const bool last = left_ == 0;
      sizeDigits_ = 0;
      return expect(c, '\n', last ? State::trailerBegin : State::data);
    }
    case State::dataCr: return expect(c, '\r', State::dataLf);
    case State::dataLf: return expect(c, '\n', State::size);
    case State::endLf: return expect(c, '\n', State::done);
    default: return takeTrailerByte(c);
  }
}

Result<void> ChunkDecoder::takeSizeByte(char c) {
  if (const int digit = syntax::hexValue(c); digit >= 0) {
    if (++sizeDigits_ > kSizeDigitsMax) return invalid("The chunked body is malformed: a chunk size has too many digits");
    left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
    return {};
  }
  if (sizeDigits_ == 0 || (c != '\r' && c != ';')) return invalid("The chunked body is malformed: a chunk size is not a hexadecimal number");
  if (bodyBytes_ > bodyBytesMax_ || left_ > bodyBytesMax_ - bodyBytes_) {
    return Error::make(ErrorCode::payloadTooLarge, "Payload too large");
  }
  bodyBytes_ += left_;
  state_ = c == '\r' ? State::sizeLf : State::extension;
  return {};
}

Result<void> ChunkDecoder::takeTrailerByte(char c) {
  if (++trailerBytes_ > limits_->trailerBytesMax) return invalid("The trailers are too long");
  switch (state_) {
    case State::trailerBegin:
      if (c == '\r') return expect(c, '\r', State::endLf);
      [[fallthrough]];
    case State::trailerName:
      if (c == ':' && state_ == State::trailerName) {
        state_ = State::trailerValue;
        return {};
      }
      if (syntax::kTokenLower[static_cast<unsigned char>(c)] == 0) return invalid("The chunked body is malformed: a trailer is not NAME: VALUE");
      state_ = State::trailerName;
      return {};
    case State::trailerValue:
      if (c == '\r') return expect(c, '\r', State::trailerLf);
      if (!syntax::isValueByte(c)) return invalid("The chunked body is malformed: control character in a trailer");
      return {};
    default: return expect(c, '\n', State::trailerBegin);
  }
}

}  // namespace redd::http
