#include "keyed_turns.h"

namespace redd::control {

Task<Result<std::shared_ptr<void>>> KeyedTurns::take(std::string key) {
  Key& entry = (*keys_)[key];
  if (entry.taken) {
    if (entry.waiting.size() >= kWaitingMax) {
      co_return Error::make(ErrorCode::tooManyRequests, "Too many deployments of this space are waiting.");
    }
    // pass() leaves `taken` set: the turn goes from one to the next without a gap.
    auto& waiting = entry.waiting;
    auto turn = co_await suspend<void>([&waiting](Completion<void> done) { waiting.push_back(std::move(done)); });
    if (!turn) co_return std::move(turn).error();
  } else {
    entry.taken = true;
  }
  co_return std::shared_ptr<void>(nullptr, [keys = keys_, key = std::move(key)](void*) { pass(*keys, key); });
}

void KeyedTurns::pass(Keys& keys, const std::string& key) {
  const auto entry = keys.find(key);
  if (entry == keys.end()) return;
  if (entry->second.waiting.empty()) {
    keys.erase(entry);
    return;
  }
  auto next = std::move(entry->second.waiting.front());
  entry->second.waiting.pop_front();
  next(Result<void>{});
}

}  // namespace redd::control
