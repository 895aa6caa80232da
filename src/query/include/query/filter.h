// A query of spec 40.7: text → validated tree → matcher. The one matcher of all stores: SQL may narrow what it is asked about,
// it decides.
//
// Immutable once parsed; matches() may be called from any number of threads. It is linear in the size of document times filter:
// regular expressions are RE2's. Only look-around and back-references backtrack, within a bound on the steps of one filter; a
// search asks gaveUp() when it is done.
// Limits: filter text 1 MiB, kConditionsMax conditions, kRegexesMax expressions, depth 100.
// Errors: invalidArgument `Invalid query: …` (spec 40.7); `$where` is among the refused.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "query/index_key.h"
#include "query/value.h"

namespace redd::query {

struct FilterNode;

class Filter {
 public:
  static constexpr std::size_t kTextBytesMax = 1 << 20;
  static constexpr std::size_t kConditionsMax = 10'000;
  static constexpr std::size_t kRegexesMax = 100;

  static Result<Filter> parse(std::string_view text);
  Filter(Filter&&) noexcept;
  Filter& operator=(Filter&&) noexcept;
  ~Filter();

  bool matches(const Value& document) const;
  bool matchesAll() const;
  // The error of the search, when an expression met its bound: from then on nothing matches.
  std::optional<Error> gaveUp() const;

  // For planners: the only _ids that can match, when the filter names them ({_id: "x"}, {_id: {$in: […]}}).
  std::optional<std::vector<std::string>> ids() const;
  // What every document that matches has among its keys (index_key.h), a bound a condition. Not all that the filter says.
  std::vector<FieldBound> bounds() const;
  // The fields, when the filter says no more than that each is equal to one text, number or truth value: then a document matches
  // exactly when it has the keys of all bounds(). nullopt: it says more, or something else.
  std::optional<std::vector<std::string>> equalFields() const;
  // Fields that the filter sets to one value, as JSON: what an upsert starts from (spec 40.6).
  std::vector<std::pair<std::string, std::string>> equalities() const;

 private:
  struct State;
  friend class Condition;
  explicit Filter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// One operand of $pull: a value to be equal to, or a query that an element must match.
class Condition {
 public:
  static Result<Condition> parse(std::string_view operand);
  Condition(Condition&&) noexcept;
  Condition& operator=(Condition&&) noexcept;
  ~Condition();
  bool matches(const Value& element) const;
  std::optional<Error> gaveUp() const;  // as Filter's

 private:
  struct State;
  explicit Condition(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace redd::query
