// A whole data directory into one archive, while its server runs or not, and out of one again.
//
// What goes in: every database at the top (the catalogue, accounts), the key sets, and of each space its documents, keys and files. Not:
// logs, the owner's token in clear, locks, what is derived. Consistent as far as each database goes: each is of one moment, the catalogue of
// the first, so that every space it names was there. Writers wait for nobody: the copies are made by readers' connections.
//
// Entries have the paths of the data directory. Secrets stay sealed with secret.key, which is not in the archive unless asked for.
// All calls block, and need no loop.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "backup/archive.h"
#include "backup/progress.h"
#include "base/result.h"

namespace redd::backup {

struct BackUp {
  enum class Key : std::uint8_t { apart, sealed, clear };
  std::filesystem::path dataDir;
  std::filesystem::path target;  // the archive; must not exist
  std::string version;           // of this redd
  Key key = Key::apart;
  std::string passphrase = {};   // of Key::sealed
  std::filesystem::path keyFile = {};  // empty: secret.key in the data directory
};
Result<Written> backUp(const BackUp& wish, Progress& progress);

std::string archiveName(std::string_view what, UnixMs at);  // "redd-20261124T180102Z.tar" of what = "redd"

struct Restore {
  enum class Occupied : std::uint8_t { refuse, moveAside };
  std::filesystem::path archive;
  std::filesystem::path dataDir;
  Occupied occupied = Occupied::refuse;
  std::filesystem::path keyFile = {};  // secret.key, when the archive has none
  std::string passphrase = {};         // of a sealed one
  std::filesystem::path keyApart = {};               // where the key is kept, instead of secret.key in the directory: read when it is there, made when not
};
struct Restored {
  enum class Key : std::uint8_t { ofArchive, given, ofOldDirectory, apart, missing } key = Key::missing;
  Description description;
  std::filesystem::path before;  // where the old data directory is now; empty: there was none
  std::size_t spaces = 0;
};
// Everything is checked before anything is touched, and then the directory is exchanged in one step: a kill leaves the old or the new.
// Errors: what the archive is refused for; a directory that is not empty, or in use; a key that does not fit.
Result<Restored> restoreServer(const Restore& wish, Progress& progress);

}  // namespace redd::backup
