// What scripts print and what befalls a space's requests: a bounded log per space (spec 70.7), kept on disk beside its data,
// live to followers. Lines are written in batches without waiting for a sync: a log line may be lost with the power, never a
// document. Over Limits::logLinesPerSecond lines are dropped and counted in one line that says so. Kept are the newest
// Limits::logLinesPerSpaceMax lines of the last kDaysMax days (or as many as open() was told); and, apart from them, the newest kRefusalsKept refused requests with
// counts of all of them by reason, so that a script that prints much does not hide why people are turned away; and who has called with an
// accepted token, so that one can tell whom another policy would turn away.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "base/suspend.h"
#include "store/log_filter.h"

namespace redd::store {

struct LogLine {
  std::string id;        // grows with time
  UnixMs time = 0;
  std::string level;     // log, debug, info, warn, error
  std::string context;   // routehooks, authhooks, gateway, …
  std::string requestId; // empty when none
  std::string text;
  std::string fields{};  // what a program reads of the same: the members of a JSON object, or ""
  std::string refusal{}; // of a request that was refused: the class of the reason, as in "expired"; "" of every other line
};

struct Refusals {
  struct Reason {
    std::string reason;
    std::int64_t count = 0;
  };
  std::vector<LogLine> newest;  // newest first
  std::vector<Reason> counts;   // of all since the log began, the most frequent first
};

// Who called a space with an accepted token: a digest, and what the token said of where it is from and for (module auth's Caller).
struct CallerView {
  std::string_view digest, issuer, audience, algorithm, keyId;
};
struct Caller {
  std::string digest, issuer, audience, algorithm, keyId;
  UnixMs lastMs = 0;  // the minute of the last call
  std::uint64_t count = 0;
};

class LogBook {
 public:
  static constexpr std::size_t kDaysMax = 7;
  static Result<std::unique_ptr<LogBook>> open(Loop& loop, std::filesystem::path dataDir, const Limits& limits, Metrics& metrics,
                                               std::size_t daysMax = kDaysMax);
  virtual ~LogBook() = default;

  // On the loop. Cheap: queues, and tells followers at once. id and (when 0) time are filled in.
  virtual void append(std::string_view spaceId, LogLine line) = 0;
  // The newest `count` lines that fit, oldest first.
  virtual void tail(std::string spaceId, std::size_t count, LogFilter filter, Completion<std::vector<LogLine>> done) = 0;
  // The newest `count` refused requests.
  static constexpr std::size_t kRefusalsKept = 1'000;
  virtual void refusals(std::string spaceId, std::size_t count, Completion<Refusals> done) = 0;

  // A request of this caller was accepted. On the loop, and cheap: counts, and writes some seconds later what has come together. Kept are those
  // who called in the last kCallersKeptMs, of a space with more than kCallersKept the ones who called last.
  static constexpr std::size_t kCallersKept = 10'000;
  static constexpr std::int64_t kCallersKeptMs = 24 * 3'600'000;
  virtual void called(std::string_view spaceId, const CallerView& caller) = 0;
  // The last to call first.
  virtual void callers(std::string spaceId, Completion<std::vector<Caller>> done) = 0;

  // Called on the loop for each later line until the returned handle is destroyed.
  using Follower = std::function<void(const LogLine&)>;
  virtual std::shared_ptr<void> follow(std::string_view spaceId, Follower follower) = 0;
  // The space is being deleted: what waits to be written is dropped, followers hear nothing more, its file is closed when `done` is called.
  virtual void forget(std::string spaceId, Completion<void> done) = 0;
  virtual void close(Completion<void> done) = 0;
};

}  // namespace redd::store
