// Dotted paths of queries and sorts (spec 40.6, 40.7), with the reach of the library sift (docs/decisions/0005):
// * a literal own key of the document with that name goes first, and alone;
// * a number as a part is the index of an array, and nothing else there; the name of a member in an object;
// * any other part goes into every element of an array, through arrays in arrays at any depth;
// * where a value that is no array has no such member, the path leads to nothing: a missing value, which counts as null;
// * an empty array or an index beyond the end leads nowhere; a path that leads nowhere else leads to one missing value.
//
// What is reached may be an array. Filters then test the array and all its elements, at any depth: anyWithin(). So an index
// serves a filter when it holds, for every value that any() reaches, all values that anyWithin() goes through.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/value.h"

namespace redd::query {

// test(value), or test(element) for any element of an array, arrays in arrays included.
template <class Test>
bool anyWithin(const Value& value, Test&& test) {
  if (test(value)) return true;
  for (const auto& element : value.elements) {
    if (anyWithin(element, test)) return true;
  }
  return false;
}

class Path {
 public:
  explicit Path(std::string_view name);

  // Calls see(value) for every value the path leads to, until see returns true; nullptr for a missing one. At least once.
  template <class See>
  bool any(const Value& document, See&& see) const {
    if (parts_.size() > 1) {
      if (const Value* own = find(document, name_)) return see(own);
    }
    bool found = false;
    const auto look = [&](const Value* value) {
      found = true;
      return see(value);
    };
    if (walk(document, 0, look)) return true;
    return !found && see(nullptr);
  }
  const Value* first(const Value& document) const;  // nullptr: nothing there
  const std::string& name() const { return name_; }

 private:
  template <class See>
  bool walk(const Value& value, std::size_t part, See&& see) const {
    if (part == parts_.size()) return see(&value);
    const auto& [key, index] = parts_[part];
    if (value.kind != Kind::array) {
      const Value* member = find(value, key);
      return member ? walk(*member, part + 1, see) : see(nullptr);
    }
    if (index != kNoIndex) return index < value.elements.size() && walk(value.elements[index], part + 1, see);
    for (const auto& element : value.elements) {
      if (walk(element, part, see)) return true;
    }
    return false;
  }

  static constexpr std::size_t kNoIndex = std::string_view::npos;
  struct Part {
    std::string key;
    std::size_t index;  // kNoIndex when it is no number
  };
  std::string name_;
  std::vector<Part> parts_;
};

}  // namespace redd::query
