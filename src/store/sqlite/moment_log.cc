#include "sqlite/moment_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

#include "base/log.h"
#include "base/remove_gently.h"
#include "crypto/hash.h"
#include "store/sqlite/database.h"

namespace redd::store::sqlite {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kLogBytesMin = 64 << 20;  // a chain goes on at least so long …
constexpr std::uint64_t kLogPerBase = 4;          // … and until its log is so many times its base
constexpr std::size_t kWalHeadBytes = 32;
constexpr std::size_t kFrameHeadBytes = 24;
constexpr int kFramesAtOnce = 1'000;
constexpr auto kSyncEvery = std::chrono::seconds(1);
constexpr auto kPruneEvery = std::chrono::minutes(10);

std::uint32_t bigEndian(const char* at) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(at);
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

Error broken(const fs::path& file, std::string_view what) {
  return Error::hidden(errno == ENOSPC ? ErrorCode::storageFull : ErrorCode::internal,
                       fmt::format("{} cannot be {}: {}", file.string(), what, std::generic_category().message(errno)));
}

Result<void> readExactly(const Fd& file, char* to, std::size_t bytes, std::uint64_t offset) {
  for (std::size_t have = 0; have < bytes;) {
    const auto got = ::pread(file.get(), to + have, bytes - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Error::hidden(ErrorCode::internal, "the WAL is shorter than its commits say");
    have += static_cast<std::size_t>(got);
  }
  return {};
}

struct WalHead {
  std::uint32_t pageBytes = 0;
  std::uint64_t salts = 0;
};
Result<WalHead> readHead(const Fd& wal) {
  std::array<char, kWalHeadBytes> head{};
  REDD_TRY_VOID(readExactly(wal, head.data(), head.size(), 0));
  return WalHead{bigEndian(&head[8]), std::uint64_t{bigEndian(&head[16])} << 32 | bigEndian(&head[20])};
}

void appendBytes(std::string& out, const auto& value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); }

}  // namespace

MomentLog::MomentLog(fs::path database, fs::path folder, std::int64_t keepMs)
    : database_(std::move(database)), folder_(std::move(folder)), keepMs_(keepMs), thread_([this](const std::stop_token& stop) { run(stop); }) {}

MomentLog::~MomentLog() = default;  // the thread is asked to stop, and empties the list first

void MomentLog::committed(int framesInWal, UnixMs at) {
  {
    const std::scoped_lock lock(mutex_);
    told_.push_back({framesInWal, at});
  }
  wake_.notify_one();
}

bool MomentLog::mayCheckpoint(int framesInWal) {
  const std::scoped_lock lock(mutex_);
  if (told_.empty() && !isBusy_) return true;
  if (framesInWal < kLagPagesMax) return false;
  isGivenUp_ = true;
  told_.clear();
  return true;
}

void MomentLog::run(const std::stop_token& stop) {
  auto synced = std::chrono::steady_clock::now();
  auto pruned = synced;
  for (bool isFirst = true;; isFirst = false) {
    std::vector<Told> told;
    {
      std::unique_lock lock(mutex_);
      isBusy_ = false;
      if (!isFirst) wake_.wait_for(lock, stop, kSyncEvery, [this] { return !told_.empty() || isGivenUp_; });
      told = std::exchange(told_, {});
      if (std::exchange(isGivenUp_, false)) chain_.reset();
      isBusy_ = true;
    }
    if (told.empty() && stop.stop_requested()) break;
    if (auto copied = copy(told, stop); !copied) {
      if (!stop.stop_requested()) log::error("store", "the moments of {} begin anew: {}", database_.string(), copied.error().detail);
      chain_.reset();
    }
    const auto now = std::chrono::steady_clock::now();
    if (chain_ && now - synced >= kSyncEvery) {
      ::fdatasync(chain_->log.get());
      synced = now;
    }
    if (now - pruned >= kPruneEvery) {
      prune();
      pruned = now;
    }
  }
  if (chain_) ::fdatasync(chain_->log.get());
}

Result<void> MomentLog::copy(const std::vector<Told>& told, const std::stop_token& stop) {
  if (chain_) {
    for (const auto& one : told) REDD_TRY_VOID(append(*chain_, one));
    if (chain_->bytes <= std::max(kLogBytesMin, kLogPerBase * chain_->baseBytes)) return {};
  }
  if (stop.stop_requested()) return {};
  REDD_TRY(auto next, begin(stop));
  // What was committed while the base was copied belongs to both: the old chain is for moments before the base was there.
  auto last = told.empty() ? std::nullopt : std::optional(told.back());
  for (const auto& one : takeTold()) {
    if (chain_) REDD_TRY_VOID(append(*chain_, one));
    last = one;
  }
  if (last) REDD_TRY_VOID(append(next, *last));
  chain_.emplace(std::move(next));
  prune();
  return {};
}

std::vector<MomentLog::Told> MomentLog::takeTold() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(told_, {});
}

Result<MomentLog::Chain> MomentLog::begin(const std::stop_token& stop) {
  Chain chain;
  const auto draft = folder_ / "new";
  std::error_code code;
  fs::remove_all(draft, code);
  fs::create_directories(draft, code);
  if (code) return Error::hidden(ErrorCode::internal, fmt::format("{} cannot be made: {}", draft.string(), code.message()));
  {
    REDD_TRY(auto reader, Database::open(database_, Mode::readOnly));
    REDD_TRY_VOID(reader.copyTo(draft / "base.sqlite", [&stop](std::int64_t) { return !stop.stop_requested(); }));
  }
  chain.baseBytes = fs::file_size(draft / "base.sqlite", code);
  chain.log = Fd(::open((draft / "log").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (chain.log.get() < 0) return broken(draft / "log", "made");
  chain.folder = folder_ / std::to_string(nowMs());
  fs::rename(draft, chain.folder, code);
  if (code) return Error::hidden(ErrorCode::internal, fmt::format("{} cannot be named: {}", chain.folder.string(), code.message()));
  return chain;
}

// One record: all frames that are new since the last, in one commit's time. None of them is half of a commit.
Result<void> MomentLog::append(Chain& chain, const Told& told) {
  REDD_TRY_VOID(openWal());
  REDD_TRY(const auto head, readHead(wal_));
  if (head.salts != chain.salts) {
    chain.salts = head.salts;
    chain.frames = 0;
  }
  if (told.frames <= chain.frames) return {};
  const auto frameBytes = kFrameHeadBytes + head.pageBytes;
  std::string out;
  appendBytes(out, MomentRecord{MomentRecord::kMagic, head.pageBytes, static_cast<std::uint32_t>(told.frames - chain.frames), 0, told.at});
  crypto::Sha256 hash;
  std::string frame(frameBytes, '\0');
  const auto flush = [&]() -> Result<void> {
    hash.update(out);
    for (std::string_view rest = out; !rest.empty();) {
      const auto written = ::write(chain.log.get(), rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return broken(chain.folder / "log", "written");
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    chain.bytes += out.size();
    out.clear();
    return {};
  };
  for (; chain.frames < told.frames; ++chain.frames) {
    REDD_TRY_VOID(readExactly(wal_, frame.data(), frameBytes, kWalHeadBytes + static_cast<std::uint64_t>(chain.frames) * frameBytes));
    const auto salts = std::uint64_t{bigEndian(&frame[8])} << 32 | bigEndian(&frame[12]);
    if (salts != head.salts) return Error::hidden(ErrorCode::internal, "the WAL began anew before it was copied");
    appendBytes(out, MomentFrame{bigEndian(&frame[0]), bigEndian(&frame[4])});
    out.append(frame, kFrameHeadBytes);
    if (chain.frames % kFramesAtOnce == 0) REDD_TRY_VOID(flush());
  }
  REDD_TRY_VOID(flush());
  const auto digest = hash.finish();
  out.assign(reinterpret_cast<const char*>(digest.data()), digest.size());
  return flush();
}

// The WAL carries no lock of SQLite's (those are on the database and its -shm), so a descriptor of our own harms none.
Result<void> MomentLog::openWal() {
  if (wal_.get() >= 0) return {};
  const fs::path file = database_.string() + "-wal";
  wal_ = Fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (wal_.get() < 0) return broken(file, "opened");
  return {};
}

void MomentLog::prune() const {
  std::error_code code;
  std::vector<UnixMs> chains;
  for (const auto& one : fs::directory_iterator(folder_, code)) {
    const auto name = one.path().filename().string();
    if (std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) chains.push_back(std::strtoll(name.c_str(), nullptr, 10));
  }
  std::ranges::sort(chains);
  const auto oldest = nowMs() - keepMs_;
  for (std::size_t i = 0; i + 1 < chains.size() && chains[i + 1] <= oldest; ++i) removeAllGently(folder_ / std::to_string(chains[i]), code);
  const auto tooOld = fs::file_time_type::clock::now() - std::chrono::milliseconds(keepMs_);
  for (auto one = fs::recursive_directory_iterator(retiredIn(folder_), code); !code && one != fs::end(one); one.increment(code)) {
    std::error_code ignored;
    if (one->is_regular_file(ignored) && one->last_write_time(ignored) < tooOld) removeGently(one->path(), ignored);
  }
}

}  // namespace redd::store::sqlite
