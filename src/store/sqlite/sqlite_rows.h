// DocumentRows in a space's data.sqlite.
#pragma once

#include "document_rows.h"
#include "store/sqlite/database.h"

namespace redd::store::sqlite {

class SqliteRows final : public DocumentRows {
 public:
  explicit SqliteRows(Database& database) : database_(database) {}
  Result<std::optional<std::string>> get(const std::string& collection, std::string_view id) override;
  Result<void> scan(const std::string& collection, const std::optional<std::string>& after, Direction direction,
                    const Visit& visit) override;
  Result<bool> insert(const std::string& collection, std::string_view id, std::string_view json) override;
  Result<void> put(const std::string& collection, std::string_view id, std::string_view json) override;
  Result<void> erase(const std::string& collection, std::string_view id) override;

 private:
  Result<std::optional<std::int64_t>> numberOf(const std::string& collection);
  Result<std::int64_t> numberOrNew(const std::string& collection);

  Database& database_;
  std::string knownName_;  // the collection that was asked for last
  std::optional<std::int64_t> knownNumber_;
};

}  // namespace redd::store::sqlite
