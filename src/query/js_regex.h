// A JavaScript regular expression. RE2 runs what it can, in linear time; look-around and back-references are PCRE2's, which tries
// one way after another and is stopped by a bound on its steps (docs/decisions/0005-query-language.md).
//
// Immutable but for the count of steps, which is for the whole life of an expression: search() may be called from any number of
// threads. Limits: source kBytesMax; steps kStepsPerTextMax for a text, kStepsMax for all texts together.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::query {

class Regex {
 public:
  static constexpr std::size_t kBytesMax = 4'096;
  static constexpr std::uint64_t kStepsPerTextMax = 1'000'000;
  static constexpr std::uint64_t kStepsMax = 20'000'000;  // about a second

  enum class Found : unsigned char { no, yes, tooMuch };
  virtual ~Regex() = default;
  virtual Found search(std::string_view text) const = 0;
  virtual std::string_view linearPattern() const { return {}; }  // as RE2 writes it; empty: not RE2's
  virtual bool gaveUp() const { return false; }                  // some search() found too much to do
};

// Flags: i, m, s; u, g, y and d change nothing here. Errors: invalidArgument, what is wrong or not supported.
Result<std::shared_ptr<const Regex>> makeRegex(std::string_view source, std::string_view flags);

// For makeRegex: a pattern in the syntax that RE2 and PCRE2 share.
Result<std::shared_ptr<const Regex>> makeBacktrackingRegex(const std::string& pattern, std::string_view flags);

}  // namespace redd::query
