#include "subscribers.h"

namespace redd::space {

std::shared_ptr<void> Subscribers::add(Changed changed) {
  auto entry = std::make_shared<Entry>();
  entry->changed = std::move(changed);
  {
    const std::scoped_lock lock(mutex_);
    entries_.push_back(entry);
  }
  Entry* const raw = entry.get();
  return std::shared_ptr<void>(raw, [entry = std::move(entry)](void*) {
    const std::scoped_lock lock(entry->mutex);
    entry->changed = nullptr;
  });
}

void Subscribers::tell(const SpacePtr& before, const SpacePtr& after) const {
  std::vector<std::shared_ptr<Entry>> now;
  {
    const std::scoped_lock lock(mutex_);
    std::erase_if(entries_, [](const auto& entry) { return entry.expired(); });
    for (const auto& entry : entries_) now.push_back(entry.lock());
  }
  for (const auto& entry : now) {
    if (!entry) continue;
    const std::scoped_lock lock(entry->mutex);
    if (entry->changed) entry->changed(before, after);
  }
}

}  // namespace redd::space
