#include "long_work.h"

#include <fmt/format.h>

#include <atomic>
#include <memory>

#include "answers.h"
#include "data_access.h"

namespace redd::control {
namespace {

constexpr std::int64_t kLookMs = 20;
constexpr std::int64_t kLineEveryMs = 500;

struct Work {
  backup::Progress progress;
  Result<std::string> outcome = std::string();  // of the lane's thread, until isDone
  std::atomic<bool> isDone = false;
};
using WorkPtr = std::shared_ptr<Work>;

WorkPtr start(ThreadLane& lane, LongJob job, http::Exchange& exchange) {
  auto work = std::make_shared<Work>();
  exchange.onClientGone([work] { work->progress.shallStop = true; });
  const bool isPosted = lane.post([work, job = std::move(job)]() mutable {
    work->outcome = job(work->progress);
    job = nullptr;  // what it holds goes before the caller is told
    work->isDone = true;
  });
  if (!isPosted) {
    work->outcome = Error::make(ErrorCode::unavailable, "Too much work of this kind is waiting. Try again.");
    work->isDone = true;
  }
  return work;
}

// Until it is done, or so long.
Task<void> wait(const Services& services, WorkPtr work, std::int64_t ms) {
  for (const auto until = monotonicNs() + ms * 1'000'000; !work->isDone && monotonicNs() < until;) {
    if (services.stopping) work->progress.shallStop = true;
    co_await sleepMs(kLookMs);
  }
}

Task<Result<void>> tell(const Services& services, WorkPtr work, http::Exchange& exchange) {
  LineSender lines(exchange, Lines::each);
  co_await wait(services, work, kLineEveryMs);
  while (!work->isDone) {
    lines.add(fmt::format(R"({{"done":{},"total":{}}})", work->progress.bytesDone.load(), work->progress.bytesInAll.load()));
    if (auto sent = co_await lines.send(); !sent) work->progress.shallStop = true;
    co_await wait(services, work, kLineEveryMs);
  }
  auto& outcome = work->outcome;
  if (!outcome && !exchange.headSent()) co_return outcome.error();
  lines.add(outcome ? *outcome : errorJson(outcome.error()));
  co_return co_await lines.finish();
}

}  // namespace

Task<Result<std::string>> runLong(Services& services, ThreadLane& lane, LongJob job, http::Exchange& exchange) {
  const auto work = start(lane, std::move(job), exchange);
  while (!work->isDone) co_await wait(services, work, kLineEveryMs);
  co_return std::move(work->outcome);
}

Task<void> answerLong(std::string_view operation, Services& services, ThreadLane& lane, LongJob job, http::Exchange& exchange) {
  const auto work = start(lane, std::move(job), exchange);
  auto done = co_await tell(services, work, exchange);
  if (!done && done.error().code == ErrorCode::cancelled && services.stopping) done = stoppingError();
  co_await endStream(operation, std::move(done), exchange);
}

}  // namespace redd::control
