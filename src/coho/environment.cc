#include "environment.h"

#include <unistd.h>

#include <string_view>

namespace redd::coho {

Environment Environment::ofProcess() {
  std::map<std::string, std::string, std::less<>> values;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) values.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return Environment(std::move(values));
}

}  // namespace redd::coho
