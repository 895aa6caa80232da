// The arguments of an operation, checked against what its row in the table declares: path parameters, then the members of the
// JSON body (or of the query, for GET and DELETE). Every refusal names the argument.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace redd::control {

enum class Kind : std::uint8_t { text, flag, count, texts, json };  // json: any value, kept as the text that came in
enum class Need : std::uint8_t { optional, required };

struct Argument {
  std::string_view name;
  Kind kind = Kind::text;
  Need need = Need::optional;
};

class Arguments {
 public:
  using Value = std::variant<std::string, bool, std::uint64_t, std::vector<std::string>>;

  void set(std::string_view name, Value value) { values_.insert_or_assign(std::string(name), std::move(value)); }
  // Values of an optional argument that is absent: "", nothing, empty.
  bool has(std::string_view name) const { return values_.contains(name); }
  std::string text(std::string_view name) const;  // of Kind::json too
  std::string takeText(std::string_view name);  // moves it out: for what is large
  std::optional<bool> flag(std::string_view name) const;
  std::optional<std::uint64_t> count(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

  // One JSON object whose members are `declared`; nothing else, nothing missing. An empty text counts as {}.
  Result<void> addJson(std::string_view body, std::span<const Argument> declared);
  // A path parameter, as it stands in the path: percent-encoded.
  Result<void> addPathSegment(std::string_view name, std::string_view segment);
  // name=value&…, percent-encoded; a name at most once, but for lists of texts. What is declared as json and is none is a text.
  Result<void> addQuery(std::string_view query, std::span<const Argument> declared);

 private:
  Result<void> checkComplete(std::span<const Argument> declared) const;
  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace redd::control
