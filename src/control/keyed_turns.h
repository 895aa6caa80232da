// Turns: for one key, one coroutine at a time, in the order in which they came. Bounded: kWaitingMax may wait for a key, the
// next is refused. Belongs to one loop.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/suspend.h"

namespace redd::control {

class KeyedTurns {
 public:
  static constexpr std::size_t kWaitingMax = 16;

  // The turn ends when the handle goes.
  Task<Result<std::shared_ptr<void>>> take(std::string key);

 private:
  struct Key {
    bool taken = false;
    std::deque<Completion<void>> waiting;
  };
  using Keys = std::map<std::string, Key, std::less<>>;
  static void pass(Keys& keys, const std::string& key);

  std::shared_ptr<Keys> keys_ = std::make_shared<Keys>();
};

}  // namespace redd::control
