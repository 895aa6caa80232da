// The rows under the documents of one space, as the algorithms of document_ops.h see them. Implemented by SQLite and by the
// memory store of the tests. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redd::store {

class DocumentRows {
 public:
  enum class Direction { forward, backward };
  // Gets id and JSON, valid during the call; false ends the scan.
  using Visit = std::function<Result<bool>(std::string_view id, std::string_view json)>;

  virtual ~DocumentRows() = default;
  virtual Result<std::optional<std::string>> get(const std::string& collection, std::string_view id) = 0;
  // In _id order, behind `after`. The rows must not be changed during the scan.
  virtual Result<void> scan(const std::string& collection, const std::optional<std::string>& after, Direction direction,
                            const Visit& visit) = 0;
  virtual Result<bool> insert(const std::string& collection, std::string_view id, std::string_view json) = 0;  // false: is there
  virtual Result<void> put(const std::string& collection, std::string_view id, std::string_view json) = 0;     // is there
  virtual Result<void> erase(const std::string& collection, std::string_view id) = 0;
};

}  // namespace redd::store
