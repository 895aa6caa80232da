// A change of spec 40.6: text → validated list of operations → applied to a document's text. Dots in field names are literal
// here, so a change touches members of the document itself only; the text of every other member stays as it was, and so
// does the order. `_id` is never changed. Beyond the original: $setOnInsert, $mul, $min and $max (in the order of sorts), and
// $each of $push and $addToSet.
//
// Immutable once parsed, not for two threads at once (it has one parser). Errors: invalidArgument, texts of spec 40.12.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::query {

class Change {
 public:
  static constexpr std::size_t kOperationsMax = 5'000;  // fields, over all operators
  static constexpr std::size_t kConditionsMax = 100;    // fields of $pull

  static Result<Change> parse(std::string_view text);
  Change(Change&&) noexcept;
  Change& operator=(Change&&) noexcept;
  ~Change();

  Result<std::string> apply(std::string_view document);
  Result<std::string> applyToNew(std::string_view document);  // what an upsert inserts: $setOnInsert too

 private:
  struct State;
  explicit Change(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The document with this _id: a text `_id` that is there stays where it is, another is turned into text, a missing one is
// added last (spec 40.2). `generated` makes the id for documents without one.
struct Identified {
  std::string id;
  std::string text;
};
Result<Identified> withId(std::string_view document, const std::string& generated);

// For replace: the document with this `_id`, whatever it says itself.
Result<std::string> withFixedId(std::string_view document, std::string_view id);

}  // namespace redd::query
