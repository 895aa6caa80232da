#include "store/moments.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "crypto/hash.h"
#include "sqlite/blob_files.h"
#include "sqlite/moment_log.h"
#include "store/blob_hold.h"
#include "store/space_file.h"
#include "store/sqlite/database.h"

namespace redd::store {

namespace fs = std::filesystem;
using sqlite::Fd;
using sqlite::MomentFrame;
using sqlite::MomentRecord;

namespace {

constexpr std::uint32_t kPageBytesMax = 64 << 10;
constexpr std::size_t kDigestBytes = 32;

Error failed(const fs::path& file, std::string_view what) {
  return Error::hidden(errno == ENOSPC ? ErrorCode::storageFull : ErrorCode::internal,
                       fmt::format("{} cannot be {}: {}", file.string(), what, std::generic_category().message(errno)));
}

Result<std::size_t> readUpTo(const Fd& file, char* to, std::size_t bytes, std::uint64_t offset, const fs::path& name) {
  std::size_t have = 0;
  while (have < bytes) {
    const auto got = ::pread(file.get(), to + have, bytes - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(name, "read");
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

// The records of a chain's log, one after the other. What a crash cut off at its end is not there.
class MomentReader {
 public:
  static Result<MomentReader> open(const fs::path& file) {
    MomentReader out(file, Fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC)));
    if (out.in_.get() < 0) return failed(file, "opened");
    const auto size = ::lseek(out.in_.get(), 0, SEEK_END);
    if (size < 0) return failed(file, "read");
    out.size_ = static_cast<std::uint64_t>(size);
    return out;
  }
  Result<std::optional<MomentRecord>> next() {
    MomentRecord record;
    at_ = end_;
    REDD_TRY(const auto have, readUpTo(in_, reinterpret_cast<char*>(&record), sizeof record, at_, file_));
    if (have < sizeof record) return std::nullopt;
    if (record.magic != MomentRecord::kMagic || record.pageBytes < 512 || record.pageBytes > kPageBytesMax) return damaged();
    const auto bytes = sizeof record + record.frames * (sizeof(MomentFrame) + std::uint64_t{record.pageBytes}) + kDigestBytes;
    if (bytes > size_ - at_) return std::nullopt;
    end_ = at_ + bytes;
    return std::optional(record);
  }
  // The record that next() gave last: is it whole?
  Result<void> check() const {
    crypto::Sha256 hash;
    std::string piece(1 << 20, '\0');
    for (auto at = at_; at < end_ - kDigestBytes;) {
      REDD_TRY(const auto have, readUpTo(in_, piece.data(), std::min<std::uint64_t>(piece.size(), end_ - kDigestBytes - at), at, file_));
      hash.update(std::string_view(piece.data(), have));
      at += have;
      if (have == 0) return damaged();
    }
    crypto::Sha256Digest kept{};
    REDD_TRY([[maybe_unused]] const auto have, readUpTo(in_, reinterpret_cast<char*>(kept.data()), kept.size(), end_ - kDigestBytes, file_));
    return kept == hash.finish() ? Result<void>() : Result<void>(damaged());
  }
  // Writes its pages; the number of pages that the database has after it, 0 without any.
  Result<std::uint32_t> apply(const MomentRecord& record, const Fd& database, const fs::path& name) const {
    std::string page(record.pageBytes, '\0');
    std::uint32_t pages = 0;
    auto at = at_ + sizeof record;
    for (std::uint32_t i = 0; i < record.frames; ++i) {
      MomentFrame frame;
      REDD_TRY_VOID(readUpTo(in_, reinterpret_cast<char*>(&frame), sizeof frame, at, file_));
      REDD_TRY_VOID(readUpTo(in_, page.data(), page.size(), at + sizeof frame, file_));
      at += sizeof frame + page.size();
      if (frame.page == 0) return damaged();
      const auto offset = static_cast<off_t>(std::uint64_t{frame.page - 1} * record.pageBytes);
      if (::pwrite(database.get(), page.data(), page.size(), offset) != static_cast<ssize_t>(page.size())) return failed(name, "written");
      if (frame.pagesInAll > 0) pages = frame.pagesInAll;
    }
    return pages;
  }

 private:
  MomentReader(fs::path file, Fd in) : file_(std::move(file)), in_(std::move(in)) {}
  Error damaged() const { return Error::make(ErrorCode::internal, fmt::format("The log of moments {} is damaged at byte {}", file_.string(), at_)); }

  fs::path file_;
  Fd in_;
  std::uint64_t size_ = 0;
  std::uint64_t at_ = 0;   // of the record that next() gave
  std::uint64_t end_ = 0;  // behind it
};

Result<std::vector<UnixMs>> chainsIn(const fs::path& folder) {
  std::vector<UnixMs> out;
  std::error_code code;
  if (!fs::is_directory(folder, code)) return out;
  for (auto one = fs::directory_iterator(folder, code); !code && one != fs::end(one); one.increment(code)) {
    const auto name = one->path().filename().string();
    if (std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) out.push_back(std::strtoll(name.c_str(), nullptr, 10));
  }
  if (code) return Error::hidden(ErrorCode::internal, fmt::format("{} cannot be read: {}", folder.string(), code.message()));
  std::ranges::sort(out);
  return out;
}

Error noSuchMoment(const std::vector<MomentSpan>& spans, UnixMs at) {
  if (spans.empty()) return notFound("No moments of the space are kept. They are kept from when the server is started with --pitr-hours");
  return notFound(fmt::format("{} lies before what is kept: moments from {} on", isoTime(at), isoTime(spans.front().from)));
}

// Brings the base in `target` to the moment.
Result<void> replay(const fs::path& chain, UnixMs at, const fs::path& target) {
  REDD_TRY(auto log, MomentReader::open(chain / "log"));
  const Fd database(::open(target.c_str(), O_RDWR | O_CLOEXEC));
  if (database.get() < 0) return failed(target, "opened");
  std::uint64_t bytes = 0;
  while (true) {
    REDD_TRY(const auto record, log.next());
    if (!record || record->at > at) break;
    REDD_TRY_VOID(log.check());
    REDD_TRY(const auto pages, log.apply(*record, database, target));
    if (pages > 0) bytes = std::uint64_t{pages} * record->pageBytes;
  }
  if (bytes > 0 && ::ftruncate(database.get(), static_cast<off_t>(bytes)) != 0) return failed(target, "cut");
  if (::fsync(database.get()) != 0) return failed(target, "synced");
  return {};
}

Result<void> linkBlobs(const fs::path& retired, const fs::path& spaceFolder, const fs::path& target) {
  REDD_TRY(const auto named, blobsNamedIn(target / "data.sqlite"));
  for (const auto& hash : named) {
    const auto name = fs::path("blobs") / hash.substr(0, 2) / hash;
    std::error_code code;
    fs::create_directories((target / name).parent_path(), code);
    fs::create_hard_link(spaceFolder / name, target / name, code);
    if (code) fs::create_hard_link(retired / hash.substr(0, 2) / hash, target / name, code);
    if (code) return Error::make(ErrorCode::internal, fmt::format("The content {} of a file is missing: {}", hash, code.message()));
  }
  return {};
}

}  // namespace

Result<std::vector<MomentSpan>> momentSpans(const fs::path& folder) {
  REDD_TRY(const auto chains, chainsIn(folder));
  std::vector<MomentSpan> out;
  for (const auto chain : chains) {
    MomentSpan span{chain, chain};
    REDD_TRY(auto log, MomentReader::open(folder / std::to_string(chain) / "log"));
    while (true) {
      REDD_TRY(const auto record, log.next());
      if (!record) break;
      span.to = std::max(span.to, record->at);
    }
    out.push_back(span);
  }
  return out;
}

Result<void> rebuildMoment(const fs::path& folder, const fs::path& spaceFolder, UnixMs at, const fs::path& target) {
  REDD_TRY(const auto chains, chainsIn(folder));
  const auto after = std::ranges::upper_bound(chains, at);
  if (after == chains.begin()) {
    REDD_TRY(const auto spans, momentSpans(folder));
    return noSuchMoment(spans, at);
  }
  REDD_TRY(const auto hold, BlobHold::take(spaceFolder));
  const auto chain = folder / std::to_string(*std::prev(after));
  std::error_code code;
  fs::copy_file(chain / "base.sqlite", target / "data.sqlite", code);
  if (code) return Error::hidden(ErrorCode::internal, fmt::format("{} cannot be copied: {}", chain.string(), code.message()));
  REDD_TRY_VOID(replay(chain, at, target / "data.sqlite"));
  {
    REDD_TRY(auto database, sqlite::Database::open(target / "data.sqlite", sqlite::Mode::readWrite));
    REDD_TRY_VOID(database.check());
  }
  return linkBlobs(sqlite::MomentLog::retiredIn(folder), spaceFolder, target);
}

}  // namespace redd::store
