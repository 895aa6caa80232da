#include <fmt/format.h>

#include "answers.h"
#include "followers.h"
#include "handlers.h"
#include "http/sse.h"
#include "json_writer.h"

namespace redd::control {
namespace {

constexpr std::uint64_t kTailDefault = 100;

std::string lineJson(const store::LogLine& line) {
  return JsonObject()
      .text("id", line.id)
      .number("time", static_cast<double>(line.time))
      .text("level", line.level)
      .text("context", line.context)
      .text("requestId", line.requestId)
      .text("text", line.text)
      .raw("fields", "{" + line.fields + "}")
      .end();
}

std::string event(const store::LogLine& line) { return http::sseText({line.id, "log", lineJson(line)}); }

Result<std::size_t> tailCount(const Call& call) {
  const auto count = call.arguments.count("tail").value_or(kTailDefault);
  const auto most = call.services.limits.logLinesPerSpaceMax;
  if (count > most) return invalid(fmt::format("'tail' must be at most {}.", most));
  return static_cast<std::size_t>(count);
}

Result<store::LogFilter> filterOf(const Call& call) {
  const auto& arguments = call.arguments;
  REDD_TRY_VOID(store::checkLogLevel(arguments.text("level")));
  return store::LogFilter{arguments.text("context"), arguments.text("level"), arguments.text("request"), arguments.text("grep")};
}

Task<Result<std::vector<store::LogLine>>> newest(store::LogBook& book, std::string spaceId, std::size_t count, store::LogFilter filter) {
  if (count == 0) co_return std::vector<store::LogLine>{};
  co_return co_await suspend<std::vector<store::LogLine>>([&](Completion<std::vector<store::LogLine>> done) {
    book.tail(std::move(spaceId), count, std::move(filter), std::move(done));
  });
}

// Sends what comes until the client leaves, reads too slowly, or the server stops. Lines up to `lastId` were sent already.
Task<void> relay(std::shared_ptr<Follower> follower, std::string lastId, http::Exchange& exchange) {
  while (true) {
    std::string out;
    while (!follower->empty() && out.size() < (64 << 10)) {
      const auto line = follower->pop();
      if (line.id > lastId) out += event(line);
    }
    if (out.empty() && follower->state() == Follower::State::slow) {
      std::ignore = co_await exchange.sendBody(http::sseText({{}, "cut", R"({"error":"Lines came faster than they were read."})"}));
    }
    if (out.empty() && follower->state() != Follower::State::live) co_return;
    if (out.empty() && co_await follower->wait() == Follower::Woken::nothing) out = http::sseComment("still here");
    if (!out.empty() && !co_await exchange.sendBody(out)) co_return;
  }
}

Task<Result<void>> follow(const Call& call, std::shared_ptr<Follower> follower, http::Exchange& exchange) {
  REDD_CO_TRY(const auto space, call.space());
  REDD_CO_TRY(const auto count, tailCount(call));
  REDD_CO_TRY(const auto filter, filterOf(call));
  exchange.onClientGone([follower] { follower->end(); });
  // Followed before the older lines are read: none is lost between the two, and relay() skips those that both have.
  const auto subscription = call.services.logBook.follow(space->id, [follower, filter](const store::LogLine& line) {
    if (filter.fits(line)) follower->push(line);
  });
  REDD_CO_TRY(const auto older, co_await newest(call.services.logBook, space->id, count, filter));

  http::ResponseHead head;
  addControlHeaders(head, "text/event-stream");
  REDD_CO_TRY_VOID(co_await exchange.sendHead(std::move(head)));
  std::string out = http::sseComment("following");
  for (const auto& line : older) out += event(line);
  REDD_CO_TRY_VOID(co_await exchange.sendBody(out));
  co_await relay(follower, older.empty() ? std::string() : older.back().id, exchange);
  co_return co_await exchange.finish();
}

}  // namespace

Task<Result<Answer>> tailLog(Call call) {
  REDD_CO_TRY(const auto space, call.space());
  REDD_CO_TRY(const auto count, tailCount(call));
  REDD_CO_TRY(auto filter, filterOf(call));
  REDD_CO_TRY(const auto lines, co_await newest(call.services.logBook, space->id, count, std::move(filter)));
  co_return Answer{JsonObject().raw("lines", jsonList(lines, lineJson)).end()};
}

Task<void> followLog(Call call, http::Exchange& exchange) {
  const auto executor = co_await boost::asio::this_coro::executor;
  auto follower = call.services.followers.add(executor);
  if (!follower) {
    co_await respondError(exchange, follower.error());
    co_return;
  }
  const auto done = co_await follow(call, *follower, exchange);
  call.services.followers.remove(*follower);
  if (!done && !exchange.headSent()) co_await respondError(exchange, done.error());
}

}  // namespace redd::control
