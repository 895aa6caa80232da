#include "answers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "json_writer.h"

namespace redd::control {

void addControlHeaders(http::ResponseHead& head, std::string_view contentType) {
  head.headers.add("content-type", std::string(contentType));
  head.headers.add("cache-control", "no-store");
  head.headers.add("x-content-type-options", "nosniff");
}

std::string errorJson(const Error& error) {
  return JsonObject().text("error", error.text()).text("code", name(error.code)).members(error.members).end();
}

Task<Result<std::string>> readBody(http::Exchange& exchange, std::uint64_t bytesMax) {
  exchange.setBodyLimit(bytesMax);
  std::string body;
  if (const auto length = exchange.head().contentLength; length && *length <= bytesMax) body.reserve(*length);
  while (true) {
    REDD_CO_TRY(const auto piece, co_await exchange.readBody());
    if (piece.empty()) co_return body;
    body += piece;
  }
}

Task<void> respondJson(http::Exchange& exchange, int status, std::string body) {
  http::ResponseHead head{status, {}};
  addControlHeaders(head, "application/json");
  std::ignore = co_await exchange.respond(std::move(head), std::move(body));
}

void addRetryAfter(http::ResponseHead& head, const Error& error) {
  constexpr std::string_view member = "\"retryAfterS\":";
  if (error.members.starts_with(member)) head.headers.add("retry-after", error.members.substr(member.size()));
}

Task<void> respondError(http::Exchange& exchange, Error error) {
  if (error.code == ErrorCode::cancelled) co_return;
  http::ResponseHead head{httpStatus(error.code), {}};
  addControlHeaders(head, "application/json");
  if (head.status == 401) head.headers.add("www-authenticate", "Bearer realm=\"redd\"");
  addRetryAfter(head, error);
  std::ignore = co_await exchange.respond(std::move(head), errorJson(error));
}

Task<void> refuseMethod(http::Exchange& exchange, std::vector<std::string_view> allowed) {
  const auto allow = fmt::format("{}", fmt::join(allowed, ", "));
  http::ResponseHead head{405, {}};
  addControlHeaders(head, "application/json");
  head.headers.add("allow", allow);
  auto body = JsonObject().text("error", fmt::format("Method not allowed. Fix: use {}.", allow)).text("code", "method_not_allowed").end();
  std::ignore = co_await exchange.respond(std::move(head), std::move(body));
}

Task<void> respondMisdirected(http::Exchange& exchange) {
  co_await respondJson(exchange, 421, JsonObject()
                                          .text("error", "The control plane does not answer under this host name. Fix: use localhost, the "
                                                         "address the server listens on, or have the operator list the name.")
                                          .text("code", "misdirected_request")
                                          .end());
}

}  // namespace redd::control
