// The variables of the process, read once, so that everything below is given them and tests give their own. Immutable.
#pragma once

#include <map>
#include <string>

namespace redd::coho {

class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string, std::less<>> values) : values_(std::move(values)) {}
  static Environment ofProcess();

  std::string get(std::string_view name) const {  // empty: not set
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second;
  }
  const std::map<std::string, std::string, std::less<>>& all() const { return values_; }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace redd::coho
