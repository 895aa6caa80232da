// Sends a file that grows to the disk piece by piece. Left alone, the kernel keeps hundreds of megabytes of it until the fsync at the end, and
// every other fsync on that disk waits behind them: of a backup of 112 MiB for 160 ms (bench/backup). Here a piece is begun when the
// next has been written, and the one before is waited for, so that never more than two are on their way.
//
// A hint: not durable without fsync, and where the file system cannot do it nothing happens. Blocks. One thread.
#pragma once

#include <fcntl.h>

#include <cstdint>

namespace redd {

class WriteBehind {
 public:
  static constexpr std::int64_t kPieceBytes = 2 << 20;

  // The file of this descriptor has so many bytes now.
  void wrote(int descriptor, std::int64_t bytesInAll) {
    if (bytesInAll - begunBytes_ < kPieceBytes) return;
    constexpr unsigned wait = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    ::sync_file_range(descriptor, begunBytes_, bytesInAll - begunBytes_, SYNC_FILE_RANGE_WRITE);
    if (begunBytes_ > doneBytes_) ::sync_file_range(descriptor, doneBytes_, begunBytes_ - doneBytes_, wait);
    doneBytes_ = begunBytes_;
    begunBytes_ = bytesInAll;
  }

 private:
  std::int64_t doneBytes_ = 0, begunBytes_ = 0;
};

}  // namespace redd
