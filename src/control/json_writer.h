// Answers as JSON text, over the server's one writer (base/json.h): appends members in the order in which they are named.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace redd::control {

class JsonObject {
 public:
  JsonObject& text(std::string_view name, std::string_view value) {
    begin(name);
    json::appendString(out_, value);
    return *this;
  }
  JsonObject& number(std::string_view name, double value) {
    begin(name);
    json::appendNumber(out_, value);
    return *this;
  }
  JsonObject& flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  JsonObject& raw(std::string_view name, std::string_view jsonText) {
    begin(name);
    out_ += jsonText;
    return *this;
  }
  JsonObject& members(std::string_view jsonMembers) {  // several at once, as text; may be empty
    if (!jsonMembers.empty() && out_.size() > 1) out_ += ',';
    out_ += jsonMembers;
    return *this;
  }
  JsonObject& texts(std::string_view name, const std::vector<std::string>& values) {
    begin(name);
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      json::appendString(out_, values[i]);
    }
    out_ += ']';
    return *this;
  }
  std::string end() {
    out_ += '}';
    return std::move(out_);
  }

 private:
  void begin(std::string_view name) {
    if (out_.size() > 1) out_ += ',';
    json::appendString(out_, name);
    out_ += ':';
  }
  std::string out_ = "{";
};

// A list of JSON texts: `member(value)` gives the text of one.
template <class Range, class Member>
std::string jsonList(const Range& values, Member member) {
  std::string out = "[";
  for (const auto& value : values) {
    if (out.size() > 1) out += ',';
    out += member(value);
  }
  out += ']';
  return out;
}

}  // namespace redd::control
