// SQL narrows, the matcher decides (design, section 5): which rows can hold the matches of a query, and in which order they come.
//
//   ids      the filter names them, or an index gave them: they are read one by one, in _id order
//   point    one key of an index, whose ids are in _id order; of them those in a range, if the filter names one
//   ordered  an index whose order is the sort's
//   range    a piece of the documents, by _id
//   scan     every document
// Whatever comes, all filters must still match; where they say no more than the ids or the key, the document need not be parsed
// for it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "document_rows.h"
#include "query/filter.h"
#include "query/find_options.h"
#include "slow_queries.h"
#include "store/store.h"

namespace redd::store {

class Plan {
 public:
  enum class Access { ids, point, ordered, range, scan };
  struct Cost {
    std::uint64_t keys = 0, documents = 0;  // read so far
  };

  // For a change or a removal.
  static Result<Plan> make(DocumentRows& rows, const std::string& collection, const Selector& selector);
  // For a find: filter and bounds must both match. With a sort the plan says by sorted() whether matches come in its order.
  static Result<Plan> make(DocumentRows& rows, const std::string& collection, const std::string& filter, const std::string& bounds,
                           const query::Sort& sort);

  struct Place {
    std::string key, id;  // key: of an ordered plan
  };
  // A document that matches, valid during the call that gets it.
  class Match {
   public:
    Match(const Place& at, std::string_view text, query::Parser& parser) : place(at), json(text), parser_(parser) {}
    Result<const query::Value*> document() const;  // of json, which is parsed when this is first asked for

    const Place& place;
    const std::string_view json;

   private:
    query::Parser& parser_;
    mutable const query::Value* document_ = nullptr;
  };
  // Calls see(match) for the matches behind `after`, until it returns false. In the order of the sort when sorted(), whatever
  // the direction; else in _id order.
  using Direction = DocumentRows::Direction;
  using See = std::function<Result<bool>(const Match& match)>;
  Result<void> run(DocumentRows& rows, const std::optional<Place>& after, Direction direction, const See& see);

  // Passes over the first `count` matches where that needs no document; says how many it passed, and moves `after` behind them.
  Result<std::uint64_t> skip(DocumentRows& rows, std::uint64_t count, std::optional<Place>& after);

  bool sorted() const { return access_ == Access::ordered || byId_; }
  bool mayComeAgain() const { return access_ == Access::ordered; }  // a document that changes between two pages
  bool everything() const { return access_ == Access::scan && filters_.empty(); }  // no filter, no choice
  std::optional<std::string> onlyId() const;                                     // the filter names exactly one
  const Cost& cost() const { return cost_; }
  // The index that would serve the query better than what it has; nullopt: there is none, or there is that index.
  std::optional<WantedIndex> wanted(const query::Sort& sort, bool limited) const;
  std::string describe() const;  // JSON members for `explain`

  static constexpr std::size_t kGatheredMax = 200'000;  // ids; an index that gives more is not used

 private:
  struct Search {
    const Index* index;
    std::vector<query::KeyRange> ranges;
    std::size_t fields;  // how many of the index are bounded
    bool wholePoint;     // one key, all fields of it
  };
  Plan(std::string collection, CollectionPtr known) : collection_(std::move(collection)), known_(std::move(known)) {}

  Result<void> add(const std::string& filter);
  Result<void> choose(DocumentRows& rows, const query::Sort& sort);
  using SortFields = std::span<const query::Sort::Field>;
  Result<void> chooseIndex(DocumentRows& rows, std::span<const SortFields> orders);
  void narrow();
  struct Order {
    const Index* index;
    std::vector<query::KeyRange> ranges;
    std::size_t fixed;  // fields before those of the sort, with one key each
  };
  std::optional<Order> orderOf(const Index& index, SortFields wanted) const;
  std::optional<Order> bestOrder(std::span<const SortFields> orders) const;
  struct Best {
    Search search;
    std::size_t keys;  // at most kEstimateMax
  };
  enum class Rivals { none, order };  // what the best search is compared with: nothing is counted for a search that stands alone
  Result<std::optional<Best>> bestSearch(DocumentRows& rows, Rivals rivals) const;
  Result<void> use(DocumentRows& rows, const Search& search);
  std::vector<Search> searches() const;
  static Result<std::size_t> estimate(DocumentRows& rows, const Index& index, const std::vector<query::KeyRange>& ranges);
  bool decides() const;
  Result<bool> gather(DocumentRows& rows, std::int64_t index, const std::vector<query::KeyRange>& ranges, std::size_t idsMax);
  Result<void> checkIndex(DocumentRows& rows) const;

  Result<void> runIds(DocumentRows& rows, const std::optional<Place>& after, Direction direction, const See& see);
  Result<void> runKeys(DocumentRows& rows, const std::optional<Place>& after, Direction direction, const See& see);
  Result<void> runRanges(DocumentRows& rows, const std::optional<Place>& after, Direction direction, const See& see);
  Result<bool> show(const Place& place, std::string_view json, const See& see);

  std::string collection_;
  CollectionPtr known_;                  // nullptr: there is no such collection
  std::vector<query::Filter> filters_;   // all of them must match; those that match everything are left out
  std::vector<query::FieldBound> bounds_;
  std::optional<std::vector<std::string>> ids_;  // sorted
  std::vector<DocumentRows::IdRange> idRanges_ = {{}};  // of a point, a range or a scan; ascending
  bool byId_ = false;                    // the sort's order is that of _id
  bool named_ = false;                   // ids_ are the filter's own
  bool decided_ = false;                 // what the plan finds matches: the filters ask for no more than the ids or the point
  Access access_ = Access::scan;
  const Index* index_ = nullptr;         // in known_
  std::vector<query::KeyRange> ranges_;  // of a point (one) or an ordered plan
  Direction direction_ = Direction::forward;  // of the sort, when sorted()
  Cost cost_;
  std::unique_ptr<query::Parser> parser_ = std::make_unique<query::Parser>();
};

}  // namespace redd::store
