// Dotted paths of queries and sorts (spec 40.6, 40.7): a literal own key of that name first, then the nested path; a number
// indexes an array; an array on the way is entered, every element of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/value.h"

namespace redd::query {

class Path {
 public:
  explicit Path(std::string_view name);

  // Calls see(value) for every value the path leads to, until see returns true; nullptr for an object in an array that has
  // no such member, and when the path leads nowhere at all.
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
    if (value.kind == Kind::object) {
      const Value* member = find(value, parts_[part].key);
      return member && walk(*member, part + 1, see);
    }
    if (value.kind != Kind::array) return false;
    if (parts_[part].index < value.elements.size() && walk(value.elements[parts_[part].index], part + 1, see)) return true;
    for (const auto& element : value.elements) {
      if (element.kind != Kind::object) continue;
      if (walk(element, part, see)) return true;
      if (!find(element, parts_[part].key) && see(nullptr)) return true;
    }
    return false;
  }

  struct Part {
    std::string key;
    std::size_t index;  // npos when it is no number
  };
  std::string name_;
  std::vector<Part> parts_;
};

}  // namespace redd::query
