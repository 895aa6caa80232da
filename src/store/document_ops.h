// What the document operations of Store mean (spec 40.3 to 40.6), over any rows. Each runs inside one transaction of its caller:
// find and change of an update are one atomic step.
//
// Errors: texts of spec 40.12. "Nothing matched" is no error here: count 0, or nullopt.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "document_rows.h"
#include "document_writer.h"
#include "planner.h"
#include "query/find_options.h"
#include "store/store.h"

namespace redd::store {

Result<std::vector<std::string>> insertDocuments(DocumentRows& rows, const std::string& collection,
                                                 const std::vector<std::string>& documents);
// Inserts, or replaces what has the same _id.
Result<std::uint64_t> putDocuments(DocumentRows& rows, const std::string& collection, const std::vector<std::string>& documents);
Result<std::optional<std::string>> findOneDocument(DocumentRows& rows, const std::string& collection, const Selector& selector,
                                                   const std::string& options);
Result<Change> updateDocuments(DocumentRows& rows, const std::string& collection, const Selector& selector,
                               const std::string& change, Many many, Upsert upsert);
Result<Change> replaceDocuments(DocumentRows& rows, const std::string& collection, const Selector& selector,
                                const std::string& document, Many many, Upsert upsert);
Result<std::vector<std::string>> removeDocuments(DocumentRows& rows, const std::string& collection, const Selector& selector,
                                                 Many many);
Result<std::uint64_t> countDocuments(DocumentRows& rows, const std::string& collection, const std::string& filter);

// A find under way, page by page. Between pages it holds no row and no lock: each page sees the data of its own time, and a
// document appears at most once (spec 40.4).
class Finder {
 public:
  static constexpr std::size_t kPageDocuments = 100;
  static constexpr std::size_t kPageBytes = 256 << 10;
  static constexpr std::size_t kSortedMax = 1'000'000;
  static constexpr std::size_t kSortedBytesMax = 64 << 20;

  static Result<Finder> make(std::string collection, const Find& find);

  Result<std::vector<std::string>> page(DocumentRows& rows);
  Result<std::uint64_t> countAll(DocumentRows& rows);  // of the matches, whatever limit and offset say
  bool done() const { return done_; }

 private:
  Finder() = default;
  Result<void> begin(DocumentRows& rows);
  Result<std::vector<std::string>> explain(DocumentRows& rows);
  Result<std::vector<std::string>> documents(DocumentRows& rows);
  Result<void> sortAll(DocumentRows& rows);
  Result<std::vector<std::string>> sortedPage(DocumentRows& rows);
  Result<std::vector<std::string>> readPage(DocumentRows& rows);
  void noteWhenSlow(DocumentRows& rows, bool limited) const;
  Result<std::string> shown(const Plan::Match& match) const;

  std::string collection_, filter_;
  query::FindOptions options_;
  std::optional<Plan> plan_;                        // from the first page on
  std::optional<Plan::Place> last_;                 // behind which the next page continues
  std::unordered_set<std::string> seen_;            // ids of earlier pages, where a changed document could come again
  std::optional<std::vector<std::string>> sorted_;  // ids that are still to come, last first
  bool done_ = false;
  bool limited_ = false;
  std::uint64_t returned_ = 0;
  std::int64_t tookNs_ = 0;
};

}  // namespace redd::store
