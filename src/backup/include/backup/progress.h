// How far a long piece of work is, whether it shall go on, and how fast it may: written by the thread that works, read by those that watch.
// Thread-safe, but for the pace: that is the working thread's own.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "base/result.h"

namespace redd::backup {

// Spreads what is written over time: a disk that is asked for all it has makes others wait long for their syncs (bench/backup).
class Pace {
 public:
  void limit(std::uint64_t bytesPerSecond) { bytesPerSecond_ = bytesPerSecond; }
  void wrote(std::uint64_t bytes) {
    using namespace std::chrono;
    if (bytesPerSecond_ == 0) return;
    const auto now = steady_clock::now();
    free_ = std::max(free_, now) + nanoseconds(bytes * 1'000'000'000 / bytesPerSecond_);
    if (free_ - now > kAhead) std::this_thread::sleep_for(free_ - now - kAhead);
  }

 private:
  static constexpr std::chrono::milliseconds kAhead{50};  // so much may be written at once
  std::uint64_t bytesPerSecond_ = 0;                      // 0: as fast as it goes
  std::chrono::steady_clock::time_point free_{};
};

struct Progress {
  std::atomic<std::uint64_t> bytesDone = 0;
  std::atomic<std::uint64_t> bytesInAll = 0;  // 0: not known yet
  std::atomic<bool> shallStop = false;
  Pace pace{};

  Result<void> advance(std::uint64_t bytes) {  // cancelled: somebody said stop
    bytesDone += bytes;
    if (shallStop) return Error::make(ErrorCode::cancelled, "It was broken off");
    return {};
  }
};

}  // namespace redd::backup
