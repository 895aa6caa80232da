// The callers of spaces that are not yet written: an entry a caller, however often it calls. Belongs to the loop.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/log_book.h"

namespace redd::store {

class CallersSeen {
 public:
  static constexpr std::int64_t kGrainMs = 60'000;  // of the time of the last call

  void add(std::string_view spaceId, const CallerView& caller, UnixMs now) {
    auto space = spaces_.find(spaceId);
    if (space == spaces_.end()) space = spaces_.emplace(std::string(spaceId), BySum()).first;
    auto found = space->second.find(caller.digest);
    if (found == space->second.end()) {
      found = space->second.emplace(std::string(caller.digest), copyOf(caller)).first;
      ++size_;
    }
    ++found->second.count;
    found->second.lastMs = now / kGrainMs * kGrainMs;
  }
  std::size_t size() const { return size_; }

  std::vector<std::pair<std::string, std::vector<Caller>>> take() {
    std::vector<std::pair<std::string, std::vector<Caller>>> out;
    for (auto& [spaceId, callers] : spaces_) {
      auto& list = out.emplace_back(spaceId, std::vector<Caller>()).second;
      for (auto& [digest, caller] : callers) list.push_back(std::move(caller));
    }
    spaces_.clear();
    size_ = 0;
    return out;
  }
  void forget(std::string_view spaceId) {
    const auto space = spaces_.find(spaceId);
    if (space == spaces_.end()) return;
    size_ -= space->second.size();
    spaces_.erase(space);
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using BySum = std::unordered_map<std::string, Caller, Hash, std::equal_to<>>;

  static Caller copyOf(const CallerView& caller) {
    const auto text = [](std::string_view part) { return std::string(part); };
    return {text(caller.digest), text(caller.issuer), text(caller.audience), text(caller.algorithm), text(caller.keyId)};
  }

  std::map<std::string, BySum, std::less<>> spaces_;
  std::size_t size_ = 0;
};

}  // namespace redd::store
