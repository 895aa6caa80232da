#include "data_access.h"

#include <fmt/format.h>

#include <algorithm>

#include "answers.h"
#include "base/log.h"

namespace redd::control {
namespace {

constexpr std::size_t kNameBytesMax = 255;

}  // namespace

Task<Result<StorePtr>> openStore(store::Stores& stores, std::string spaceId) {
  if (auto open = stores.opened(spaceId)) co_return open;
  co_return co_await suspend<StorePtr>([&](Completion<StorePtr> done) { stores.get(spaceId, std::move(done)); });
}

Task<Result<StorePtr>> openStore(Call& call) {
  REDD_CO_TRY(const auto space, call.space());
  co_return co_await openStore(call.services.stores, space->id);
}

Result<std::string> collectionName(const Call& call) {
  auto name = call.arguments.text("collection");
  if (name.size() > kNameBytesMax) return invalid(fmt::format("A collection's name has at most {} bytes.", kNameBytesMax));
  return name;
}

Result<Lines> linesFormat(const Call& call) {
  const auto format = call.arguments.text("format");
  if (format.empty() || format == "jsonl") return Lines::each;
  if (format == "json") return Lines::array;
  return invalid("'format' must be jsonl or json.");
}

namespace {

// Stored as somebody indented it: white space between the parts of a JSON text means nothing.
void appendOnOneLine(std::string& out, std::string_view json) {
  bool inText = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (!inText && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) continue;
    out += c;
    if (c == '"') inText = !inText;
    if (inText && c == '\\') out += json[++i];
  }
}

}  // namespace

void LineSender::add(std::string_view json) {
  if (format_ == Lines::array) out_ += isFirst_ ? "[\n" : ",\n";
  isFirst_ = false;
  if (json.find_first_of("\r\n") == std::string_view::npos) {
    out_ += json;
  } else {
    appendOnOneLine(out_, json);
  }
  if (format_ == Lines::each) out_ += '\n';
}

Task<Result<void>> LineSender::send() {
  if (!exchange_.headSent()) {
    http::ResponseHead head;
    addControlHeaders(head, format_ == Lines::each ? "application/x-ndjson" : "application/json");
    REDD_CO_TRY_VOID(co_await exchange_.sendHead(std::move(head)));
  }
  if (out_.empty()) co_return Result<void>{};
  const auto bytes = std::exchange(out_, {});
  co_return co_await exchange_.sendBody(bytes);
}

Task<Result<void>> LineSender::finish() {
  if (format_ == Lines::array) out_ += isFirst_ ? "[]\n" : "\n]\n";
  REDD_CO_TRY_VOID(co_await send());
  co_return co_await exchange_.finish();
}

Task<void> endStream(std::string_view operation, Result<void> done, http::Exchange& exchange) {
  if (done || done.error().code == ErrorCode::cancelled) co_return;
  if (httpStatus(done.error().code) >= 500 || exchange.headSent()) log::warn("control", "{} failed: {}", operation, done.error().detail);
  if (!exchange.headSent()) co_await respondError(exchange, std::move(done).error());
}

std::string countJson(std::uint64_t count) { return fmt::format(R"({{"count":{}}})", count); }

}  // namespace redd::control
