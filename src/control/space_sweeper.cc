#include "space_sweeper.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "base/log.h"
#include "base/suspend.h"

namespace redd::control {
namespace {

constexpr auto kPause = std::chrono::minutes(10);
constexpr auto kPauseAfterLeftovers = std::chrono::seconds(2);  // a worker of the space is still leaving
constexpr std::int64_t kDayMs = 86'400'000;

bool hasWorkers(const Services& services, const std::string& spaceId) {
  return std::ranges::any_of(services.supervisor.workers(), [&spaceId](const auto& one) { return one.spaceId == spaceId; });
}

}  // namespace

SpaceSweeper::SpaceSweeper(Loop& loop, Services& services) : state_(std::make_shared<State>(loop, services)) { spawn(loop, run(state_)); }

void SpaceSweeper::soon() { state_->timer.expires_after(std::chrono::seconds(0)); }

void SpaceSweeper::stop() {
  state_->isStopped = true;
  state_->timer.cancel();
}

Task<void> SpaceSweeper::run(std::shared_ptr<State> state) {
  while (!state->isStopped) {
    state->timer.expires_after(kPause);  // sweep() shortens it
    co_await sweep(state);
    if (state->isStopped) co_return;
    co_await state->timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
}

Task<void> SpaceSweeper::sweep(std::shared_ptr<State> state) {
  Services& services = state->services;
  const auto cutoff = services.options.clock() - static_cast<std::int64_t>(services.options.trashDays) * kDayMs;
  const auto doomed = co_await services.lane.run<std::vector<std::string>>([&services, cutoff] { return services.catalogue.doom(cutoff); });
  if (!doomed) {
    log::warn("control", "the trash is not swept: {}", doomed.error().detail);
    co_return;
  }
  for (const auto& id : *doomed) {
    if (state->isStopped) co_return;
    if (hasWorkers(services, id)) {
      state->timer.expires_after(kPauseAfterLeftovers);
      continue;
    }
    std::ignore = co_await suspend<void>([&](Completion<void> done) { services.logBook.forget(id, std::move(done)); });
    if (state->isStopped) co_return;
    auto removed = co_await suspend<void>([&](Completion<void> done) { services.stores.remove(id, std::move(done)); });
    if (state->isStopped) co_return;
    if (removed) removed = co_await services.lane.run<void>([&services, id] { return services.catalogue.purged(id); });
    if (!removed) {
      log::warn("control", "space {} is not purged yet: {}", id, removed.error().detail);
    } else {
      log::info("control", "space {} was purged", id);
    }
  }
}

}  // namespace redd::control
