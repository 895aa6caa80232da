#include "store/log_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <map>

#include "base/log.h"
#include "callers_seen.h"
#include "log_files.h"

namespace redd::store {
namespace {

namespace asio = boost::asio;

constexpr std::int64_t kFlushMs = 200;
constexpr std::size_t kFlushLines = 500;
constexpr std::int64_t kCallersFlushMs = 5'000;
constexpr std::size_t kCallersFlush = 1'000;
constexpr std::size_t kCallersWaitingMax = 50'000;  // over all spaces, counted or being written
constexpr std::size_t kLinesWaitingMax = 50'000;  // over all spaces, queued or being written

// At most bytesMax bytes, between characters, and saying so where there is room for that.
void cut(std::string& text, std::size_t bytesMax) {
  if (text.size() <= bytesMax) return;
  const std::string note = fmt::format("… (of {} bytes)", text.size());
  auto end = bytesMax > note.size() ? bytesMax - note.size() : bytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  if (bytesMax > note.size()) text += note;
}

class FileLogBook final : public LogBook {
 public:
  FileLogBook(Loop& loop, std::filesystem::path dataDir, const Limits& limits, Metrics& metrics, std::size_t daysMax)
      : loop_(loop), limits_(limits), dropped_(metrics.counter("redd_log_lines_dropped_total")), timer_(loop),
        callersTimer_(loop), sweeper_(loop), files_(std::make_shared<LogFiles>(std::move(dataDir), limits.logLinesPerSpaceMax, daysMax)) {
    sweep();
  }

  ~FileLogBook() override {
    *alive_ = false;
    writer_.join();
  }

  void append(std::string_view spaceId, LogLine line) override {
    Space& space = spaceOf(spaceId);
    refill(space);
    if (space.tokens < 1 || waiting_ >= kLinesWaitingMax) {
      ++space.dropped;
      dropped_.add();
      return startTimer();
    }
    tellDropped(space);
    accept(space, std::move(line));
  }

  void tail(std::string spaceId, std::size_t count, LogFilter filter, Completion<std::vector<LogLine>> done) override {
    read(std::move(done), [spaceId = std::move(spaceId), count, filter = std::move(filter)](LogFiles& files) {
      return files.tail(spaceId, count, filter);
    });
  }

  void refusals(std::string spaceId, std::size_t count, Completion<Refusals> done) override {
    read(std::move(done), [spaceId = std::move(spaceId), count](LogFiles& files) { return files.refusals(spaceId, count); });
  }

  void called(std::string_view spaceId, const CallerView& caller) override {
    if (seen_.size() + callersWriting_ >= kCallersWaitingMax) return;
    seen_.add(spaceId, caller, nowMs());
    if (seen_.size() >= kCallersFlush) return flushCallers();
    if (std::exchange(callersTimerRuns_, true)) return;
    callersTimer_.expires_after(std::chrono::milliseconds(kCallersFlushMs));
    callersTimer_.async_wait([this, alive = alive_](const boost::system::error_code& cancelled) {
      if (!*alive) return;
      callersTimerRuns_ = false;
      if (!cancelled) flushCallers();
    });
  }

  void callers(std::string spaceId, Completion<std::vector<Caller>> done) override {
    flushCallers();
    read(std::move(done), [spaceId = std::move(spaceId)](LogFiles& files) { return files.callers(spaceId); });
  }

  std::shared_ptr<void> follow(std::string_view spaceId, Follower follower) override {
    auto shared = std::make_shared<Follower>(std::move(follower));
    auto& followers = spaceOf(spaceId).followers;
    std::erase_if(followers, [](const auto& one) { return one.expired(); });
    followers.push_back(shared);
    return shared;
  }

  void forget(std::string spaceId, Completion<void> done) override {
    if (const auto found = spaces_.find(spaceId); found != spaces_.end()) {
      queuedLines_ -= found->second.queued.size();
      waiting_ -= found->second.queued.size();
      spaces_.erase(found);
    }
    seen_.forget(spaceId);
    asio::post(writer_, [&loop = loop_, files = files_, guard = asio::make_work_guard(loop_), spaceId = std::move(spaceId), done = std::move(done)]() mutable {
      files->close(spaceId);
      asio::post(loop, [done = std::move(done)]() mutable { done({}); });
    });
  }

  void close(Completion<void> done) override {
    timer_.cancel();
    callersTimer_.cancel();
    sweeper_.cancel();
    for (auto& [spaceId, space] : spaces_) tellDropped(space);
    flush();
    flushCallers();
    asio::post(writer_, [&loop = loop_, files = files_, guard = asio::make_work_guard(loop_), done = std::move(done)]() mutable {
      files->closeAll();
      asio::post(loop, [done = std::move(done)]() mutable { done({}); });
    });
  }

 private:
  struct Space {
    double tokens = 0;
    std::int64_t refilledNs = 0;
    std::uint64_t dropped = 0;
    std::vector<std::weak_ptr<Follower>> followers;
    std::vector<LogLine> queued;
  };

  // What was appended before is on the disk when `ask` runs.
  template <class T, class Ask>
  void read(Completion<T> done, Ask ask) {
    flush();
    asio::post(writer_, [&loop = loop_, files = files_, guard = asio::make_work_guard(loop_), ask = std::move(ask), done = std::move(done)]() mutable {
      auto found = ask(*files);
      asio::post(loop, [found = std::move(found), done = std::move(done)]() mutable { done(std::move(found)); });
    });
  }

  // Logs of spaces that have fallen silent age too.
  void sweep() {
    asio::post(writer_, [files = files_] { files->sweep(); });
    sweeper_.expires_after(std::chrono::hours(1));
    sweeper_.async_wait([this, alive = alive_](const boost::system::error_code& cancelled) {
      if (*alive && !cancelled) sweep();
    });
  }

  Space& spaceOf(std::string_view spaceId) {
    auto found = spaces_.find(spaceId);
    if (found == spaces_.end()) found = spaces_.emplace(std::string(spaceId), Space{}).first;
    return found->second;
  }

  void refill(Space& space) {
    const auto now = monotonicNs();
    const auto burst = static_cast<double>(limits_.logLinesBurst);
    const auto passed = space.refilledNs == 0 ? burst : static_cast<double>(now - space.refilledNs) / 1e9 *
                                                            static_cast<double>(limits_.logLinesPerSecond);
    space.tokens = std::min(burst, space.tokens + passed);
    space.refilledNs = now;
  }

  void tellDropped(Space& space) {
    if (space.dropped == 0) return;
    LogLine line;
    line.level = "warn";
    line.context = "log";
    line.text = fmt::format("dropped {} lines: more than {} a second", space.dropped, limits_.logLinesPerSecond);
    space.dropped = 0;
    accept(space, std::move(line));
  }

  void accept(Space& space, LogLine line) {
    space.tokens -= 1;
    cut(line.text, limits_.logLineBytesMax);
    if (line.time == 0) line.time = nowMs();
    line.id = nextId();
    // A follower may end itself, or another, or begin one.
    const auto followers = space.followers;
    space.queued.push_back(line);
    ++queuedLines_;
    ++waiting_;
    for (const auto& weak : followers) {
      if (const auto follower = weak.lock()) (*follower)(line);
    }
    if (queuedLines_ >= kFlushLines) return flush();
    startTimer();
  }

  // 48 bits of milliseconds and a counter: grows, also when the clock steps back.
  std::string nextId() {
    const auto now = nowMs();
    counter_ = now > idMs_ ? 0 : counter_ + 1;
    idMs_ = std::max(idMs_, now);
    return fmt::format("{:012x}{:06x}", idMs_, counter_);
  }

  void startTimer() {
    if (std::exchange(timerRuns_, true)) return;
    timer_.expires_after(std::chrono::milliseconds(kFlushMs));
    timer_.async_wait([this, alive = alive_](const boost::system::error_code& cancelled) {
      if (!*alive) return;
      timerRuns_ = false;
      if (!cancelled) tick();
    });
  }

  void tick() {
    bool left = false;
    for (auto& [spaceId, space] : spaces_) {
      if (space.dropped == 0) continue;
      refill(space);
      if (space.tokens >= 1) tellDropped(space);
      left = left || space.dropped > 0;
    }
    flush();
    if (left) startTimer();
  }

  void flush() {
    if (queuedLines_ == 0) return;
    std::vector<std::pair<std::string, std::vector<LogLine>>> batch;
    for (auto& [spaceId, space] : spaces_) {
      if (!space.queued.empty()) batch.emplace_back(spaceId, std::exchange(space.queued, {}));
    }
    const auto lines = std::exchange(queuedLines_, 0);
    asio::post(writer_, [this, alive = alive_, &loop = loop_, files = files_, guard = asio::make_work_guard(loop_), lines,
                         batch = std::move(batch)] {
      for (const auto& [spaceId, some] : batch) {
        if (auto done = files->write(spaceId, some); !done) {
          log::error("store", "{} log lines of {} are lost: {}", some.size(), spaceId, done.error().detail);
        }
      }
      asio::post(loop, [this, alive, lines] {
        if (*alive) waiting_ -= lines;
      });
    });
  }

  void flushCallers() {
    const auto count = seen_.size();
    if (count == 0) return;
    callersWriting_ += count;
    asio::post(writer_, [this, alive = alive_, &loop = loop_, files = files_, guard = asio::make_work_guard(loop_), count, batch = seen_.take()] {
      for (const auto& [spaceId, some] : batch) {
        if (auto done = files->writeCallers(spaceId, some); !done) {
          log::error("store", "{} callers of {} are not remembered: {}", some.size(), spaceId, done.error().detail);
        }
      }
      asio::post(loop, [this, alive, count] {
        if (*alive) callersWriting_ -= count;
      });
    });
  }

  Loop& loop_;
  const Limits limits_;
  Counter dropped_;
  asio::steady_timer timer_;
  bool timerRuns_ = false;
  asio::steady_timer callersTimer_;
  bool callersTimerRuns_ = false;
  asio::steady_timer sweeper_;
  std::shared_ptr<LogFiles> files_;
  std::map<std::string, Space, std::less<>> spaces_;
  CallersSeen seen_;
  std::size_t callersWriting_ = 0;
  std::size_t queuedLines_ = 0;
  std::size_t waiting_ = 0;
  std::int64_t idMs_ = 0;
  std::uint64_t counter_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // touched on the loop only
  asio::thread_pool writer_{1};
};

}  // namespace

Result<std::unique_ptr<LogBook>> LogBook::open(Loop& loop, std::filesystem::path dataDir, const Limits& limits, Metrics& metrics,
                                                std::size_t daysMax) {
  return std::make_unique<FileLogBook>(loop, std::move(dataDir), limits, metrics, daysMax);
}

}  // namespace redd::store
