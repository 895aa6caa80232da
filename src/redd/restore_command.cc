#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>

#include "backup/moment.h"
#include "backup/s3.h"
#include "backup/scratch.h"
#include "backup/server_backup.h"
#include "backup/space_archive.h"
#include "backup_command.h"
#include "base/random.h"
#include "command_progress.h"
#include "space/catalogue.h"

namespace redd {
namespace fs = std::filesystem;

void defineRestore(CLI::App& app, RestoreCommand& command) {
  app.add_option("archive", command.archive, "The backup; not with --at");
  app.add_option("--to,--data", command.to, "The data directory to make; with --space the one to change")->required();
  app.add_flag("--force", command.force, "Take the place of a directory that is not empty; that one is moved aside");
  app.add_option("--key", command.keyFile, "secret.key of the server that was backed up, when it is not in the archive");
  app.add_option("--secret-key-file", command.secretKeyFile, "Where the directory's key is kept, apart from the data; made when it is not there")
      ->envname("REDD_SECRET_KEY_FILE");
  app.add_option("--passphrase-file", command.passphraseFile, "Holds the passphrase under which secret.key is sealed (- is standard input)");
  auto* space = app.add_option("--space", command.space, "Only this space, PROJECT/SPACE, into the data directory of a stopped server");
  app.add_option("--as", command.as, "Under this name, beside the one there is")->needs(space);
  app.add_option("--at", command.at, "As it was at this time, from what --pitr-hours keeps: 2026-11-24T18:01:02Z")->needs(space);
  app.add_option("--s3", command.s3, "Fetch the archive from there: https://HOST/BUCKET; keys as for redd serve");
  app.add_option("--s3-region", command.s3Region, "Region that requests to it are signed for")->capture_default_str();
}

namespace {

std::string variable(const char* name) { return std::getenv(name) ? std::getenv(name) : ""; }

// The archive as a file here; `scratch` holds it when it was fetched.
Result<fs::path> localArchive(const RestoreCommand& command, std::optional<backup::ScratchFolder>& scratch, backup::Progress& progress) {
  if (command.s3.empty()) return fs::absolute(command.archive);
  REDD_TRY(const auto store, backup::S3Store::parse(command.s3, command.s3Region, variable("REDD_BACKUP_S3_KEY_ID"), variable("REDD_BACKUP_S3_SECRET")));
  REDD_TRY(auto made, backup::ScratchFolder::make(fmt::format("{}.fetching-{}", fs::absolute(command.to).lexically_normal().string(), randomLabel(8))));
  scratch.emplace(std::move(made));
  const auto file = scratch->path() / "archive.tar";
  REDD_TRY_VOID(backup::s3Get(store, command.archive, file, progress));
  progress.bytesDone = 0;
  return file;
}

std::string_view keyWords(backup::Restored::Key key) {
  using enum backup::Restored::Key;
  switch (key) {
    case ofArchive: return "secret.key came with the archive";
    case given: return "secret.key is the one that was given";
    case ofOldDirectory: return "secret.key is the one of the directory before";
    case apart: return "the secret key is the one kept apart";
    case missing: return "secret.key is missing: put it into the directory before redd serve, which refuses to start without it";
  }
  return "";
}

Result<std::string> restoreAll(const RestoreCommand& command, Output output, backup::Progress& progress) {
  if (command.archive.empty()) return invalid("name the archive: redd restore ARCHIVE --to DIR");
  std::optional<backup::ScratchFolder> scratch;
  REDD_TRY(const auto archive, localArchive(command, scratch, progress));
  REDD_TRY(const auto passphrase, secretFrom(command.passphraseFile));
  const backup::Restore wish{archive, command.to, command.force ? backup::Restore::Occupied::moveAside : backup::Restore::Occupied::refuse, command.keyFile,
                             passphrase, command.secretKeyFile};
  REDD_TRY(const auto done, backup::restoreServer(wish, progress));
  const auto time = isoTime(done.description.createdMs);
  if (output == Output::json) {
    return fmt::format(R"({{"ok":true,"dataDir":{},"created":"{}","spaces":{},"key":{},"before":{}}})", json::quoted(command.to), time, done.spaces,
                       done.key != backup::Restored::Key::missing, json::quoted(done.before.string()));
  }
  const bool isApart = done.key != backup::Restored::Key::missing && !command.secretKeyFile.empty();
  const auto key = isApart ? fmt::format("The secret key is in {}, apart from the data", command.secretKeyFile) : std::string(keyWords(done.key));
  return fmt::format("Restored {} with the data of {} spaces, as of {}\n{}{}", command.to, done.spaces, time, key,
                     done.before.empty() ? "" : fmt::format("\nThe directory before is now {}", done.before.string()));
}

Result<backup::StagedSpace> stage(const RestoreCommand& command, const space::Catalogue& catalogue, const std::string& project, const std::string& name,
                                  const fs::path& scratch, backup::Progress& progress) {
  if (command.at.empty()) {
    std::optional<backup::ScratchFolder> fetched;
    REDD_TRY(const auto archive, localArchive(command, fetched, progress));
    const auto own = command.secretKeyFile.empty() ? fs::path(command.to) / "secret.key" : fs::path(command.secretKeyFile);
    const auto key = command.keyFile.empty() ? own : fs::path(command.keyFile);
    return backup::stageSpace(backup::FromBackup{archive, key, project, name}, scratch, progress);
  }
  REDD_TRY(const auto at, backup::momentFrom(command.at));
  REDD_TRY(const auto space, space::findSpace(*catalogue.snapshot(), project, name));
  return backup::stageSpace(backup::FromMoment{command.to, space, at}, scratch);
}

Result<std::string> restoreSpace(const RestoreCommand& command, Output output, backup::Progress& progress) {
  const auto slash = command.space.find('/');
  if (slash == std::string::npos) return invalid(fmt::format("--space '{}' is not PROJECT/SPACE", command.space));
  if (command.archive.empty() == command.at.empty()) return invalid("with --space, name the archive or give --at TIME: one of the two");
  const auto project = command.space.substr(0, slash), name = command.space.substr(slash + 1);
  std::error_code ignored;
  if (!fs::exists(fs::path(command.to) / "catalogue.sqlite", ignored)) return notFound(fmt::format("{} is no data directory of redd", command.to));
  REDD_TRY(const auto catalogue, space::Catalogue::open(command.to, command.secretKeyFile));  // holds the lock: the server is stopped
  REDD_TRY(const auto scratch, backup::ScratchFolder::in(command.to));
  REDD_TRY(auto staged, stage(command, *catalogue, project, name, scratch.path(), progress));
  REDD_TRY(const auto adopted, backup::adopt(*catalogue, command.to, std::move(staged), project, command.as.empty() ? name : command.as,
                                             command.as.empty() ? space::Existing::replace : space::Existing::refuse));
  if (output == Output::json) {
    return fmt::format(R"({{"ok":true,"project":{},"space":{},"id":{},"replacedId":{}}})", json::quoted(adopted.space->project),
                       json::quoted(adopted.space->name), json::quoted(adopted.space->id), json::quoted(adopted.replacedId));
  }
  return fmt::format("Restored {}{}", adopted.space->label(),
                     adopted.replacedId.empty() ? "" : fmt::format("\nWhat it was before is in the trash: coho space restore {} --as NAME", adopted.replacedId));
}

}  // namespace

int runRestore(const RestoreCommand& command, Output output) {
  backup::Progress progress;
  const auto done = [&]() -> Result<std::string> {
    const ProgressLine line("restoring", progress);
    return command.space.empty() ? restoreAll(command, output, progress) : restoreSpace(command, output, progress);
  }();
  if (!done) return reportFailure(done.error(), output);
  std::puts(done->c_str());
  return 0;
}

}  // namespace redd
