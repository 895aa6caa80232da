#include "source_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "json_text.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// One base-64 VLQ number from the front of `text`.
std::optional<std::int64_t> takeNumber(std::string_view& text) {
  std::uint64_t bits = 0;
  for (unsigned shift = 0; shift < 40 && !text.empty(); shift += 5) {
    const auto digit = kDigits.find(text.front());
    if (digit == std::string_view::npos) return std::nullopt;
    text.remove_prefix(1);
    bits |= static_cast<std::uint64_t>(digit & 31) << shift;
    if ((digit & 32) == 0) {
      const auto value = static_cast<std::int64_t>(bits >> 1);
      return (bits & 1) != 0 ? -value : value;
    }
  }
  return std::nullopt;
}

void putNumber(std::string& out, std::int64_t value) {
  auto bits = value < 0 ? static_cast<std::uint64_t>(-value) << 1 | 1 : static_cast<std::uint64_t>(value) << 1;
  do {
    const auto digit = bits & 31;
    bits >>= 5;
    out += kDigits[digit | (bits != 0 ? 32 : 0)];
  } while (bits != 0);
}

// What is not the app's: packages, the bundler's own helpers, files outside the folder.
std::string ownName(const fs::path& file, const fs::path& appFolder) {
  const auto name = file.lexically_relative(appFolder).generic_string();
  const bool foreign = name.empty() || name.starts_with("..") || name.contains("node_modules/") || name.contains(':');
  return foreign ? std::string() : name;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::uint32_t> takeDecimal(std::string_view& text) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || text.empty() || !isDigit(text.front())) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

Result<SourceMap> SourceMap::ofApp(std::string_view mapJson, const fs::path& mapFolder, const fs::path& appFolder) {
  const auto json = parseJson(mapJson);
  if (!json || numberOf(*json, "version") != 3) return invalid("the bundler wrote no source map of version 3");
  SourceMap map;
  std::vector<std::int32_t> kept;
  for (const auto& source : textsOf(*json, "sources")) {
    auto name = ownName((mapFolder / source).lexically_normal(), appFolder);
    kept.push_back(name.empty() ? -1 : static_cast<std::int32_t>(map.files_.size()));
    if (!name.empty()) map.files_.push_back(std::move(name));
  }
  REDD_TRY_VOID(map.takeMappings(textOf(*json, "mappings"), kept));
  return map;
}

Result<void> SourceMap::takeMappings(std::string_view mappings, const std::vector<std::int32_t>& kept) {
  const auto broken = [] { return invalid("the bundler's source map has malformed mappings"); };
  std::uint32_t line = 0;
  std::int64_t column = 0;
  std::array<std::int64_t, 4> state{};  // source, its line, its column, name
  while (!mappings.empty()) {
    if (mappings.front() == ';' || mappings.front() == ',') {
      if (mappings.front() == ';') {
        ++line;
        column = 0;
      }
      mappings.remove_prefix(1);
      continue;
    }
    std::size_t count = 0;
    for (; !mappings.empty() && mappings.front() != ',' && mappings.front() != ';'; ++count) {
      const auto number = takeNumber(mappings);
      if (!number || count > 4) return broken();
      (count == 0 ? column : state[count - 1]) += *number;
    }
    const bool known = count >= 4 && state[0] >= 0 && static_cast<std::size_t>(state[0]) < kept.size();
    const auto source = known ? kept[static_cast<std::size_t>(state[0])] : -1;
    const bool repeated = source < 0 && (segments_.empty() || segments_.back().source < 0);
    if (repeated) continue;
    segments_.push_back(
        {line, static_cast<std::uint32_t>(column), source, static_cast<std::uint32_t>(state[1]), static_cast<std::uint32_t>(state[2])});
  }
  return {};
}

std::string SourceMap::toJson() const {
  std::string mappings;
  Segment last{0, 0, 0, 0, 0};
  bool firstOfLine = true;
  for (const auto& segment : segments_) {
    if (segment.line > last.line) {
      mappings.append(segment.line - last.line, ';');
      last.line = segment.line;
      last.column = 0;
      firstOfLine = true;
    }
    if (!firstOfLine) mappings += ',';
    firstOfLine = false;
    putNumber(mappings, std::int64_t{segment.column} - last.column);
    last.column = segment.column;
    if (segment.source < 0) continue;
    putNumber(mappings, segment.source - last.source);
    putNumber(mappings, std::int64_t{segment.sourceLine} - last.sourceLine);
    putNumber(mappings, std::int64_t{segment.sourceColumn} - last.sourceColumn);
    last = segment;
  }
  return printJson(Json{{"version", 3}, {"sources", files_}, {"names", Json::array()}, {"mappings", mappings}});
}

std::optional<SourceMap::Position> SourceMap::find(std::uint32_t line, std::uint32_t column) const {
  if (line == 0 || column == 0) return std::nullopt;
  const auto after = std::ranges::upper_bound(segments_, std::pair(line - 1, column - 1), {},
                                              [](const Segment& one) { return std::pair(one.line, one.column); });
  if (after == segments_.begin()) return std::nullopt;
  const auto& segment = *std::prev(after);
  if (segment.line != line - 1 || segment.source < 0) return std::nullopt;
  return Position{files_[static_cast<std::size_t>(segment.source)], segment.sourceLine + 1, segment.sourceColumn + 1};
}

std::string SourceMap::explain(std::string_view stack, std::string_view script) const {
  std::string out;
  const auto mark = std::string(script) + ":";
  while (true) {
    const auto at = stack.find(mark);
    out += stack.substr(0, at);
    if (at == std::string_view::npos) return out;
    auto rest = stack.substr(at + mark.size());
    const auto line = takeDecimal(rest);
    std::optional<std::uint32_t> column;
    if (line && rest.starts_with(':')) {
      rest.remove_prefix(1);
      column = takeDecimal(rest);
    }
    const auto place = line && column ? find(*line, *column) : std::nullopt;
    if (place) {
      out += fmt::format("{}:{}:{}", place->file, place->line, place->column);
    } else {
      out += stack.substr(at, stack.size() - at - rest.size());
    }
    stack = rest;
  }
}

}  // namespace redd::coho
