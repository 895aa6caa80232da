// The finds that have more pages to come. Bounded in number; a cursor that nobody used for kIdleMs is gone when room or time
// asks for it. While a page is being read its cursor is out, and cannot be asked again. Belongs to the loop.
#pragma once

#include <algorithm>
#include <unordered_map>

#include "base/clock.h"
#include "document_ops.h"

namespace redd::store {

class Cursors {
 public:
  static constexpr std::size_t kMax = 1'000;
  static constexpr std::int64_t kIdleMs = 60'000;

  explicit Cursors(std::int64_t (*clockNs)() = monotonicNs) : clockNs_(clockNs) {}

  // 0 when there are too many.
  std::uint64_t add(Finder finder) {
    dropIdle();
    if (open_.size() >= kMax) return 0;
    open_.emplace(++last_, Open{std::move(finder), clockNs_()});
    return last_;
  }
  // Takes it out for the reading of a page; it is gone unless it comes back by putBack().
  Result<Finder> take(std::uint64_t cursor) {
    dropIdle();
    const auto found = open_.find(cursor);
    if (found == open_.end() || !found->second.finder) return notFound("5 NOT_FOUND: the cursor is closed, or a page of it is being read");
    Finder finder = *std::exchange(found->second.finder, std::nullopt);
    return finder;
  }
  // false: it was closed meanwhile.
  bool putBack(std::uint64_t cursor, Finder finder) {
    const auto found = open_.find(cursor);
    if (found == open_.end()) return false;
    found->second = Open{std::move(finder), clockNs_()};
    return true;
  }
  void close(std::uint64_t cursor) { open_.erase(cursor); }

 private:
  struct Open {
    std::optional<Finder> finder;  // nullopt while a page is being read
    std::int64_t usedNs = 0;
  };
  void dropIdle() {
    const auto oldest = clockNs_() - kIdleMs * 1'000'000;
    std::erase_if(open_, [oldest](const auto& one) { return one.second.finder && one.second.usedNs < oldest; });
  }

  std::int64_t (*clockNs_)();
  std::unordered_map<std::uint64_t, Open> open_;
  std::uint64_t last_ = 0;
};

}  // namespace redd::store
