// Spec 70.7: the newest lines, newest first, then logend, then what comes.
#include <algorithm>
#include <charconv>

#include "adm_endpoints.h"
#include "adm_relay.h"
#include "answers.h"
#include "base/clock.h"
#include "http/sse.h"
#include "json_writer.h"
#include "query/value.h"

namespace redd::control {
namespace {

constexpr std::uint64_t kTailDefault = 100;
constexpr std::uint64_t kOverlapLines = 100;  // between the tail and the stream behind it none is lost

std::string_view textOf(const query::Value& object, std::string_view name) {
  const auto* value = query::find(object, name);
  return value == nullptr ? std::string_view{} : value->text;
}

std::string lineJson(const query::Value& line) {
  const auto* time = query::find(line, "time");
  return JsonObject()
      .text("_id", textOf(line, "id"))
      .text("context", textOf(line, "context"))
      .text("log", textOf(line, "text"))
      .text("logtype", textOf(line, "level"))
      .text("date", isoTime(time == nullptr ? 0 : static_cast<UnixMs>(time->number)))
      .end();
}

// The events of log.follow, behind the lines that log.tail gave.
class LogRelay final : public Relay {
 public:
  LogRelay(http::Exchange& outer, std::string older, std::string lastId) : Relay(outer), older_(std::move(older)), lastId_(std::move(lastId)) {}

  Task<Result<void>> sendHead(http::ResponseHead head) override {
    REDD_CO_TRY_VOID(co_await outer_.sendHead(std::move(head)));
    co_return co_await outer_.sendBody(older_);
  }
  Task<Result<void>> sendBody(std::string_view bytes) override {
    std::string out;
    while (!bytes.empty()) out += translated(takePiece(bytes, "\n\n"));
    co_return co_await outer_.sendBody(out);
  }

 private:
  std::string translated(std::string_view event) const {
    std::string_view kind, data;
    while (!event.empty()) {
      const auto line = takePiece(event, "\n");
      if (line.starts_with("event: ")) kind = line.substr(7);
      if (line.starts_with("data: ")) data = line.substr(6);
    }
    if (kind == "log") {
      query::Parser parser;
      const auto line = parser.parse(data);
      if (!line || textOf(**line, "id") <= lastId_) return {};
      return http::sseText({textOf(**line, "id"), "logrt", lineJson(**line)});
    }
    if (kind == "cut") {
      const auto line = JsonObject().text("log", "Lines came faster than they were read.").text("logtype", "warn").text("date", isoTime(nowMs())).end();
      return http::sseText({{}, "logrt", line});
    }
    return http::sseText({{}, "ping", "."});  // a comment: the stream lives
  }

  std::string older_, lastId_;
};

std::string contextOf(const std::string& filter) { return filter == "auth" ? "authhooks" : filter; }

std::uint64_t tailOf(const std::string& text, std::uint64_t most) {
  std::uint64_t tail = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, tail);
  return read.ec == std::errc{} && read.ptr == end ? std::min(tail, most) : kTailDefault;
}

}  // namespace

Task<Result<void>> admLogs(const AdmCall& adm) {
  REDD_CO_TRY(const auto query, admQuery(adm.head().query(), {"dbname", "tail", "filter"}));
  const auto most = static_cast<std::uint64_t>(adm.services.limits.logLinesPerSpaceMax);
  const auto tail = tailOf(query.get("tail"), most);
  Arguments wanted;
  if (const auto context = contextOf(query.get("filter")); !context.empty()) wanted.set("context", context);
  wanted.set("tail", tail);
  REDD_CO_TRY(const auto answer, co_await adm.run("log.tail", wanted));

  query::Parser parser;
  REDD_CO_TRY(const auto* told, parser.parse(answer.body));
  const auto* lines = query::find(*told, "lines");
  REDD_CHECK(lines != nullptr);
  std::string older, lastId;
  for (std::size_t i = lines->elements.size(); i-- > 0;) older += http::sseText({{}, "log", lineJson(lines->elements[i])});
  if (!lines->elements.empty()) lastId = textOf(lines->elements.back(), "id");
  older += http::sseText({{}, "logend", "."});

  if (tail > 0) wanted.set("tail", std::min(std::max(tail, kOverlapLines), most));
  LogRelay relay(adm.exchange, std::move(older), std::move(lastId));
  co_return co_await adm.stream("log.follow", std::move(wanted), relay);
}

}  // namespace redd::control
