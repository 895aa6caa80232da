// Answer heads to bytes, and what a handler may not send. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace redd::http {

// How the end of an answer's body is known to the client (RFC 9112 6.3).
enum class Framing : std::uint8_t { none, fixed, chunked, untilClose };
enum class After : std::uint8_t { keepOpen, keepOpenSaidAloud, close };  // the second is for HTTP/1.0

struct AnswerFraming {
  Framing framing = Framing::none;
  std::uint64_t contentLength = 0;  // with Framing::fixed
  After after = After::keepOpen;
};

// Status 200 to 599, names are tokens, values hold no control character but tab (SEC-21).
bool isSendable(const ResponseHead& head);

// The handler's own content-length, when it is a number.
std::optional<std::uint64_t> declaredLength(const ResponseHead& head);

// Appends status line, fields and the empty line. Framing fields and hop-by-hop fields of the handler are left out.
void appendHead(std::string& out, const ResponseHead& head, const AnswerFraming& framing, std::string_view date);

bool isBodiless(std::string_view method, int status);  // HEAD, 204, 304

}  // namespace redd::http
