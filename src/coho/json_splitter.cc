#include "json_splitter.h"

#include <fmt/format.h>

#include "text.h"

namespace redd::coho {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

Error JsonSplitter::wrong(std::string_view what) const { return invalid(fmt::format("line {}: {}", line_, what)); }

Result<void> JsonSplitter::append(std::string_view bytes) {
  if (document_.size() + bytes.size() > kDocumentBytesMax) {
    return Error::make(ErrorCode::payloadTooLarge,
                       fmt::format("line {}: the document that begins here is larger than {}, or has no end", firstLine_, sizeText(kDocumentBytesMax)));
  }
  document_ += bytes;
  return {};
}

Result<void> JsonSplitter::between(char c) {
  if (expect_ == Expect::start && markBytes_ < kByteOrderMark.size() && c == kByteOrderMark[markBytes_]) {
    ++markBytes_;
    return {};
  }
  if (markBytes_ == 1 || markBytes_ == 2) return wrong("the input is not UTF-8 text. Fix: name its encoding with --encoding");
  if (c == '\n') ++line_;
  if (c == ' ' || c == '\t' || c == '\r' || c == '\n') return {};
  const bool mayBegin = expect_ == Expect::start || expect_ == Expect::document || expect_ == Expect::element;
  if (c == '{' && mayBegin) {
    depth_ = 1;
    firstLine_ = line_;
    document_ = "{";
    if (expect_ == Expect::start) expect_ = Expect::document;
    return {};
  }
  if (c == '[' && expect_ == Expect::start) {
    expect_ = Expect::element;
    return {};
  }
  if (c == ',' && expect_ == Expect::commaOrEnd) {
    expect_ = Expect::element;
    return {};
  }
  if (c == ']' && (expect_ == Expect::commaOrEnd || expect_ == Expect::element)) {
    expect_ = Expect::nothing;
    return {};
  }
  const auto found = fmt::format("found '{}'", inertLine(std::string_view(&c, 1)));
  if (expect_ == Expect::start) return wrong("a JSON array of objects, or an object on each line, was expected, and " + found);
  if (expect_ == Expect::nothing) return wrong("the array has ended, and more follows: " + found);
  return wrong((expect_ == Expect::commaOrEnd ? "',' or ']' was expected, and " : "an object was expected, and ") + found);
}

Result<std::size_t> JsonSplitter::inside(std::string_view rest) {
  std::size_t kept = 0;  // bytes of `rest` that are in document_ already
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (inText_) {
      if (c == '\n') return wrong("a text has no closing quote");  // behind a backslash too
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        inText_ = false;
      }
    } else if (c == '"') {
      inText_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      if (--depth_ > 0) continue;
      REDD_TRY_VOID(append(rest.substr(kept, i + 1 - kept)));
      return i + 1;
    } else if (c == '\n' || c == '\r') {
      if (c == '\n') ++line_;
      REDD_TRY_VOID(append(rest.substr(kept, i - kept)));
      REDD_TRY_VOID(append(" "));
      kept = i + 1;
    }
  }
  REDD_TRY_VOID(append(rest.substr(kept)));
  return rest.size();
}

Result<void> JsonSplitter::feed(std::string_view piece) {
  while (!piece.empty()) {
    if (depth_ == 0) {
      REDD_TRY_VOID(between(piece.front()));
      piece.remove_prefix(1);
      continue;
    }
    REDD_TRY(const auto used, inside(piece));
    piece.remove_prefix(used);
    if (depth_ > 0) continue;
    if (expect_ == Expect::element) expect_ = Expect::commaOrEnd;
    REDD_TRY_VOID(onDocument_(document_, firstLine_));
  }
  return {};
}

Result<void> JsonSplitter::finish() {
  if (depth_ > 0) return invalid(fmt::format("line {}: the input ends inside the document that begins here", firstLine_));
  if (expect_ == Expect::element || expect_ == Expect::commaOrEnd) return wrong("the input ends inside the array");
  return {};
}

}  // namespace redd::coho
