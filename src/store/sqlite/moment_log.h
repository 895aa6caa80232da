// Continuous copies of what a database commits, so that it can be put back to any moment (store/moments.h has the layout and the way back).
//
// SQLite appends the pages of each commit to the WAL and starts it anew only after a checkpoint that copied all of it, which the lane alone
// makes. So the lane tells the number of frames after each commit, a thread of this object copies them out of the WAL in its own time, and
// the lane makes no checkpoint before they are copied (mayCheckpoint). The lane itself never waits: a log that falls behind by
// kLagPagesMax is given up and begun anew with a fresh base.
//
// A chain begins with a base copy, and its log with everything that is in the WAL then; what the WAL held before the base is written again,
// which changes nothing. The next chain begins when the log is several times as large as the base; a chain goes when the one after it is older than
// `keepMs`. A log is synced once a second; what a power cut takes of it is missing from the moments, and never from the database.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sqlite/blob_files.h"

namespace redd::store::sqlite {

class MomentLog {
 public:
  static constexpr int kLagPagesMax = 64 << 10;

  // `folder`: MOMENTS/SPACE. Made before the first commit that is told.
  MomentLog(std::filesystem::path database, std::filesystem::path folder, std::int64_t keepMs);
  ~MomentLog();  // what was told is copied first
  MomentLog(const MomentLog&) = delete;
  MomentLog& operator=(const MomentLog&) = delete;

  // On the lane.
  void committed(int framesInWal, UnixMs at);
  bool mayCheckpoint(int framesInWal);

  static std::filesystem::path retiredIn(const std::filesystem::path& folder) { return folder / "blobs"; }

 private:
  struct Told {
    int frames;
    UnixMs at;
  };
  struct Chain {
    std::filesystem::path folder;
    Fd log;
    std::uint64_t bytes = 0;
    std::uint64_t baseBytes = 0;
    std::uint64_t salts = 0;  // of the WAL that `frames` were copied of
    int frames = 0;
  };
  void run(const std::stop_token& stop);
  Result<void> copy(const std::vector<Told>& told, const std::stop_token& stop);
  std::vector<Told> takeTold();
  Result<Chain> begin(const std::stop_token& stop);
  Result<void> append(Chain& chain, const Told& told);
  Result<void> openWal();
  void prune() const;

  const std::filesystem::path database_, folder_;
  const std::int64_t keepMs_;

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<Told> told_;           // guarded by mutex_
  bool isBusy_ = false;              // guarded by mutex_
  bool isGivenUp_ = false;           // guarded by mutex_

  // The thread's own.
  std::optional<Chain> chain_;
  Fd wal_;
  std::jthread thread_;  // last
};

// The form of a log's records, shared with those who read it: this head, then `frames` times two numbers and a page, then the SHA-256 of all.
struct MomentRecord {
  static constexpr std::uint32_t kMagic = 0x314d4452;  // "RDM1"
  std::uint32_t magic = kMagic;
  std::uint32_t pageBytes = 0;
  std::uint32_t frames = 0;
  std::uint32_t reserved = 0;
  std::int64_t at = 0;
};
struct MomentFrame {
  std::uint32_t page = 0;       // from 1
  std::uint32_t pagesInAll = 0; // after the commit that ends here; 0: it goes on
};

}  // namespace redd::store::sqlite
