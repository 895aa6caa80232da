// What nobody sees any more: expired keys and documents, the rows of dropped collections and removed indexes. The lane takes it away
// in small transactions between writes.
#pragma once

#include <optional>

#include "base/clock.h"
#include "sqlite/sqlite_rows.h"
#include "store/sqlite/database.h"

namespace redd::store::sqlite {

struct Swept {
  std::int64_t rows = 0;
  std::optional<UnixMs> nextAt;  // when there will be something again; nullopt: nothing expires
};

inline constexpr int kSweepRows = 1'000;  // of each kind in one transaction

Result<Swept> sweep(Database& database, KnownCollections& known, UnixMs now);

}  // namespace redd::store::sqlite
