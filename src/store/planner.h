// SQL narrows, the matcher decides (design, section 5): what of a filter the rows can serve, and what the matcher must still
// test. Today the rows can serve _id; indexes (spec 40.8) will be served from here.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "document_rows.h"
#include "query/filter.h"
#include "store/store.h"

namespace redd::store {

struct Plan {
  static Result<Plan> make(const Selector& selector);
  static Result<Plan> make(const std::string& filter, const std::string& bounds);

  std::optional<std::vector<std::string>> ids;  // sorted candidates; nullopt: every document
  std::vector<query::Filter> residual;          // all of them must match

  // Calls see(id, document, json) for the matches in _id order, behind `after`, until it returns false.
  using See = std::function<Result<bool>(std::string_view id, const query::Value& document, std::string_view json)>;
  Result<void> run(DocumentRows& rows, const std::string& collection, const std::optional<std::string>& after,
                   DocumentRows::Direction direction, const See& see) const;
};

}  // namespace redd::store
