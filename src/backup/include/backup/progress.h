// How far a long piece of work is, and whether it shall go on: written by the thread that works, read by those that watch. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/result.h"

namespace redd::backup {

struct Progress {
  std::atomic<std::uint64_t> bytesDone = 0;
  std::atomic<std::uint64_t> bytesInAll = 0;  // 0: not known yet
  std::atomic<bool> shallStop = false;

  Result<void> advance(std::uint64_t bytes) {  // cancelled: somebody said stop
    bytesDone += bytes;
    if (shallStop) return Error::make(ErrorCode::cancelled, "It was broken off");
    return {};
  }
};

}  // namespace redd::backup
