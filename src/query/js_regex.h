// A JavaScript regular expression. RE2 runs what it can, in linear time; look-around and back-references are PCRE2's, which tries
// one way after another and is stopped by a bound on its steps (docs/decisions/0005-query-language.md).
//
// Immutable, for any number of threads. Limits: source kBytesMax; steps kStepsPerTextMax for a text, and kStepsMax for all that is
// searched within one Budget: a filter has one for all its expressions, a check of a document by a schema another.
#pragma once

#include <atomic>
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

  struct Budget {
    std::atomic<std::uint64_t> steps = 0;
    std::atomic<bool> exceeded = false;  // some search found too much to do
  };

  enum class Found : unsigned char { no, yes, tooMuch };
  virtual ~Regex() = default;
  virtual Found search(std::string_view text, Budget& budget) const = 0;
  virtual std::string_view linearPattern() const { return {}; }  // as RE2 writes it; empty: not RE2's
};

// Flags: i, m, s; u, g, y and d change nothing here. Errors: invalidArgument, what is wrong or not supported.
Result<std::shared_ptr<const Regex>> makeRegex(std::string_view source, std::string_view flags);

// For makeRegex: a pattern in the syntax that RE2 and PCRE2 share.
Result<std::shared_ptr<const Regex>> makeBacktrackingRegex(const std::string& pattern, std::string_view flags);

}  // namespace redd::query
