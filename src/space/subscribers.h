// Who wants to hear of changes. Thread-safe. A subscription ends for good when its handle goes: a call that runs is waited for.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "space/space.h"

namespace redd::space {

class Subscribers {
 public:
  using Changed = std::function<void(const SpacePtr& before, const SpacePtr& after)>;

  std::shared_ptr<void> add(Changed changed);
  void tell(const SpacePtr& before, const SpacePtr& after) const;

 private:
  struct Entry {
    std::mutex mutex;
    Changed changed;  // empty: ended
  };
  mutable std::mutex mutex_;
  mutable std::vector<std::weak_ptr<Entry>> entries_;
};

}  // namespace redd::space
