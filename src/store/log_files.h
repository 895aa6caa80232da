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

  LogFiles(std::filesystem::path dataDir, std::size_t linesMax, std::size_t daysMax)
      : dataDir_(std::move(dataDir)), linesMax_(linesMax), ageMaxMs_(static_cast<std::int64_t>(daysMax) * 24 * 3'600'000) {}

  Result<void> write(const std::string& spaceId, const std::vector<LogLine>& lines);  // one transaction, no sync
  Result<std::vector<LogLine>> tail(const std::string& spaceId, std::size_t count, const LogFilter& filter);
  Result<Refusals> refusals(const std::string& spaceId, std::size_t count);
  Result<void> writeCallers(const std::string& spaceId, const std::vector<Caller>& callers);  // adds to what is there
  Result<std::vector<Caller>> callers(const std::string& spaceId);
  void sweep();  // drops what is too old in every log there is
  void close(const std::string& spaceId);
  void closeAll() { open_.clear(); }

 private:
  Result<sqlite::Database*> file(const std::string& spaceId);
  Result<void> trim(sqlite::Database& database) const;
  Result<void> dropOld(sqlite::Database& database) const;

  struct Open {
    std::string spaceId;
    sqlite::Database database;
  };
  std::filesystem::path dataDir_;
  std::size_t linesMax_;
  std::int64_t ageMaxMs_;
  std::list<Open> open_;  // used last first
};

}  // namespace redd::store
