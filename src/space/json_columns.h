// Small helpers of tables.cc and tables_load.cc: lists and manifests as JSON text in a column, and the places that sealed values
// are bound to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "space/space.h"

namespace redd::space {

inline Result<void> written(Result<std::int64_t> changed) {
  if (!changed) return std::move(changed).error();
  return {};
}

std::string listText(const std::vector<std::string>& values);
Result<std::vector<std::string>> listFrom(std::string_view text);
std::string manifestText(const Manifest& manifest);
Result<Manifest> manifestFrom(std::string_view text);

inline std::string envPlace(std::string_view spaceId, std::string_view name) { return std::string(spaceId).append("/env/").append(name); }
inline std::string tokenPlace(std::string_view spaceId, std::string_view digest) { return std::string(spaceId).append("/token/").append(digest); }

}  // namespace redd::space
