#include "query/path.h"

#include <charconv>

namespace redd::query {

Path::Path(std::string_view name) : name_(name) {
  std::size_t from = 0;
  while (true) {
    const auto dot = name.find('.', from);
    const auto key = name.substr(from, dot == std::string_view::npos ? dot : dot - from);
    std::size_t index = 0;
    const auto [end, failed] = std::from_chars(key.data(), key.data() + key.size(), index);
    const bool number = failed == std::errc() && end == key.data() + key.size() && (key.size() == 1 || !key.starts_with('0'));
    parts_.push_back({std::string(key), number ? index : kNoIndex});
    if (dot == std::string_view::npos) return;
    from = dot + 1;
  }
}

const Value* Path::first(const Value& document) const {
  const Value* result = nullptr;
  any(document, [&result](const Value* value) {
    result = value;
    return value != nullptr;
  });
  return result;
}

}  // namespace redd::query
