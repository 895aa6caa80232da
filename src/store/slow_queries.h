// Queries that read many documents to return few, by their shape, and the index that would have served each (index.advice). Fast queries
// leave nothing. In memory, for as long as the store is open; holds names of fields and no values.
// Thread-safe: readers note, whoever asks lists.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "document_rows.h"
#include "query/find_options.h"
#include "query/index_key.h"
#include "store/store.h"

namespace redd::store {

// The index that serves a query best: fields that are equal to something, by name; behind them those of the sort, or one that is bounded.
struct WantedIndex {
  std::vector<std::string> fields;  // empty: no index serves it
  std::size_t equalFields = 0;      // how many stand in front; their order is free
  bool ordered = false;             // the rest are the sort's: an index with more fields does not give its order

  static WantedIndex make(const std::vector<query::FieldBound>& bounds, const query::Sort& sort, bool limited);
  bool servedBy(const Collection& collection) const;  // there is such an index, and it is ready
};

class SlowQueries {
 public:
  static constexpr std::uint64_t kReadMin = 1'000;  // documents; fewer are fast
  static constexpr std::uint64_t kReadPerReturned = 10;
  static constexpr std::size_t kShapesMax = 100;  // the one that was not seen for longest goes

  static bool isSlow(std::uint64_t read, std::uint64_t returned) { return read >= kReadMin && read / kReadPerReturned >= returned; }

  void note(const std::string& collection, const WantedIndex& wanted, std::uint64_t read, std::uint64_t returned, std::int64_t tookNs);
  // Worst first; forgets those that an index serves by now, or whose collection is gone.
  Result<std::vector<IndexAdvice>> list(DocumentRows& rows);

 private:
  struct Shape {
    WantedIndex wanted;
    IndexAdvice advice;
  };
  std::mutex mutex_;
  std::map<std::pair<std::string, std::vector<std::string>>, Shape> shapes_;  // by collection and fields; guarded by mutex_
};

}  // namespace redd::store
