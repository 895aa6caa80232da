#include "arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <simdjson.h>

#include "base/json.h"
#include "http/url.h"
#include "query/value.h"

namespace redd::control {
namespace {

const Argument* findDeclared(std::span<const Argument> declared, std::string_view name) {
  const auto found = std::ranges::find(declared, name, &Argument::name);
  return found == declared.end() ? nullptr : &*found;
}

std::string_view kindName(Kind kind) {
  switch (kind) {
    case Kind::text: return "a string";
    case Kind::flag: return "true or false";
    case Kind::count: return "a whole number, 0 or more";
    case Kind::texts: return "a list of strings";
    case Kind::json: return "JSON";
  }
  return "";
}

Error wrongKind(const Argument& argument) {
  return invalid(fmt::format("'{}' must be {}.", argument.name, kindName(argument.kind)));
}

Error unknownFields(std::vector<std::string> unknown, std::span<const Argument> declared) {
  constexpr std::size_t shownMax = 10;
  if (unknown.size() > shownMax) unknown.resize(shownMax);
  for (auto& name : unknown) {
    if (name.size() > 60) name = name.substr(0, 60) + "…";
  }
  std::vector<std::string_view> known;
  for (const auto& argument : declared) known.push_back(argument.name);
  const auto allowed = known.empty() ? std::string("none is taken here") : fmt::format("allowed: {}", fmt::join(known, ", "));
  return invalid(fmt::format("Unknown field '{}'; {}.", fmt::join(unknown, "', '"), allowed));
}

std::optional<std::uint64_t> wholeNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<Arguments::Value> convert(const query::Value& value, Kind kind) {
  using From = query::Kind;
  switch (kind) {
    case Kind::text:
      if (value.kind == From::text) return std::string(value.text);
      break;
    case Kind::flag:
      if (value.kind == From::boolean) return value.boolean;
      break;
    case Kind::count:
      if (value.kind == From::number) return wholeNumber(value.source);
      break;
    case Kind::texts:
      if (value.kind == From::array && std::ranges::all_of(value.elements, [](const auto& one) { return one.kind == From::text; })) {
        std::vector<std::string> out;
        for (const auto& one : value.elements) out.emplace_back(one.text);
        return out;
      }
      break;
    case Kind::json: return query::textOf(value);
  }
  return std::nullopt;
}

std::optional<Arguments::Value> convertText(std::string text, Kind kind) {
  switch (kind) {
    case Kind::text: return text;
    case Kind::flag:
      if (text == "true" || text == "false") return text == "true";
      break;
    case Kind::count: return wholeNumber(text);
    case Kind::texts: return std::vector<std::string>{std::move(text)};
    case Kind::json: return query::Parser().parse(text) ? text : json::quoted(text);
  }
  return std::nullopt;
}

// NUL and broken UTF-8 have no place in a name or value, and would come back in an error's text.
bool isCleanText(std::string_view text) { return !text.contains('\0') && simdjson::validate_utf8(text.data(), text.size()); }

template <class T>
const T* valueOf(const std::map<std::string, Arguments::Value, std::less<>>& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : std::get_if<T>(&found->second);
}

}  // namespace

std::string Arguments::text(std::string_view name) const {
  const auto* value = valueOf<std::string>(values_, name);
  return value == nullptr ? std::string() : *value;
}

std::string Arguments::takeText(std::string_view name) {
  const auto found = values_.find(name);
  if (found == values_.end()) return {};
  auto* value = std::get_if<std::string>(&found->second);
  return value == nullptr ? std::string() : std::move(*value);
}

std::optional<bool> Arguments::flag(std::string_view name) const {
  const auto* value = valueOf<bool>(values_, name);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<std::uint64_t> Arguments::count(std::string_view name) const {
  const auto* value = valueOf<std::uint64_t>(values_, name);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::vector<std::string> Arguments::texts(std::string_view name) const {
  const auto* value = valueOf<std::vector<std::string>>(values_, name);
  return value == nullptr ? std::vector<std::string>() : *value;
}

Result<void> Arguments::addJson(std::string_view body, std::span<const Argument> declared) {
  query::Parser parser;
  const auto parsed = parser.parse(body.empty() ? "{}" : body);
  if (!parsed) return invalid(parsed.error().text().contains("nested deeper") ? "The body is nested too deeply." : "The body is not valid JSON.");
  if ((*parsed)->kind != query::Kind::object) return invalid("The body must be a JSON object.");
  std::vector<std::string> unknown;
  for (const auto& member : (*parsed)->members) {
    const auto* argument = findDeclared(declared, member.key);
    if (argument == nullptr) {
      unknown.emplace_back(member.key);
      continue;
    }
    if (member.value.kind == query::Kind::null && argument->need == Need::optional) continue;
    auto value = convert(member.value, argument->kind);
    if (!value) return wrongKind(*argument);
    set(argument->name, std::move(*value));
  }
  if (!unknown.empty()) return unknownFields(std::move(unknown), declared);
  return checkComplete(declared);
}

Result<void> Arguments::checkComplete(std::span<const Argument> declared) const {
  for (const auto& argument : declared) {
    if (argument.need == Need::required && !values_.contains(argument.name)) {
      return invalid(fmt::format("'{}' is missing; it must be {}.", argument.name, kindName(argument.kind)));
    }
  }
  return {};
}

Result<void> Arguments::addQuery(std::string_view query, std::span<const Argument> declared) {
  for (auto& pair : http::splitQuery(query)) {
    if (!isCleanText(pair.name) || !isCleanText(pair.value)) return invalid("The query is not UTF-8 text.");
    const auto* argument = findDeclared(declared, pair.name);
    if (argument == nullptr) return unknownFields({std::move(pair.name)}, declared);
    const auto given = values_.find(pair.name);
    auto* list = given == values_.end() ? nullptr : std::get_if<std::vector<std::string>>(&given->second);
    if (given != values_.end() && list == nullptr) return invalid(fmt::format("'{}' was given twice.", pair.name));
    if (list != nullptr) {
      list->push_back(std::move(pair.value));
      continue;
    }
    auto value = convertText(std::move(pair.value), argument->kind);
    if (!value) return wrongKind(*argument);
    set(argument->name, std::move(*value));
  }
  return checkComplete(declared);
}

Result<void> Arguments::addPathSegment(std::string_view name, std::string_view segment) {
  REDD_TRY(auto value, http::percentDecode(segment));
  if (!isCleanText(value)) return invalid("The path is not UTF-8 text.");
  set(name, std::move(value));
  return {};
}

}  // namespace redd::control
