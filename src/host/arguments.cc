#include "arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace redd::host {

namespace od = simdjson::ondemand;

namespace {

constexpr double kWholeNumberMax = 9007199254740991;  // JavaScript's Number.MAX_SAFE_INTEGER

Error malformed() { return invalid("the call is not valid JSON; a lone surrogate in a text is not"); }

// Calls `each` at every byte of JSON outside texts, with the depth of brackets before it.
template <class Each>
void walk(std::string_view json, Each each) {
  std::size_t depth = 0;
  bool inText = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (inText) {
      if (c == '\\')
        ++i;
      else
        inText = c != '"';
      continue;
    }
    each(i, c, depth);
    inText = c == '"';
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0) --depth;
  }
}

std::size_t depthOf(std::string_view json) {
  std::size_t deepest = 0;
  walk(json, [&deepest](std::size_t, char c, std::size_t depth) {
    if (c == '{' || c == '[') deepest = std::max(deepest, depth + 1);
  });
  return deepest;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

// The elements of a valid JSON array.
std::vector<std::string_view> elements(std::string_view array) {
  std::vector<std::string_view> all;
  std::size_t begin = 1;
  walk(array, [&](std::size_t at, char c, std::size_t depth) {
    if (depth != 1 || (c != ',' && c != ']')) return;
    if (const auto element = trimmed(array.substr(begin, at - begin)); !element.empty()) all.push_back(element);
    begin = at + 1;
  });
  return all;
}

}  // namespace

Result<Arguments> Arguments::parse(od::parser& parser, std::string_view payload, std::size_t depthMax) {
  Arguments arguments;
  arguments.depthMax_ = depthMax;
  od::document document;
  od::array array;
  if (parser.iterate(payload.data(), payload.size(), payload.size() + simdjson::SIMDJSON_PADDING).get(document)) return malformed();
  if (document.get_array().get(array)) return malformed();
  std::size_t index = 0;
  for (auto element : array) {
    od::value value;
    if (element.get(value)) return malformed();
    if (index == 0) {
      std::uint64_t invocation = 0;
      if (value.get_uint64().get(invocation) || invocation > UINT32_MAX) return malformed();
      arguments.invocation_ = static_cast<std::uint32_t>(invocation);
    } else if (index == 1) {
      if (value.get_string().get(arguments.operation_)) return malformed();
    } else {
      if (arguments.count_ == kArgumentsMax) break;
      REDD_TRY_VOID(arguments.add(value));
    }
    ++index;
  }
  if (index < 2) return malformed();
  return arguments;
}

Result<void> Arguments::add(od::value value) {
  od::json_type type{};
  if (value.type().get(type)) return malformed();
  Argument& argument = all_.at(count_++);
  simdjson::error_code error = simdjson::SUCCESS;
  switch (type) {
    case od::json_type::null: error = value.is_null() ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR; break;
    case od::json_type::string:
      argument.kind = Kind::text;
      error = value.get_string().get(argument.text);
      break;
    case od::json_type::number:
      argument.kind = Kind::number;
      error = value.get_double().get(argument.number);
      break;
    case od::json_type::object: {
      od::object object;
      argument.kind = Kind::object;
      error = value.get_object().get(object);
      if (!error) error = object.raw_json().get(argument.text);
      break;
    }
    case od::json_type::array: {
      od::array array;
      argument.kind = Kind::array;
      error = value.get_array().get(array);
      if (!error) error = array.raw_json().get(argument.text);
      break;
    }
    case od::json_type::boolean: argument.kind = Kind::other; break;
  }
  if (error) return malformed();
  if (argument.kind == Kind::object || argument.kind == Kind::array) argument.text = trimmed(argument.text);
  return {};
}

std::string_view Arguments::textAt(std::size_t index) const {
  return index < count_ && all_.at(index).kind == Kind::text ? all_.at(index).text : std::string_view();
}

const Arguments::Argument& Arguments::next() {
  static constexpr Argument kAbsent;
  return taken_ < count_ ? all_.at(taken_++) : kAbsent;
}

Result<std::string> Arguments::text(std::string_view name, std::size_t bytesMax) {
  const Argument& argument = next();
  if (argument.kind != Kind::text) return invalid(fmt::format("{} must be a text", name));
  if (argument.text.size() > bytesMax) {
    return invalid(fmt::format("{} must be at most {} bytes long, and has {}", name, bytesMax, argument.text.size()));
  }
  return std::string(argument.text);
}

Result<std::string> Arguments::textOrEmpty(std::string_view name, std::size_t bytesMax) {
  if (taken_ < count_ && all_.at(taken_).kind != Kind::null) return text(name, bytesMax);
  next();
  return std::string();
}

Result<double> Arguments::number(std::string_view name) {
  const Argument& argument = next();
  if (argument.kind != Kind::number || !std::isfinite(argument.number)) return invalid(fmt::format("{} must be a number", name));
  return argument.number;
}

Result<std::optional<std::int64_t>> Arguments::milliseconds(std::string_view name) {
  using Ms = std::optional<std::int64_t>;
  const Argument& argument = next();
  if (argument.kind == Kind::null) return Ms();
  if (argument.kind != Kind::number || !std::isfinite(argument.number))
    return invalid(fmt::format("{} must be a number of milliseconds", name));
  return Ms(static_cast<std::int64_t>(std::round(std::clamp(argument.number, 0.0, kWholeNumberMax))));
}

Result<void> Arguments::check(std::string_view json, std::string_view name) const {
  simdjson::dom::parser parser;
  if (parser.allocate(std::max<std::size_t>(json.size(), 1), depthMax_)) return malformed();
  const auto error = parser.parse(json.data(), json.size(), false).error();
  if (!error) return {};
  if (depthOf(json) > depthMax_) return invalid(fmt::format("{} is nested deeper than {}", name, depthMax_));
  const bool numberBeyond64Bits = error == simdjson::NUMBER_ERROR;  // JavaScript prints them up to 1e21
  if (numberBeyond64Bits && nlohmann::json::accept(json)) return {};
  return invalid(fmt::format("{} is not valid JSON; a lone surrogate in a text is not", name));
}

Result<std::string> Arguments::object(std::string_view name) {
  const Argument& argument = next();
  if (argument.kind != Kind::object) return invalid(fmt::format("{} must be an object", name));
  REDD_TRY_VOID(check(argument.text, name));
  return std::string(argument.text);
}

Result<std::string> Arguments::objectOrEmpty(std::string_view name) {
  if (taken_ < count_ && all_.at(taken_).kind != Kind::null) return object(name);
  next();
  return std::string("{}");
}

Result<std::vector<std::string>> Arguments::texts(std::string_view name, std::size_t bytesMax) {
  const Argument& argument = next();
  const auto refused = [name] { return invalid(fmt::format("{} must be an array of texts", name)); };
  if (argument.kind != Kind::array) return refused();
  const auto array = nlohmann::json::parse(argument.text, nullptr, false);
  if (!array.is_array() || array.size() > kTextsMax) return refused();
  std::vector<std::string> out;
  for (const auto& element : array) {
    if (!element.is_string() || element.get_ref<const std::string&>().size() > bytesMax) return refused();
    out.push_back(element.get<std::string>());
  }
  return out;
}

Result<Documents> Arguments::documents(std::string_view name) {
  const Argument& argument = next();
  if (argument.kind != Kind::object && argument.kind != Kind::array)
    return invalid(fmt::format("{} must be an object or an array of objects", name));
  Documents documents;
  documents.many = argument.kind == Kind::array;
  if (!documents.many) {
    REDD_TRY_VOID(check(argument.text, name));
    documents.texts.emplace_back(argument.text);
    return documents;
  }
  for (const std::string_view element : elements(argument.text)) {
    if (element.front() != '{') return invalid(fmt::format("{} must be an object or an array of objects", name));
    if (documents.texts.size() == kDocumentsMax) return invalid(fmt::format("{} has more than {} elements", name, kDocumentsMax));
    REDD_TRY_VOID(check(element, name));
    documents.texts.emplace_back(element);
  }
  return documents;
}

Result<store::Selector> Arguments::selector(std::string_view name) {
  store::Selector selector;
  if (taken_ < count_ && all_.at(taken_).kind == Kind::text) {
    selector.id = std::string(next().text);
    return selector;
  }
  REDD_TRY(selector.filter, objectOrEmpty(name));
  return selector;
}

Result<Flags> Arguments::flags(std::string_view name) {
  REDD_TRY(const std::string text, objectOrEmpty(name));
  const auto options = nlohmann::json::parse(text, nullptr, false);
  const auto on = [&options](const char* key) {
    const auto found = options.find(key);
    return found != options.end() && found->is_boolean() && found->get<bool>();
  };
  return Flags{on("upsert"), on("many"), on("reverse"), on("onlykeys")};
}

}  // namespace redd::host
