#include "head.h"

#include <array>
#include <charconv>
#include <cstring>

#include "http/url.h"
#include "syntax.h"

namespace redd::http {
namespace {

using syntax::equalsIgnoringCase;

enum class Target : std::uint8_t { good, badByte, badEscape, encodedNul };

// Path and query. A query may hold the quotes and brackets that browsers and curl leave as they are; a path may not hold what the
// URL parser of JavaScript reads as something else (a backslash) or what every client encodes.
Target checkTarget(std::string_view target) {
  const std::size_t pathEnd = std::min(target.find('?'), target.size());
  for (std::size_t i = 0; i < target.size(); ++i) {
    const char c = target[i];
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || c == '#') return Target::badByte;
    if (i < pathEnd && (c == '\\' || c == '"' || c == '<' || c == '>')) return Target::badByte;
    if (c != '%') continue;
    if (i + 2 >= target.size()) return Target::badEscape;
    const int high = syntax::hexValue(target[i + 1]);
    const int low = syntax::hexValue(target[i + 2]);
    if (high < 0 || low < 0) return Target::badEscape;
    if (high == 0 && low == 0 && i < pathEnd) return Target::encodedNul;
  }
  return Target::good;
}

// Methods that turn a server into something else (RFC 9110 9.3.6, 9.3.8).
bool isRefusedMethod(std::string_view method) { return method == "CONNECT" || method == "TRACE" || method == "TRACK"; }

}  // namespace

void HeadReader::reset() {
  head_.method.clear();
  head_.target.clear();
  head_.host.clear();
  head_.headers.clear();
  head_.contentLength.reset();
  head_.chunked = false;
  head_.keepAlive = true;
  authority_.clear();
  lineBegin_ = scanned_ = 0;
  isAdministration_ = hasHost_ = closeAsked_ = keepAliveAsked_ = false;
  version_ = Version::http11;
  expectation_ = Expectation::none;
}

HeadReader::State HeadReader::refuse(int status, std::string_view text) {
  refusal_ = {status, text};
  return State::refused;
}

HeadReader::State HeadReader::feed(std::string_view received) {
  for (;;) {
    const void* const found = scanned_ < received.size() ? std::memchr(received.data() + scanned_, '\n', received.size() - scanned_) : nullptr;
    if (!found) break;
    const auto lineFeed = static_cast<std::size_t>(static_cast<const char*>(found) - received.data());
    const std::string_view line = received.substr(lineBegin_, lineFeed - lineBegin_);
    scanned_ = lineFeed + 1;
    if (const State state = checkLength(line.size()); state != State::more) return state;
    if (scanned_ > headBytesMax()) return refuse(431, "The request head is too large");
    if (!line.ends_with('\r')) return refuse(400, "A line of the request head does not end with CR LF");
    const bool isFirst = lineBegin_ == 0;
    lineBegin_ = scanned_;
    if (isFirst && line.size() == 1) continue;  // RFC 9112 2.2: one empty line before a request is skipped
    const State state = takeLine(line.substr(0, line.size() - 1));
    if (state != State::more) return state;
  }
  scanned_ = received.size();
  return checkUnfinished(received);
}

// Of a line, finished or not, its CR included. Before anything else is said about the line: how it arrives must not matter.
HeadReader::State HeadReader::checkLength(std::size_t lineBytes) {
  if (head_.method.empty() && lineBytes > limits_->requestLineBytesMax + 1) return refuse(414, "The request line is too long");
  if (lineBytes > headerBytesMax() + 1) return refuse(431, "A header line is too long");
  return State::more;
}

HeadReader::State HeadReader::checkUnfinished(std::string_view received) {
  if (const State state = checkLength(received.size() - lineBegin_); state != State::more) return state;
  if (received.size() >= headBytesMax()) return refuse(431, "The request head is too large");
  return State::more;
}

HeadReader::State HeadReader::takeLine(std::string_view line) {
  if (head_.method.empty()) return takeRequestLine(line);
  return line.empty() ? finish() : takeField(line);
}

HeadReader::State HeadReader::takeRequestLine(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return refuse(400, "The request line is not METHOD TARGET HTTP/1.1");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (!syntax::isToken(method)) return refuse(400, "The method is not a token");
  if (version == "HTTP/1.1") {
    version_ = Version::http11;
  } else if (version == "HTTP/1.0") {
    version_ = Version::http10;
  } else if (version.starts_with("HTTP/") && version.find(' ') == std::string_view::npos) {
    return refuse(505, "This version of HTTP is not served; use 1.1");
  } else {
    return refuse(400, "The request line is not METHOD TARGET HTTP/1.1");
  }
  if (isRefusedMethod(method)) return refuse(501, "The method is not served");
  head_.method = method;
  const State state = takeTarget(target);
  isAdministration_ = isAdministrationPath(head_.path());
  return state;
}

HeadReader::State HeadReader::takeTarget(std::string_view target) {
  if (target == "*") {
    if (head_.method != "OPTIONS") return refuse(400, "The target '*' belongs to OPTIONS");
    head_.target = target;
    return State::more;
  }
  switch (checkTarget(target)) {
    case Target::good: break;
    case Target::badByte: return refuse(400, "The target holds a character that must be percent-encoded");
    case Target::badEscape: return refuse(400, "The target holds a malformed percent escape");
    case Target::encodedNul: return refuse(400, "The path holds an encoded NUL");
  }
  if (!target.starts_with('/')) return takeAbsoluteTarget(target);
  head_.target = target;
  return State::more;
}

// RFC 9112 3.2.2: "http://host/path". Reduced to its path; its authority must be the Host.
HeadReader::State HeadReader::takeAbsoluteTarget(std::string_view target) {
  const std::size_t schemeEnd = target.find("://");
  const std::string_view scheme = target.substr(0, schemeEnd == std::string_view::npos ? 0 : schemeEnd);
  if (!equalsIgnoringCase(scheme, "http") && !equalsIgnoringCase(scheme, "https")) {
    return refuse(400, "The target is neither a path nor an http(s) URL");
  }
  const std::string_view rest = target.substr(schemeEnd + 3);
  const std::size_t authorityEnd = std::min(rest.find_first_of("/?"), rest.size());
  authority_ = syntax::lowered(rest.substr(0, authorityEnd));
  if (!isValidHost(authority_)) return refuse(400, "The target's authority is not HOST or HOST:PORT");
  if (rest.substr(authorityEnd).starts_with('/')) {
    head_.target = rest.substr(authorityEnd);
  } else {
    head_.target.assign(1, '/').append(rest.substr(authorityEnd));
  }
  return State::more;
}

HeadReader::State HeadReader::takeField(std::string_view line) {
  if (head_.headers.size() >= limits_->headerCountMax) return refuse(431, "There are too many headers");
  std::string name;
  std::size_t colon = 0;
  for (; colon < line.size() && line[colon] != ':'; ++colon) {
    const char c = syntax::kTokenLower[static_cast<unsigned char>(line[colon])];
    if (c == 0) return refuse(400, "A header name is not a token, is followed by white space, or the line is folded");
    name.push_back(c);
  }
  if (colon == 0 || colon == line.size()) return refuse(400, "A header line is not NAME: VALUE");
  const std::string_view value = syntax::trimmed(line.substr(colon + 1));
  if (!syntax::isValue(value)) return refuse(400, "A header value holds a control character");
  const State state = takeKnownField(name, value);
  if (state != State::more) return state;
  head_.headers.add(std::move(name), std::string(value));
  return State::more;
}

// Called before the field is added, so that a field of the same name that is already there is a second one.
HeadReader::State HeadReader::takeKnownField(std::string_view name, std::string_view value) {
  if (name == "host") {
    if (hasHost_) return refuse(400, "There is more than one Host header");
    if (!isValidHost(value)) return refuse(400, "The Host header is not HOST or HOST:PORT");
    hasHost_ = true;
    head_.host = syntax::lowered(value);
  } else if (name == "content-length") {
    return takeContentLength(value);
  } else if (name == "transfer-encoding") {
    if (head_.chunked) return refuse(400, "There is more than one Transfer-Encoding header");
    if (version_ == Version::http10) return refuse(400, "HTTP/1.0 has no Transfer-Encoding");
    if (!equalsIgnoringCase(value, "chunked")) return refuse(501, "The only Transfer-Encoding served is chunked");
    head_.chunked = true;
  } else if (name == "connection") {
    return takeConnection(value);
  } else if (name == "expect") {
    if (version_ == Version::http10) return State::more;
    if (!equalsIgnoringCase(value, "100-continue")) return refuse(417, "The only expectation served is 100-continue");
    expectation_ = Expectation::continue100;
  } else if (name == "authorization") {
    if (head_.headers.find(name)) return refuse(400, "There is more than one Authorization header");
  }
  return State::more;
}

HeadReader::State HeadReader::takeContentLength(std::string_view value) {
  if (head_.contentLength) return refuse(400, "There is more than one Content-Length header");
  std::uint64_t length = 0;
  for (const char c : value) {
    if (!syntax::isDigit(c)) return refuse(400, "The Content-Length is not a number");
  }
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error == std::errc::result_out_of_range) return refuse(413, "The declared body is too large");
  if (error != std::errc{} || end != value.data() + value.size()) return refuse(400, "The Content-Length is not a number");
  if (length > limits_->streamedBodyBytesMax) return refuse(413, "The declared body is too large");
  head_.contentLength = length;
  return State::more;
}

HeadReader::State HeadReader::takeConnection(std::string_view value) {
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    const std::string_view option = syntax::trimmed(value.substr(begin, end - begin));
    closeAsked_ |= equalsIgnoringCase(option, "close");
    keepAliveAsked_ |= equalsIgnoringCase(option, "keep-alive");
    begin = end + 1;
  }
  return State::more;
}

HeadReader::State HeadReader::finish() {
  if (version_ == Version::http11 && !hasHost_) return refuse(400, "There is no Host header");
  if (!authority_.empty()) {
    if (hasHost_ && authority_ != head_.host) return refuse(400, "The target names another host than the Host header");
    head_.host = authority_;
  }
  if (head_.chunked && head_.contentLength) return refuse(400, "There is a Content-Length beside Transfer-Encoding");
  head_.keepAlive = !closeAsked_ && (version_ == Version::http11 || keepAliveAsked_);
  return State::done;
}

}  // namespace redd::http
