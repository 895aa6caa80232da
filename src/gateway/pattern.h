// Text patterns of routes and auth hooks (spec 20.5): `/a/:id`, `/pub/*`, `/a*`. Case-insensitive, one trailing slash is
// optional, `.` is literal. Matching walks the path once and keeps the set of reachable positions, so time is linear in the path
// for every pattern (SEC-17). RegExp patterns ({"$regex":…}) are JavaScript's and are matched in the worker, never here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace redd::gateway {

class TextPattern {
 public:
  explicit TextPattern(std::string_view pattern);
  bool matches(std::string_view path) const;

 private:
  enum class Kind : unsigned char { literal, oneOfSegment, restOfSegment, anything };
  struct Step {
    Kind kind;
    char character;
  };
  void close(std::vector<bool>& positions) const;
  std::vector<Step> steps_;
};

enum class HookMatch { no, yes, askWorker };
// Whether one of the auth patterns of a manifest opens `apiPath`; askWorker when only a RegExp could.
HookMatch matchAuthHooks(const std::vector<std::string>& patterns, std::string_view apiPath);

}  // namespace redd::gateway
