// The disk side of LogBook: DIR/spaces/ID/log.sqlite. Used by the log's one thread only.
#pragma once

#include <list>
#include <map>

#include "store/log_book.h"
#include "store/sqlite/database.h"

namespace redd::store {

class LogFiles {
 public:
  static constexpr std::size_t kOpenMax = 64;
  static constexpr std::int64_t kAgeMaxMs = std::int64_t{7} * 24 * 3'600'000;

  LogFiles(std::filesystem::path dataDir, std::size_t linesMax) : dataDir_(std::move(dataDir)), linesMax_(linesMax) {}

  Result<void> write(const std::string& spaceId, const std::vector<LogLine>& lines);  // one transaction, no sync
  Result<std::vector<LogLine>> tail(const std::string& spaceId, std::size_t count, const std::string& context);
  void closeAll() { open_.clear(); }

 private:
  Result<sqlite::Database*> file(const std::string& spaceId);
  Result<void> trim(sqlite::Database& database) const;

  struct Open {
    std::string spaceId;
    sqlite::Database database;
  };
  std::filesystem::path dataDir_;
  std::size_t linesMax_;
  std::list<Open> open_;  // used last first
};

}  // namespace redd::store
