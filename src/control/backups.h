// The backups of this server: made by schedule and when asked, listed, checked, kept to a number; in a folder, and in an S3-compatible store
// when one is set. One is made at a time.
//
// Owns a thread for the schedule and one for long work (ThreadLane `work`); create(), list() and the others block and are called there.
// The destructor breaks off what is under way: what is half made is not left.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "backup/archive.h"
#include "backup/progress.h"
#include "base/metrics.h"
#include "control/backup_options.h"
#include "thread_lane.h"

namespace redd::control {

struct BackupFile {
  std::string name;
  std::uint64_t bytes = 0;
  backup::Description description;
};
struct MadeBackup {
  BackupFile file;
  std::string sha256;
  std::string s3Problem;  // "": it is there too and older ones are gone, or none is set
};
struct LastBackup {  // of the schedule or by hand
  UnixMs at = 0;
  std::string problem;  // "": it was made
};

class Backups {
 public:
  Backups(BackupOptions options, std::filesystem::path dataDir, std::string version, Metrics& metrics);
  ~Backups();
  Backups(const Backups&) = delete;
  Backups& operator=(const Backups&) = delete;

  Result<MadeBackup> create(const std::string& passphrase, backup::Progress& progress);  // with the key sealed under it; "": without the key
  Result<std::vector<BackupFile>> list() const;                          // newest first
  Result<std::vector<backup::S3Object>> listS3() const;                  // newest first; of the store, if one is set
  Result<backup::Description> verify(const std::string& name, backup::Progress& progress) const;
  Result<void> remove(const std::string& name) const;
  Result<std::filesystem::path> pathOf(const std::string& name) const;   // of one that is there; nothing else has a path

  LastBackup last() const;
  const BackupOptions& options() const { return options_; }
  const std::filesystem::path& dataDir() const { return dataDir_; }
  std::filesystem::path keyFile() const { return options_.secretKeyFile.empty() ? dataDir_ / "secret.key" : options_.secretKeyFile; }
  const std::string& version() const { return version_; }
  void stop();  // breaks off what is under way; nothing is made after it

  ThreadLane work{};   // backups, archives of spaces, restores: one after the other
  ThreadLane pieces{}; // pieces of files, on their way out and in

 private:
  void keepSchedule(const std::stop_token& stop);
  UnixMs newest() const;
  Result<MadeBackup> make(const std::string& passphrase, backup::Progress& progress);
  void removeOld() const;
  Result<void> sendToS3(const backup::Written& written, backup::Progress& progress) const;

  BackupOptions options_;
  const std::filesystem::path dataDir_;
  const std::string version_;
  Metrics& metrics_;
  std::mutex making_;
  mutable std::mutex mutex_;
  LastBackup last_;                      // guarded by mutex_
  backup::Progress* underWay_ = nullptr; // guarded by mutex_
  bool stopping_ = false;                // guarded by mutex_
  std::condition_variable_any wake_;
  std::jthread schedule_;  // last: it ends before what it uses
};

}  // namespace redd::control
