// Backups of the server, and whole spaces as archives. As commands.h says of the others.
#pragma once

#include <string>

#include "base/result.h"
#include "context.h"

namespace redd::coho {

// commands/backups.cc
struct BackupArguments {
  std::string to;              // also fetched: a directory, or the file's own name
  std::string passphraseFile;  // the server's key goes in, sealed under it
  std::string name;            // of the backup to check, fetch or remove
};
Result<void> makeBackup(const Context& context, const BackupArguments& arguments);
Result<void> listBackups(const Context& context);
Result<void> verifyBackup(const Context& context, const BackupArguments& arguments);
Result<void> getBackup(const Context& context, const BackupArguments& arguments);
Result<void> removeBackup(const Context& context, const BackupArguments& arguments);

// commands/space_archive.cc
struct SpaceArchiveArguments {
  std::string file, passphraseFile;
  std::string backup, at, as;  // of rewind
  bool shallReplace = false;
};
Result<void> exportSpace(const Context& context, const SpaceArchiveArguments& arguments);
Result<void> importSpace(const Context& context, const SpaceArchiveArguments& arguments);
Result<void> rewindSpace(const Context& context, const SpaceArchiveArguments& arguments);
Result<void> listMoments(const Context& context);

}  // namespace redd::coho
