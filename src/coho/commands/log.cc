#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/clock.h"
#include "commands.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::size_t kLogBytesMax = 256 << 20;
constexpr std::uint32_t kLogMs = 60'000;
constexpr std::uint32_t kRetryFirstMs = 250;
constexpr std::uint32_t kRetryMostMs = 10'000;
constexpr std::uint32_t kTailAfterBreak = 1'000;  // lines that may have come while the connection was down

Colour colourOf(std::string_view level) {
  if (level == "error") return Colour::red;
  if (level == "warn") return Colour::yellow;
  return level == "debug" ? Colour::dim : Colour::cyan;
}

// A line of the request log out of its fields; "" for another line.
std::string requestText(const Terminal& terminal, const Json& fields) {
  if (textOf(fields, "method").empty()) return {};
  const auto status = numberOf(fields, "status");
  const auto colour = status >= 500 ? Colour::red : status >= 400 ? Colour::yellow : Colour::green;
  const auto took = memberOf(fields, "durationMs");
  auto out = fmt::format("{} {} {}", terminal.paint(colour, std::to_string(status)), inertLine(textOf(fields, "method")), inertLine(textOf(fields, "path")));
  if (took.is_number()) out += fmt::format("  {:.1f} ms", took.get<double>());
  if (const auto client = textOf(fields, "client"); !client.empty()) out += "  " + inertLine(client);
  if (const auto reason = textOf(fields, "reason"); !reason.empty()) {
    out += "  " + inertLine(reason);
    if (!textOf(fields, "expected").empty()) out += ": expected " + inertLine(textOf(fields, "expected"));
    if (!textOf(fields, "found").empty()) out += ", found " + inertLine(textOf(fields, "found"));
  }
  if (const auto error = textOf(fields, "error"); !error.empty()) out += "  " + inertLine(error);
  return out;
}

// When each step of a request began and how long it took; the calls of its script stand below `worker`, in which they were made.
void printTimeline(Terminal& terminal, const Json& fields) {
  bool inWorker = false;
  for (const auto& entry : memberOf(fields, "timeline")) {
    const auto name = textOf(entry, "name");
    const auto times = memberOf(entry, "startUs").is_number() ? fmt::format("{:9.3f} ms {:9.3f} ms", static_cast<double>(numberOf(entry, "startUs")) / 1e3,
                                                                          static_cast<double>(numberOf(entry, "durationUs")) / 1e3)
                                                            : std::string(25, ' ');
    const auto detail = inertLine(textOf(entry, "detail"));
    terminal.out(fmt::format("{}  {}{}{}", terminal.paint(Colour::dim, times), inWorker ? "  " : "", inertLine(name), detail.empty() ? "" : " " + detail));
    inWorker = inWorker || name == "worker";
  }
}

enum class Timelines : std::uint8_t { no, yes };

void printLine(const Context& context, const Json& line, Timelines timelines) {
  if (context.wantsJson()) {
    context.result(line);
    return;
  }
  const auto& terminal = context.terminal;
  const auto level = textOf(line, "level");
  const auto requestId = textOf(line, "requestId");
  const auto request = requestText(terminal, memberOf(line, "fields"));
  const auto text = request.empty() ? inert(textOf(line, "text")) : request + (requestId.empty() ? "" : terminal.paint(Colour::dim, "  " + inertLine(requestId)));
  context.terminal.out(fmt::format("{} {} {} {}", terminal.paint(Colour::dim, isoTime(numberOf(line, "time"))),
                                   terminal.paint(colourOf(level), fmt::format("{:<5}", inertLine(level))),
                                   terminal.paint(Colour::dim, inertLine(textOf(line, "context"))), text));
  if (timelines == Timelines::yes) printTimeline(context.terminal, memberOf(line, "fields"));
}

// Who asks for one request wants to know all of it.
Timelines timelinesFor(const LogArguments& arguments) { return arguments.requestId.empty() ? Timelines::no : Timelines::yes; }

std::string query(const LogArguments& arguments, std::uint32_t tail) {
  auto out = fmt::format("?tail={}", tail);
  const auto add = [&out](std::string_view name, const std::string& value) {
    if (!value.empty()) out += fmt::format("&{}={}", name, segment(value));
  };
  add("context", arguments.logContext);
  add("level", arguments.level);
  add("request", arguments.requestId);
  add("grep", arguments.text);
  return out;
}

Result<void> tailLog(const Context& context, const Client& client, const Target& target, const LogArguments& arguments) {
  REDD_TRY(
      const auto answer,
      context.call(client, target,
                   {.path = target.path("/logs" + query(arguments, arguments.tail)), .totalMs = kLogMs, .answerBytesMax = kLogBytesMax}));
  const auto lines = memberOf(answer, "lines");
  for (const auto& line : lines) printLine(context, line, timelinesFor(arguments));
  if (lines.empty()) context.terminal.note("No such lines in the log yet.");
  return {};
}

void pauseFor(std::uint32_t milliseconds) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable never;
  never.wait_for(lock, std::chrono::milliseconds(milliseconds), [] { return false; });
}

// Until the user ends it. A broken connection is taken up again; lines that were printed already are known by their ids, which grow.
Result<void> followLog(const Context& context, const Client& client, const Target& target, const LogArguments& arguments) {
  std::string lastId;
  auto tail = arguments.tail;
  bool connected = false;
  for (std::uint32_t retryMs = kRetryFirstMs;; retryMs = std::min(retryMs * 2, kRetryMostMs)) {
    const auto end =
        client.follow(target.path("/logs/follow" + query(arguments, tail)), [&](std::string_view event, std::string_view data) {
          connected = true;
          retryMs = kRetryFirstMs;
          const auto line = parseJson(data);
          if (event != "log" || !line || !line->is_object()) return true;
          const auto id = textOf(*line, "id");
          if (!id.empty() && id <= lastId) return true;
          lastId = id;
          printLine(context, *line, timelinesFor(arguments));
          return true;
        });
    const bool refused = !end && end.error().code != ErrorCode::unavailable && end.error().code != ErrorCode::timeout;
    if (!end && (refused || !connected)) return end.error();
    context.terminal.note(
        context.terminal.paintNote(Colour::dim, fmt::format("the connection to {} ended; trying again", client.login().url)));
    if (connected) tail = kTailAfterBreak;
    pauseFor(retryMs);
  }
}

}  // namespace

Result<void> log(const Context& context, const LogArguments& arguments) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  return arguments.following == Following::yes ? followLog(context, client, target, arguments)
                                               : tailLog(context, client, target, arguments);
}

}  // namespace redd::coho
