// The options of a find (spec 40.5): how many, from where, in which order, which fields. Top-level options win over `hints`.
// Immutable once parsed. Errors: invalidArgument.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "query/path.h"
#include "query/value.h"

namespace redd::query {

// One sort key of a document, kept when the document's text is not.
struct SortKey {
  Kind kind = Kind::null;
  double number = 0;   // also of a boolean
  std::string text;    // of a text; the canonical JSON of objects and arrays
};

class Sort {
 public:
  static constexpr std::size_t kFieldsMax = 16;

  static Result<Sort> parse(const Value& sort);  // {field: 1 or -1, …} or "a,-b"
  void add(std::string_view field, bool descending) { fields_.push_back({Path(field), descending}); }
  bool empty() const { return fields_.empty(); }
  struct Field {
    Path path;
    bool descending;
  };
  const std::vector<Field>& fields() const { return fields_; }
  std::vector<SortKey> keys(const Value& document) const;
  bool before(const std::vector<SortKey>& a, const std::vector<SortKey>& b) const;

 private:
  std::vector<Field> fields_;
};

// Which fields: with names to include only those (and _id), without the ones to omit. Dotted names lead inside, through
// arrays too; a literal own key of that name goes first.
class Projection {
 public:
  static constexpr std::size_t kFieldsMax = 200;

  static Result<Projection> parse(const Value& fields);  // {name: 1 or 0, …}, ["name", …] or "name,…"
  bool all() const { return !includes_ && omitted_.empty(); }
  std::string apply(const Value& document) const;

 private:
  std::vector<std::string> included_;
  std::vector<std::string> omitted_;
  bool includes_ = false;  // only what is in included_
};

struct FindOptions {
  static Result<FindOptions> parse(std::string_view json);

  std::optional<std::uint64_t> limit;  // nullopt: all
  std::uint64_t offset = 0;
  Sort sort;
  Projection projection;
  enum class Direction { forward, backward } direction = Direction::forward;  // of _id order, when there is no sort
  enum class Answer { documents, count, ids, explain } answer = Answer::documents;
  std::string bounds = "{}";           // a filter that useIndex with start and end adds
};

}  // namespace redd::query
