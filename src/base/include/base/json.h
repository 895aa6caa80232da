// Writing JSON as JavaScript's JSON.stringify does (spec: dependencies, section 3): the one writer of the server. Reading is
// simdjson's work, or nlohmann's where it is cold and trusted.
#pragma once

#include <string>
#include <string_view>

namespace redd::json {

void appendString(std::string& out, std::string_view utf8);  // with quotes; control bytes, quote and backslash escaped
void appendNumber(std::string& out, double value);           // ECMAScript Number::toString; NaN and infinities become null
std::string quoted(std::string_view utf8);
std::string number(double value);

}  // namespace redd::json
