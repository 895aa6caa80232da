// Admission of a request head: raw bytes in, a RequestHead or a refusal out (SEC-12, SEC-13; RFC 9112).
//
// The one parser of heads. It reads line by line as bytes arrive, so that a request sent byte by byte gets the same answer as one
// sent whole, and a broken line is refused when it ends. Strict on purpose: whatever two parsers might read differently is refused.
// Pure: no socket, no clock. Limits: request line, one header line, header count, whole head (414, 431), declared body (413).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "http/message.h"

namespace redd::http {

// Why a request is not served: the status and a sentence for the client. The text never quotes the request.
struct Refusal {
  int status = 400;
  std::string_view text;  // a literal
};

enum class Version : std::uint8_t { http10, http11 };
enum class Expectation : std::uint8_t { none, continue100 };

class HeadReader {
 public:
  enum class State : std::uint8_t { more, done, refused };

  explicit HeadReader(const Limits& limits) : limits_(&limits) {}

  // `received` is everything from the head's first byte on; it may only grow between two calls. After `done` or `refused` the
  // reader is to be reset.
  State feed(std::string_view received);
  void reset();  // keeps its memory for the next head

  // After `done`.
  const RequestHead& head() const { return head_; }
  Version version() const { return version_; }
  Expectation expectation() const { return expectation_; }
  std::size_t headBytes() const { return lineBegin_; }  // of `received`, the empty line included

  // After `refused`.
  const Refusal& refusal() const { return refusal_; }

 private:
  std::size_t headerBytesMax() const { return isAdministration_ ? limits_->administrationHeaderBytesMax : limits_->headerBytesMax; }
  std::size_t headBytesMax() const { return isAdministration_ ? limits_->administrationHeadBytesMax : limits_->headBytesMax; }
  State refuse(int status, std::string_view text);
  State checkLength(std::size_t lineBytes);
  State checkUnfinished(std::string_view received);
  State takeLine(std::string_view line);
  State takeRequestLine(std::string_view line);
  State takeTarget(std::string_view target);
  State takeAbsoluteTarget(std::string_view target);
  State takeField(std::string_view line);
  State takeKnownField(std::string_view name, std::string_view value);
  State takeContentLength(std::string_view value);
  State takeConnection(std::string_view value);
  State finish();

  const Limits* limits_;
  RequestHead head_;
  Refusal refusal_;
  std::string authority_;      // of an absolute target
  std::size_t lineBegin_ = 0;  // the first line that is not complete yet
  std::size_t scanned_ = 0;    // no LF between lineBegin_ and here
  bool isAdministration_ = false;  // the target is an _A_D_M_ path
  bool hasHost_ = false;
  bool closeAsked_ = false;
  bool keepAliveAsked_ = false;
  Version version_ = Version::http11;
  Expectation expectation_ = Expectation::none;
};

}  // namespace redd::http
