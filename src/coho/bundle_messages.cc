#include "bundle_messages.h"

#include <fmt/format.h>

namespace redd::coho {
namespace {

constexpr std::string_view kError = "✘ [ERROR] ";
constexpr std::string_view kWarning = "▲ [WARNING] ";
constexpr std::string_view kUnresolved = "Could not resolve \"";

std::string_view takeLine(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// "    index.js:2:7:" → "index.js:2:7"
std::string placeOf(std::string_view line) {
  line = trim(line);
  if (!line.ends_with(':')) return {};
  line.remove_suffix(1);
  const auto column = line.rfind(':');
  const auto row = column == std::string_view::npos || column == 0 ? column : line.rfind(':', column - 1);
  if (row == std::string_view::npos) return {};
  const bool numbers = line.find_first_not_of("0123456789:", row) == std::string_view::npos;
  return numbers ? std::string(line) : std::string();
}

BundleMessage readMessage(std::string_view title, std::string_view& rest) {
  BundleMessage message;
  message.text = trim(title);
  while (!rest.empty() && !rest.starts_with(kError) && !rest.starts_with(kWarning)) {
    const auto line = takeLine(rest);
    if (message.place.empty()) message.place = placeOf(line);
    const bool isExcerpt = line.contains("│") || line.contains("╵");
    const bool first = message.excerpt.find("╵") == std::string::npos;  // later ones belong to notes
    if (isExcerpt && first && !message.place.empty()) message.excerpt += fmt::format("{}{}", message.excerpt.empty() ? "" : "\n", line);
  }
  if (message.text.starts_with(kUnresolved)) {
    const auto import = std::string_view(message.text).substr(kUnresolved.size());
    message.package = packageOf(import.substr(0, import.find('"')));
    if (!message.package.empty()) message.fix = "npm i " + message.package;
  }
  return message;
}

}  // namespace

BundleMessages readBundleMessages(std::string_view text) {
  BundleMessages out;
  while (!text.empty()) {
    const auto line = takeLine(text);
    if (line.starts_with(kError)) out.errors.push_back(readMessage(line.substr(kError.size()), text));
    if (line.starts_with(kWarning)) out.warnings.push_back(readMessage(line.substr(kWarning.size()), text));
  }
  return out;
}

std::string packageOf(std::string_view import) {
  const bool relative = import.empty() || import.starts_with('.') || import.starts_with('/') || import.starts_with('#');
  if (relative || import.contains(':')) return {};
  auto end = import.find('/');
  if (import.starts_with('@') && end != std::string_view::npos) end = import.find('/', end + 1);
  return std::string(import.substr(0, end));
}

std::string describe(const BundleMessage& message) {
  auto out = message.text;
  if (!message.place.empty()) out += fmt::format("\n    {}", message.place);
  if (!message.excerpt.empty()) out += fmt::format("\n{}", message.excerpt);
  if (!message.fix.empty()) out += fmt::format("\n  Fix: {}", message.fix);
  return out;
}

}  // namespace redd::coho
