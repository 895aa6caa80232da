// JSON of answers and configuration files: small and cold, so nlohmann reads it, with a bound on depth and without exceptions.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace redd::coho {

using Json = nlohmann::ordered_json;

Result<Json> parseJson(std::string_view text);  // error: invalidArgument; at most 110 levels
std::string printJson(const Json& value);       // one line; invalid UTF-8 becomes U+FFFD
std::string prettyJson(const Json& value);      // for files that people edit

// Members that may be absent or of another type: then the empty value.
std::string textOf(const Json& object, std::string_view name);
std::int64_t numberOf(const Json& object, std::string_view name);
bool flagOf(const Json& object, std::string_view name);
Json memberOf(const Json& object, std::string_view name);  // null when absent
std::vector<std::string> textsOf(const Json& object, std::string_view name);

}  // namespace redd::coho
