#include "transcoder.h"

#include <fmt/format.h>
#include <iconv.h>

#include <cerrno>
#include <cstdint>

#include "text.h"

namespace redd::coho {

void Transcoder::Close::operator()(void* descriptor) const { iconv_close(descriptor); }

Result<Transcoder> Transcoder::open(const std::string& encoding) {
  Transcoder out(encoding);
  if (encoding.empty() || encoding == "utf8" || encoding == "utf-8" || encoding == "UTF-8") return out;
  iconv_t descriptor = iconv_open("UTF-8", encoding == "utf16le" ? "utf-16le" : encoding.c_str());
  if (descriptor == reinterpret_cast<iconv_t>(-1)) {
    return invalid(fmt::format("the encoding '{}' is not known. Fix: iconv -l lists them; usual ones are utf-8, latin1, windows-1252, utf-16", inertLine(encoding)));
  }
  out.descriptor_.reset(descriptor);
  return out;
}

Result<std::string> Transcoder::feed(std::string_view piece) {
  if (!descriptor_) return std::string(piece);
  std::string in = std::exchange(left_, {}) + std::string(piece);
  std::string out(in.size() * 3 + 16, '\0');  // no encoding of two bytes or one needs more
  char* from = in.data();
  std::size_t fromLeft = in.size();
  std::size_t written = 0;
  while (fromLeft > 0) {
    char* to = out.data() + written;
    std::size_t toLeft = out.size() - written;
    const auto done = iconv(descriptor_.get(), &from, &fromLeft, &to, &toLeft);
    written = out.size() - toLeft;
    if (done != static_cast<std::size_t>(-1)) break;
    if (errno == E2BIG) {
      out.resize(out.size() * 2);
    } else if (errno == EINVAL) {
      left_.assign(from, fromLeft);
      break;
    } else {
      return invalid(fmt::format("byte {} of the input is not {} text", bytesRead_ + in.size() - fromLeft + 1, inertLine(encoding_)));
    }
  }
  bytesRead_ += in.size() - left_.size();
  out.resize(written);
  return out;
}

Result<void> Transcoder::finish() const {
  if (left_.empty()) return {};
  return invalid(fmt::format("the input ends inside a character of {}", inertLine(encoding_)));
}

}  // namespace redd::coho
