#include <fmt/format.h>

#include "filter_node.h"
#include "query/filter.h"

namespace redd::query {
namespace {

// What JavaScript writes differently: \uXXXX and \u{X} are \x{X} in RE2, (?<name> is (?P<name>, \/ is /.
Result<std::string> translate(std::string_view source) {
  std::string out;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const auto rest = source.substr(i);
    if (rest.starts_with("(?=") || rest.starts_with("(?!") || rest.starts_with("(?<=") || rest.starts_with("(?<!")) {
      return invalid("look-ahead and look-behind are not supported in regular expressions");
    }
    if (rest.starts_with("(?<")) {
      out += "(?P<";
      i += 2;
    } else if (rest.starts_with("\\u{")) {
      out += "\\x{";
      i += 2;
    } else if (rest.starts_with("\\u") && rest.size() >= 6) {
      out += fmt::format("\\x{{{}}}", rest.substr(2, 4));
      i += 5;
    } else if (rest.size() >= 2 && rest[0] == '\\' && rest[1] >= '1' && rest[1] <= '9') {
      return invalid("back-references are not supported in regular expressions");
    } else if (rest.size() >= 2 && rest[0] == '\\') {
      if (rest[1] != '/') out += '\\';
      out += rest[1];
      ++i;
    } else {
      out += source[i];
    }
  }
  return out;
}

}  // namespace

Result<std::shared_ptr<const RE2>> makeRegex(std::string_view source, std::string_view flags) {
  if (source.size() > Filter::kRegexBytesMax) return invalid("the regular expression is too long");
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  std::string prefix;
  for (const char flag : flags) {
    if (flag == 'i' || flag == 's' || flag == 'm') {
      if (prefix.find(flag) == std::string::npos) prefix += flag;
    } else if (flag != 'u' && flag != 'g' && flag != 'y') {
      return invalid(fmt::format("unknown option {} of a regular expression", flag));
    }
  }
  REDD_TRY(std::string pattern, translate(source));
  if (!prefix.empty()) pattern = fmt::format("(?{}){}", prefix, pattern);
  auto regex = std::make_shared<const RE2>(pattern, options);
  if (!regex->ok()) return invalid(fmt::format("bad regular expression: {}", regex->error()));
  return regex;
}

}  // namespace redd::query
