#include "client.h"

#include <fmt/format.h>

#include "event_reader.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::uint32_t kConnectMs = 5'000;
constexpr std::size_t kErrorLinesMax = 20;
constexpr std::size_t kFaultsShown = 5;

Error unreachable(const Login& login, const Error& error) {
  return Error::make(error.code, fmt::format("{}: {}. Fix: start the server, or name another with --url or COHO_URL", login.url,
                                             inertExcerpt(error.text(), 3)));
}

Error notRedd(const Login& login, const http::ClientResponse& response) {
  const auto type = response.headers.find("content-type").value_or("no content type");
  return Error::make(ErrorCode::unavailable,
                     fmt::format("{} answered {} with {}, which is no answer of a Redd server. Fix: check the address", login.url,
                                 response.status, inertLine(type)));
}

ErrorCode codeOf(int status) {
  switch (status) {
    case 400: return ErrorCode::invalidArgument;
    case 401: return ErrorCode::unauthorized;
    case 403: return ErrorCode::forbidden;
    case 404: return ErrorCode::notFound;
    case 409: return ErrorCode::alreadyExists;
    case 413: return ErrorCode::payloadTooLarge;
    case 429: return ErrorCode::tooManyRequests;
    case 504: return ErrorCode::timeout;
    default: return status >= 500 ? ErrorCode::unavailable : ErrorCode::internal;
  }
}

// What a document does not fulfil of its schema (spec 40.9): "/age must be number; …".
std::string faultsText(const Json& answer) {
  std::string out;
  std::size_t shown = 0;
  const auto faults = memberOf(answer, "schemaError");
  for (const auto& fault : faults) {
    if (++shown > kFaultsShown) return out + "; …";
    const auto path = textOf(fault, "instancePath");
    out += fmt::format("{}{}{}", out.empty() ? ": " : "; ", path.empty() ? "" : path + " ", textOf(fault, "message"));
  }
  return out;
}

}  // namespace

http::ClientRequest Client::prepare(Request request) const {
  http::ClientRequest out;
  out.method = std::move(request.method);
  out.url = endpoint(request.path);
  out.headers = {{"accept", "application/json"}, {"user-agent", "coho/" REDD_VERSION}};
  if (!login_.token.empty()) out.headers.emplace_back("authorization", "Bearer " + login_.token);
  out.connectMs = kConnectMs;
  out.totalMs = request.totalMs;
  out.bodyBytesMax = request.answerBytesMax;
  out.caFile = login_.caFile;
  out.body = request.body.is_null() ? std::move(request.text) : printJson(request.body);
  if (!out.body.empty()) out.headers.emplace_back("content-type", request.body.is_null() ? request.textType : "application/json");
  return out;
}

Result<ServerAnswer> Client::send(Request request) const {
  auto response = http::fetch(prepare(std::move(request)));
  if (!response) return unreachable(login_, response.error());
  auto json = parseJson(response->body);
  if (!json || !json->is_object()) return notRedd(login_, *response);
  return ServerAnswer{response->status, std::move(*json)};
}

Error Client::refusal(const ServerAnswer& answer) const {
  auto text = inertExcerpt(textOf(answer.json, "error") + faultsText(answer.json), kErrorLinesMax);
  if (text.empty()) text = fmt::format("{} answered {} without a reason", login_.url, answer.status);
  if (answer.status == 401 && !login_.token.empty()) {
    text = fmt::format("{} refused the token from {}: {}", login_.url, login_.origin, text);
  }
  return Error::make(codeOf(answer.status), std::move(text));
}

Result<Json> Client::call(Request request) const {
  REDD_TRY(auto answer, send(std::move(request)));
  if (!answer.isSuccess()) return refusal(answer);
  return std::move(answer.json);
}

Error Client::refusalOf(const http::ClientResponse& response) const {
  auto json = parseJson(response.body);
  if (!json || !json->is_object()) return notRedd(login_, response);
  return refusal({response.status, std::move(*json)});
}

Result<Client::StreamEnd> Client::follow(std::string path, OnEvent onEvent) const {
  return followEvents(prepare({.path = std::move(path), .totalMs = 0}), std::move(onEvent));
}

Result<Client::StreamEnd> Client::followAt(std::string path, OnEvent onEvent) const {
  auto outgoing = prepare({.totalMs = 0});
  outgoing.url = login_.url + path;
  return followEvents(std::move(outgoing), std::move(onEvent));
}

Result<Client::StreamEnd> Client::followEvents(http::ClientRequest outgoing, OnEvent onEvent) const {
  outgoing.headers[0].second = "text/event-stream";
  EventReader reader(std::move(onEvent));
  outgoing.onBody = [&reader](std::string_view piece) { return reader.feed(piece) == EventReader::State::more; };
  auto response = http::fetch(std::move(outgoing));
  if (reader.state() == EventReader::State::ended) return StreamEnd::byCaller;
  if (reader.state() == EventReader::State::tooLong)
    return Error::make(ErrorCode::payloadTooLarge, login_.url + " sent an event of more than 1 MiB");
  if (!response) return unreachable(login_, response.error());
  if (response->status == 200) return StreamEnd::byServer;
  return refusalOf(*response);
}

Result<void> Client::download(Request request, OnPiece onPiece) const {
  auto outgoing = prepare(std::move(request));
  bool begun = false;
  bool ended = false;
  outgoing.onBody = [&](std::string_view piece) {
    begun = true;
    ended = !onPiece(piece);
    return !ended;
  };
  auto response = http::fetch(std::move(outgoing));
  if (ended) return {};
  if (!response && begun) return Error::make(response.error().code, fmt::format("the answer of {} broke off: {}", login_.url, inertExcerpt(response.error().text(), 3)));
  if (!response) return unreachable(login_, response.error());
  if (response->status < 200 || response->status > 299) return refusalOf(*response);
  return {};
}

std::string segment(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
    }
  }
  return out == "." || out == ".." ? "%2E" + out.substr(1) : out;
}

}  // namespace redd::coho
