// Patterns of auth hooks and paths, both of somebody's choice (spec 20.5, SEC-17): "pattern\npath". The automaton must agree with
// plain backtracking on short inputs and stay bounded on all.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "pattern.h"

namespace {

bool isNameCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool backtrack(std::string_view pattern, std::string_view path) {
  if (pattern.empty()) return path.empty() || path == "/";
  if (pattern[0] == '*') {
    for (std::size_t taken = 0; taken <= path.size(); ++taken) {
      if (backtrack(pattern.substr(1), path.substr(taken))) return true;
    }
    return false;
  }
  if (pattern[0] == ':' && pattern.size() > 1 && isNameCharacter(pattern[1])) {
    std::size_t end = 1;
    while (end < pattern.size() && isNameCharacter(pattern[end])) ++end;
    for (std::size_t taken = 1; taken <= path.size() && path[taken - 1] != '/'; ++taken) {
      if (backtrack(pattern.substr(end), path.substr(taken))) return true;
    }
    return false;
  }
  return !path.empty() && lower(pattern[0]) == lower(path[0]) && backtrack(pattern.substr(1), path.substr(1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = input.find('\n');
  if (cut == std::string_view::npos || cut > 4096 || size > 16384) return 0;
  std::string_view pattern = input.substr(0, cut);
  const std::string_view path = input.substr(cut + 1);
  const bool matches = redd::gateway::TextPattern(pattern).matches(path);
  (void)redd::gateway::matchAuthHooks({std::string(pattern)}, path);
  if (pattern.size() > 24 || path.size() > 24) return 0;
  while (pattern.ends_with('/')) pattern.remove_suffix(1);
  if (matches != backtrack(pattern, path)) std::abort();
  return 0;
}
