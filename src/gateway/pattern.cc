#include "pattern.h"

namespace redd::gateway {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool isNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

TextPattern::TextPattern(std::string_view pattern) {
  while (pattern.ends_with('/')) pattern.remove_suffix(1);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '*') {
      steps_.push_back({Kind::anything, '*'});
    } else if (pattern[i] == ':' && i + 1 < pattern.size() && isNameCharacter(pattern[i + 1])) {
      while (i + 1 < pattern.size() && isNameCharacter(pattern[i + 1])) ++i;
      steps_.push_back({Kind::oneOfSegment, ':'});
      steps_.push_back({Kind::restOfSegment, ':'});
    } else {
      steps_.push_back({Kind::literal, lower(pattern[i])});
    }
  }
}

void TextPattern::close(std::vector<bool>& positions) const {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (positions[i] && (steps_[i].kind == Kind::anything || steps_[i].kind == Kind::restOfSegment)) positions[i + 1] = true;
  }
}

bool TextPattern::matches(std::string_view path) const {
  const std::size_t end = steps_.size();
  std::vector<bool> now(end + 1), next(end + 1);
  now[0] = true;
  close(now);
  for (std::size_t p = 0; p < path.size(); ++p) {
    const char c = path[p];
    if (now[end] && c == '/' && p + 1 == path.size()) return true;  // the optional trailing slash
    next.assign(end + 1, false);
    for (std::size_t i = 0; i < end; ++i) {
      if (!now[i]) continue;
      switch (steps_[i].kind) {
        case Kind::literal: next[i + 1] = next[i + 1] || steps_[i].character == lower(c); break;
        case Kind::oneOfSegment: next[i + 1] = next[i + 1] || c != '/'; break;
        case Kind::restOfSegment: next[i] = next[i] || c != '/'; break;
        case Kind::anything: next[i] = true; break;
      }
    }
    close(next);
    now.swap(next);
  }
  return now[end];
}

HookMatch matchAuthHooks(const std::vector<std::string>& patterns, std::string_view apiPath) {
  HookMatch result = HookMatch::no;
  for (const std::string& pattern : patterns) {
    if (pattern.starts_with('{')) {
      result = HookMatch::askWorker;
    } else if (TextPattern(pattern).matches(apiPath)) {
      return HookMatch::yes;
    }
  }
  return result;
}

}  // namespace redd::gateway
