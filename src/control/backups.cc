#include "backups.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "backup/server_backup.h"
#include "base/log.h"
#include "base/remove_gently.h"

namespace redd::control {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "redd-";
constexpr std::string_view kSuffix = ".tar";

bool isBackupName(std::string_view name) {
  return name.size() <= 100 && name.starts_with(kPrefix) && name.ends_with(kSuffix) &&
         std::ranges::all_of(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.'; });
}

// What a killed backup left: drafts that nobody has written to for a day. Another process may be making one here just now.
void removeLeftovers(const fs::path& folder) {
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(24);
  std::vector<fs::path> left;
  std::error_code failed;
  for (auto one = fs::directory_iterator(folder, failed); !failed && one != fs::end(one); one.increment(failed)) {
    const auto name = one->path().filename().string();
    const auto suffix = name.rfind(kSuffix);
    if (!name.starts_with(kPrefix) || suffix == std::string::npos) continue;
    const std::string_view rest = std::string_view(name).substr(suffix + kSuffix.size());
    if ((rest == ".part" || rest.starts_with(".copying-")) && one->last_write_time(failed) < old) left.push_back(one->path());
  }
  for (const auto& path : left) removeAllGently(path, failed);
}

Error noSuch(const std::string& name) { return notFound(fmt::format("There is no backup '{}'.", name.substr(0, 100))); }

}  // namespace

Backups::Backups(BackupOptions options, fs::path dataDir, std::string version, Metrics& metrics)
    : options_(std::move(options)), dataDir_(std::move(dataDir)), version_(std::move(version)), metrics_(metrics) {
  if (options_.folder.empty()) options_.folder = dataDir_ / "backups";
  if (options_.everyMs > 0) schedule_ = std::jthread([this](const std::stop_token& stop) { keepSchedule(stop); });
}

Backups::~Backups() { stop(); }

void Backups::stop() {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  if (underWay_) underWay_->shallStop = true;
  schedule_.request_stop();
}

// Also over restarts: the next one is due so long after the newest that is there.
void Backups::keepSchedule(const std::stop_token& stop) {
  auto due = newest() + options_.everyMs;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      const auto wait = std::chrono::milliseconds(std::max<std::int64_t>(0, due - nowMs()));
      wake_.wait_for(lock, stop, wait, [] { return false; });
    }
    if (stop.stop_requested()) return;
    if (nowMs() < due) continue;
    backup::Progress progress;
    std::ignore = create("", progress);
    due = nowMs() + options_.everyMs;
  }
}

UnixMs Backups::newest() const {
  const auto all = list();
  return all && !all->empty() ? all->front().description.createdMs : 0;
}

Result<MadeBackup> Backups::create(const std::string& passphrase, backup::Progress& progress) {
  const std::scoped_lock one(making_);
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return Error::make(ErrorCode::unavailable, "The server is stopping.");
    underWay_ = &progress;
  }
  auto made = make(passphrase, progress);
  const std::scoped_lock lock(mutex_);
  underWay_ = nullptr;
  last_ = {nowMs(), made ? made->s3Problem : std::string(made.error().text())};
  metrics_.counter("redd_backups_total", fmt::format("result=\"{}\"", last_.problem.empty() ? "made" : "failed")).add();
  if (last_.problem.empty()) {
    metrics_.counter("redd_backup_last_success_seconds").set(last_.at / 1000);
    log::info("backup", "{} is made: {} bytes", made->file.name, made->file.bytes);
  } else if (made || made.error().code != ErrorCode::cancelled) {
    log::error("backup", "{}", made ? last_.problem : made.error().detail);
  }
  return made;
}

Result<MadeBackup> Backups::make(const std::string& passphrase, backup::Progress& progress) {
  removeLeftovers(options_.folder);
  const auto name = backup::archiveName("redd", nowMs());
  const backup::BackUp wish{dataDir_, options_.folder / name, version_, passphrase.empty() ? backup::BackUp::Key::apart : backup::BackUp::Key::sealed,
                            passphrase, options_.secretKeyFile};
  REDD_TRY(const auto written, backup::backUp(wish, progress));
  MadeBackup out{{name, written.bytes, {}}, written.sha256, {}};
  REDD_TRY(out.file.description, backup::describe(written.file));
  removeOld();
  if (!options_.s3) return out;
  progress.bytesDone = 0;
  progress.bytesInAll = written.bytes;
  if (auto sent = sendToS3(written, progress); !sent) out.s3Problem = sent.error().text();
  return out;
}

Result<void> Backups::sendToS3(const backup::Written& written, backup::Progress& progress) const {
  REDD_TRY_VOID(backup::s3Put(*options_.s3, written, progress));
  if (options_.s3Keep == 0) return {};
  REDD_TRY(const auto all, listS3());
  for (std::size_t i = options_.s3Keep; i < all.size(); ++i) REDD_TRY_VOID(backup::s3Remove(*options_.s3, all[i].name));
  return {};
}

Result<std::vector<backup::S3Object>> Backups::listS3() const {
  std::vector<backup::S3Object> out;
  if (!options_.s3) return out;
  REDD_TRY(out, backup::s3List(*options_.s3));
  std::erase_if(out, [](const auto& one) { return !isBackupName(one.name); });  // what else lies there is not ours
  std::ranges::sort(out, std::greater(), &backup::S3Object::name);
  return out;
}

void Backups::removeOld() const {
  const auto all = list();
  for (std::size_t i = options_.keep; all && i < all->size(); ++i) {
    std::error_code ignored;
    removeGently(options_.folder / (*all)[i].name, ignored);
  }
}

Result<std::vector<BackupFile>> Backups::list() const {
  std::vector<BackupFile> out;
  std::error_code failed;
  if (!fs::is_directory(options_.folder, failed)) return out;
  for (auto one = fs::directory_iterator(options_.folder, failed); !failed && one != fs::end(one); one.increment(failed)) {
    const auto name = one->path().filename().string();
    if (!isBackupName(name)) continue;
    auto description = backup::describe(one->path());
    if (description) out.push_back({name, one->file_size(failed), *std::move(description)});
  }
  if (failed) return Error::make(ErrorCode::internal, fmt::format("{} cannot be read: {}", options_.folder.string(), failed.message()));
  std::ranges::sort(out, std::greater(), &BackupFile::name);  // the names hold the times
  return out;
}

Result<fs::path> Backups::pathOf(const std::string& name) const {
  std::error_code ignored;
  if (!isBackupName(name) || !fs::is_regular_file(options_.folder / name, ignored)) return noSuch(name);
  return options_.folder / name;
}

Result<backup::Description> Backups::verify(const std::string& name, backup::Progress& progress) const {
  REDD_TRY(const auto path, pathOf(name));
  REDD_TRY(const auto archive, backup::Archive::open(path, progress));
  return archive.description();
}

Result<void> Backups::remove(const std::string& name) const {
  REDD_TRY(const auto path, pathOf(name));
  std::error_code failed;
  removeGently(path, failed);
  if (failed) return Error::make(ErrorCode::internal, fmt::format("{} cannot be removed: {}", name, failed.message()));
  return {};
}

LastBackup Backups::last() const {
  const std::scoped_lock lock(mutex_);
  return last_;
}

}  // namespace redd::control
