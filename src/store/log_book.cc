#include "store/log_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <map>
#include <unordered_map>

#include "base/log.h"
#include "base/random.h"
#include "store/sqlite/database.h"

namespace redd::store {
namespace {

using sqlite::Database;

constexpr std::size_t kFlushLines = 500;
constexpr std::int64_t kFlushMs = 200;
constexpr std::size_t kPendingLinesMax = 20'000;  // of all spaces, while a disk is slow
constexpr std::size_t kOpenFilesMax = 64;
constexpr std::int64_t kKeepMs = 7LL * 24 * 3600 * 1000;

constexpr const char* kFormat[] = {
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, time INTEGER NOT NULL, level TEXT NOT NULL, context TEXT NOT NULL,"
    " request TEXT NOT NULL, text TEXT NOT NULL)"};

using Batch = std::unordered_map<std::string, std::vector<LogLine>>;  // by space

// The files, on the one thread that writes and reads them.
class LogFiles {
 public:
  LogFiles(std::filesystem::path dataDir, std::size_t linesMax) : dataDir_(std::move(dataDir)), linesMax_(linesMax) {}

  void write(const Batch& batch) {
    for (const auto& [spaceId, lines] : batch) {
      if (auto written = writeOne(spaceId, lines); !written) {
        log::error("store", "{} log lines of space {} are lost: {}", lines.size(), spaceId, written.error().detail);
      }
    }
  }

  Result<std::vector<LogLine>> tail(const std::string& spaceId, std::size_t count, const std::string& context) {
    std::vector<LogLine> lines;
    REDD_TRY(Database* const db, open(spaceId));
    REDD_TRY(auto rows, db->query("SELECT id, time, level, context, request, text FROM log WHERE ?1 = '' OR context = ?1 ORDER BY seq DESC LIMIT ?2",
                                  context, count));
    for (;;) {
      REDD_TRY(const bool row, rows.step());
      if (!row) break;
      lines.push_back({std::string(rows.text(0)), rows.integer(1), std::string(rows.text(2)), std::string(rows.text(3)),
                       std::string(rows.text(4)), std::string(rows.text(5))});
    }
    std::ranges::reverse(lines);
    return lines;
  }

 private:
  Result<Database*> open(const std::string& spaceId) {
    if (const auto found = open_.find(spaceId); found != open_.end()) return &found->second;
    if (open_.size() >= kOpenFilesMax) open_.erase(open_.begin());
    const auto dir = dataDir_ / "spaces" / spaceId;
    std::error_code error;
    std::filesystem::create_directories(dir, error);
    if (error) return Error::hidden(ErrorCode::internal, fmt::format("cannot make {}: {}", dir.string(), error.message()));
    REDD_TRY(Database db, Database::open(dir / "log.sqlite", sqlite::Mode::readWrite));
    REDD_TRY_VOID(db.migrate(kFormat, "a space's log"));
    REDD_TRY_VOID(db.script("PRAGMA synchronous = OFF"));
    return &open_.emplace(spaceId, std::move(db)).first->second;
  }

  Result<void> writeOne(const std::string& spaceId, const std::vector<LogLine>& lines) {
    REDD_TRY(Database* const db, open(spaceId));
    REDD_TRY(auto transaction, sqlite::Transaction::begin(*db));
    for (const LogLine& line : lines) {
      REDD_TRY_VOID(db->run("INSERT INTO log(id, time, level, context, request, text) VALUES(?, ?, ?, ?, ?, ?)", line.id, line.time, line.level,
                            line.context, line.requestId, line.text));
    }
    REDD_TRY_VOID(db->run("DELETE FROM log WHERE seq <= (SELECT max(seq) FROM log) - ?", linesMax_));
    REDD_TRY_VOID(db->run("DELETE FROM log WHERE seq IN (SELECT seq FROM log ORDER BY seq LIMIT 100) AND time < ?", nowMs() - kKeepMs));
    return transaction.commit();
  }

  std::filesystem::path dataDir_;
  std::size_t linesMax_;
  std::map<std::string, Database> open_;
};

// What one space may still write this second: a bucket that fills at logLinesPerSecond and holds logLinesBurst.
struct Allowance {
  double tokens;
  std::int64_t atNs;
  std::size_t dropped = 0;
};

class LogBookImpl final : public LogBook {
 public:
  LogBookImpl(Loop& loop, std::filesystem::path dataDir, const Limits& limits, Metrics& metrics)
      : loop_(loop), limits_(limits), dropped_(metrics.counter("redd_log_lines_dropped_total")), timer_(loop),
        files_(std::make_shared<LogFiles>(std::move(dataDir), limits.logLinesPerSpaceMax)) {}

  ~LogBookImpl() override {
    *alive_ = false;
    thread_.join();
  }

  void append(std::string_view spaceId, LogLine line) override {
    const std::string space(spaceId);
    Allowance& allowance = allowanceOf(space);
    if (allowance.tokens < 1 || pendingLines_ >= kPendingLinesMax) {
      ++allowance.dropped;
      dropped_.add();
      return;
    }
    if (allowance.dropped > 0) {
      LogLine notice;
      notice.level = "warn";
      notice.context = "log";
      notice.text = fmt::format("{} lines were dropped: a space may log {} lines a second", std::exchange(allowance.dropped, 0), limits_.logLinesPerSecond);
      take(space, allowance, std::move(notice));
    }
    take(space, allowance, std::move(line));
  }

  void tail(std::string spaceId, std::size_t count, std::string context, Completion<std::vector<LogLine>> done) override {
    flush();
    boost::asio::post(thread_, [files = files_, &loop = loop_, space = std::move(spaceId), count, context = std::move(context), d = std::move(done)]() mutable {
      auto lines = files->tail(space, count, context);
      boost::asio::post(loop, [d = std::move(d), l = std::move(lines)]() mutable { d(std::move(l)); });
    });
  }

  std::shared_ptr<void> follow(std::string_view spaceId, Follower follower) override {
    auto handle = std::make_shared<Follower>(std::move(follower));
    followers_[std::string(spaceId)].push_back(handle);
    return handle;
  }

  void close(Completion<void> done) override {
    timer_.cancel();
    flush();
    boost::asio::post(thread_, [this, d = std::move(done)]() mutable {
      files_.reset();
      boost::asio::post(loop_, [d = std::move(d)]() mutable { d({}); });
    });
  }

 private:
  Allowance& allowanceOf(const std::string& space) {
    const std::int64_t now = monotonicNs();
    const auto burst = static_cast<double>(limits_.logLinesBurst);
    Allowance& allowance = allowances_.try_emplace(space, Allowance{burst, now}).first->second;
    allowance.tokens = std::min(burst, allowance.tokens + static_cast<double>(now - allowance.atNs) * 1e-9 * static_cast<double>(limits_.logLinesPerSecond));
    allowance.atNs = now;
    return allowance;
  }

  void take(const std::string& space, Allowance& allowance, LogLine line) {
    allowance.tokens -= 1;
    line.id = objectId();
    if (line.time == 0) line.time = nowMs();
    if (line.text.size() > limits_.logLineBytesMax) line.text.resize(limits_.logLineBytesMax);
    tell(space, line);
    pending_[space].push_back(std::move(line));
    if (++pendingLines_ >= kFlushLines) {
      flush();
    } else if (pendingLines_ == 1) {
      timer_.expires_after(std::chrono::milliseconds(kFlushMs));
      timer_.async_wait([this, alive = alive_](boost::system::error_code error) {
        if (!error && *alive) flush();
      });
    }
  }

  void tell(const std::string& space, const LogLine& line) {
    const auto found = followers_.find(space);
    if (found == followers_.end()) return;
    std::erase_if(found->second, [](const auto& follower) { return follower.expired(); });
    const auto now = found->second;  // a follower may end itself or another while it is told
    for (const auto& follower : now) {
      if (const auto one = follower.lock()) (*one)(line);
    }
    if (now.empty()) followers_.erase(found);
  }

  void flush() {
    if (pendingLines_ == 0) return;
    pendingLines_ = 0;
    boost::asio::post(thread_, [files = files_, batch = std::exchange(pending_, {})] { files->write(batch); });
  }

  Loop& loop_;
  const Limits& limits_;
  Counter dropped_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::shared_ptr<LogFiles> files_;  // used on thread_ only; the last to hold it closes the files
  boost::asio::thread_pool thread_{1};
  std::unordered_map<std::string, Allowance> allowances_;
  std::unordered_map<std::string, std::vector<std::weak_ptr<Follower>>> followers_;
  Batch pending_;
  std::size_t pendingLines_ = 0;
};

}  // namespace

Result<std::unique_ptr<LogBook>> LogBook::open(Loop& loop, std::filesystem::path dataDir, const Limits& limits, Metrics& metrics) {
  std::error_code error;
  std::filesystem::create_directories(dataDir / "spaces", error);
  if (error) return Error::make(ErrorCode::internal, fmt::format("cannot make {}: {}", (dataDir / "spaces").string(), error.message()));
  return std::make_unique<LogBookImpl>(loop, std::move(dataDir), limits, metrics);
}

}  // namespace redd::store
