#include "answer_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "syntax.h"

namespace redd::http {
namespace {

constexpr std::array<std::string_view, 9> kOwn{"connection", "content-length", "date",    "keep-alive", "proxy-connection",
                                               "te",         "trailer",        "upgrade", "transfer-encoding"};

bool isOwn(std::string_view name) {
  return std::ranges::any_of(kOwn, [name](std::string_view own) { return syntax::equalsIgnoringCase(name, own); });
}

}  // namespace

bool isSendable(const ResponseHead& head) {
  if (head.status < 200 || head.status > 599) return false;
  return std::ranges::all_of(head.headers,
                             [](const auto& field) { return syntax::isToken(field.first) && syntax::isValue(field.second); });
}

std::optional<std::uint64_t> declaredLength(const ResponseHead& head) {
  const auto text = head.headers.find("content-length");
  if (!text || text->empty() || !std::ranges::all_of(*text, syntax::isDigit)) return std::nullopt;
  std::uint64_t length = 0;
  if (std::from_chars(text->data(), text->data() + text->size(), length).ec != std::errc{}) return std::nullopt;
  return length;
}

bool isBodiless(std::string_view method, int status) { return status == 204 || status == 304 || method == "HEAD"; }

void appendHead(std::string& out, const ResponseHead& head, const AnswerFraming& framing, std::string_view date) {
  const fmt::format_int status(head.status);
  out.append("HTTP/1.1 ").append(status.data(), status.size()).append(1, ' ').append(reasonPhrase(head.status)).append("\r\n");
  for (const auto& [name, value] : head.headers) {
    if (isOwn(name)) continue;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  out.append("date: ").append(date).append("\r\n");
  if (framing.framing == Framing::fixed) {
    const fmt::format_int length(framing.contentLength);
    out.append("content-length: ").append(length.data(), length.size()).append("\r\n");
  } else if (framing.framing == Framing::chunked) {
    out.append("transfer-encoding: chunked\r\n");
  }
  if (framing.after == After::close) {
    out.append("connection: close\r\n");
  } else if (framing.after == After::keepOpenSaidAloud) {
    out.append("connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

}  // namespace redd::http
