#include "adm_relay.h"

#include <fmt/format.h>

#include "answers.h"
#include "json_writer.h"
#include "query/value.h"

namespace redd::control {

std::string_view takePiece(std::string_view& text, std::string_view end) {
  const auto at = text.find(end);
  const auto piece = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
  return piece;
}

// ---- keys ----

Result<std::string> withVal(std::string_view pairJson) {
  query::Parser parser;
  REDD_TRY(const auto* pair, parser.parse(pairJson));
  const auto* key = query::find(*pair, "key");
  const auto* value = query::find(*pair, "value");
  REDD_CHECK(key != nullptr && value != nullptr);
  return JsonObject().raw("key", key->source).raw("val", value->source).raw("value", value->source).end();
}

Task<Result<void>> KeyRelay::sendHead(http::ResponseHead) { return sender_.send(); }

Task<Result<void>> KeyRelay::sendBody(std::string_view bytes) {
  while (!bytes.empty()) {
    REDD_CO_TRY(const auto pair, withVal(takePiece(bytes, "\n")));
    sender_.add(pair);
  }
  co_return co_await sender_.send();
}

Task<Result<void>> KeyRelay::finish() { return sender_.finish(); }

// ---- indexes ----

Task<Result<void>> IndexRelay::respond(http::ResponseHead head, std::string body) {
  failed_ = headSent_ = true;
  if (outer_.headSent()) co_return co_await outer_.sendBody(body);  // of an earlier field: told, and then broken off
  co_return co_await outer_.respond(std::move(head), std::move(body));
}

Task<Result<void>> IndexRelay::sendHead(http::ResponseHead) {
  headSent_ = true;
  if (!outer_.headSent()) {
    http::ResponseHead head;
    addControlHeaders(head, "application/json");
    REDD_CO_TRY_VOID(co_await outer_.sendHead(std::move(head)));
  }
  const auto count = JsonObject().text("field", field_).raw("count", std::to_string(count_)).end();
  co_return co_await outer_.sendBody(count);
}

Task<Result<void>> IndexRelay::sendBody(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto line = takePiece(bytes, "\n");
    query::Parser parser;
    REDD_CO_TRY(const auto* progress, parser.parse(line));
    if (query::find(*progress, "error") != nullptr) {
      failed_ = true;
      co_return co_await outer_.sendBody(line);
    }
    const auto* processed = query::find(*progress, "processed");
    const auto now = processed == nullptr ? told_ : static_cast<std::uint64_t>(processed->number);
    if (count_ == 0 || now <= told_) continue;
    const auto more = JsonObject().text("field", field_).raw("processed", std::to_string(now - told_)).end();
    told_ = now;
    REDD_CO_TRY_VOID(co_await outer_.sendBody(more));
  }
  co_return Result<void>{};
}

Task<Result<void>> IndexRelay::finish() {
  built_ = !failed_;
  co_return Result<void>{};
}

// ---- restore ----

namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

Error notAnArray() { return invalid("The body must be a JSON array of documents, as in [{\"name\":\"Polly\"}]."); }

}  // namespace

Task<Result<std::string>> RestoreRelay::readBody() {
  std::string lines;
  while (lines.empty()) {
    REDD_CO_TRY(const auto piece, co_await outer_.readBody());
    if (piece.empty()) {
      if (place_ != Place::behind) co_return notAnArray();
      break;
    }
    REDD_CO_TRY_VOID(feed(piece, lines));
  }
  co_return lines;
}

Result<void> RestoreRelay::feed(std::string_view piece, std::string& lines) {
  for (const char c : piece) {
    if (place_ == Place::inside) {
      REDD_TRY_VOID(takeInside(c, lines));
    } else if (!isSpace(c)) {
      REDD_TRY_VOID(takeByte(c, lines));
    }
  }
  return {};
}

// Outside of documents.
Result<void> RestoreRelay::takeByte(char c, std::string& lines) {
  if (place_ == Place::before && c == '[') {
    place_ = Place::between;
  } else if (place_ == Place::between && c == ']') {
    place_ = Place::behind;
  } else if (place_ == Place::between && needsComma_ && c == ',') {
    needsComma_ = false;
  } else if (place_ == Place::between && !needsComma_ && c == '{') {
    place_ = Place::inside;
    depth_ = 1;
    lines += c;
  } else {
    return notAnArray();
  }
  return {};
}

// White space inside a document is one blank: a line is a line. Whether it is JSON is for the import to say.
Result<void> RestoreRelay::takeInside(char c, std::string& lines) {
  if (inText_) {
    if (c == '\n' || c == '\r') return invalid("A text in a document holds a line break. Fix: write it as \\n.");
    lines += c;
    if (isEscaped_) {
      isEscaped_ = false;
    } else if (c == '\\') {
      isEscaped_ = true;
    } else if (c == '"') {
      inText_ = false;
    }
    return {};
  }
  if (isSpace(c)) {
    if (!lines.ends_with(' ')) lines += ' ';
    return {};
  }
  lines += c;
  if (c == '"') inText_ = true;
  if (c == '{' || c == '[') ++depth_;
  if ((c == '}' || c == ']') && --depth_ == 0) {
    lines += '\n';
    place_ = Place::between;
    needsComma_ = true;
  }
  return {};
}

}  // namespace redd::control
