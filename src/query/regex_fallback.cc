#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>

#include "js_regex.h"

namespace redd::query {
namespace {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
template <class T, auto kFree>
using Owned = std::unique_ptr<T, Freed<kFree>>;
using Code = Owned<pcre2_code, pcre2_code_free>;
using CompileContext = Owned<pcre2_compile_context, pcre2_compile_context_free>;
using MatchContext = Owned<pcre2_match_context, pcre2_match_context_free>;
using MatchData = Owned<pcre2_match_data, pcre2_match_data_free>;

// What one search may still do. A step is an item of the pattern tried at a place; it costs more in long texts, where one
// step can look at much of the text.
struct Allowance {
  std::uint64_t left;
  std::uint64_t cost;
};

int onStep(pcre2_callout_block*, void* data) {
  auto& allowance = *static_cast<Allowance*>(data);
  if (allowance.left < allowance.cost) return PCRE2_ERROR_MATCHLIMIT;
  allowance.left -= allowance.cost;
  return 0;
}

class BacktrackingRegex : public Regex {
 public:
  explicit BacktrackingRegex(Code code) : code_(std::move(code)) {}

  Found search(std::string_view text, Budget& budget) const override {
    constexpr std::size_t kBytesPerStep = 256;
    constexpr std::uint32_t kMatchLimit = 10'000'000, kHeapKiBMax = 16 << 10;  // behind the steps, should they miss something
    const auto used = budget.steps.load(std::memory_order_relaxed);
    const auto granted = std::min(kStepsPerTextMax, kStepsMax - std::min(used, kStepsMax));
    Allowance allowance{granted, 1 + text.size() / kBytesPerStep};
    const MatchContext context(pcre2_match_context_create(nullptr));
    const MatchData data(pcre2_match_data_create_from_pattern(code_.get(), nullptr));
    REDD_CHECK(context && data);
    pcre2_set_callout(context.get(), onStep, &allowance);
    pcre2_set_match_limit(context.get(), kMatchLimit);
    pcre2_set_heap_limit(context.get(), kHeapKiBMax);
    const int result = pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, PCRE2_NO_UTF_CHECK, data.get(), context.get());
    budget.steps.fetch_add(granted - allowance.left, std::memory_order_relaxed);
    if (result >= 0) return Found::yes;
    if (result == PCRE2_ERROR_NOMATCH) return Found::no;
    budget.exceeded.store(true, std::memory_order_relaxed);
    return Found::tooMuch;
  }

 private:
  Code code_;
};

}  // namespace

Result<std::shared_ptr<const Regex>> makeBacktrackingRegex(const std::string& pattern, std::string_view flags) {
  std::uint32_t options = PCRE2_UTF | PCRE2_AUTO_CALLOUT | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C;
  if (flags.contains('i')) options |= PCRE2_CASELESS;
  if (flags.contains('m')) options |= PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX;
  if (flags.contains('s')) options |= PCRE2_DOTALL;
  constexpr std::uint32_t kParensMax = 100;
  const CompileContext context(pcre2_compile_context_create(nullptr));
  REDD_CHECK(context);
  pcre2_set_parens_nest_limit(context.get(), kParensMax);
  int error = 0;
  std::size_t at = 0;
  Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options, &error, &at, context.get()));
  if (!code) {
    std::array<PCRE2_UCHAR, 256> why{};
    pcre2_get_error_message(error, why.data(), why.size());
    return invalid(fmt::format("bad regular expression: {}", reinterpret_cast<const char*>(why.data())));
  }
  return std::make_shared<const BacktrackingRegex>(std::move(code));
}

}  // namespace redd::query
