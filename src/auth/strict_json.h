// JSON from strangers, read strictly: one UTF-8 document, no repeated names at any depth (compared after unescaping), a depth limit,
// no byte order mark, numbers that fit a double or 64 bits (SEC-04, RFC 8725 2.4). Private to auth.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::auth {

inline constexpr std::size_t kJsonDepthMax = 32;

class StrictJson {
 public:
  // The value lives until the next read() of this object. Error: invalidArgument saying what is wrong.
  Result<simdjson::dom::object> readObject(std::string_view text);

 private:
  simdjson::dom::parser parser_;
};

// A member that is a string; nullopt when it is absent or something else.
std::optional<std::string_view> stringMember(const simdjson::dom::object& object, std::string_view name);
bool has(const simdjson::dom::object& object, std::string_view name);
// A value as short text for the log.
std::string shown(const simdjson::dom::element& value);
std::string excerpt(std::string_view text);

}  // namespace redd::auth
