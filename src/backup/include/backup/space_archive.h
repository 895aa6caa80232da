// One space out of a data directory and into one: as an archive that another server takes in, out of a backup, or as it was at some moment
// (backup/moments.h). All ways in end in the same place: the space's data stands whole in a folder of its own, and one commit of the
// catalogue makes it the space, in the place of the one that had its name.
//
//   space/space.json    settings, plain variables, what is sealed or left out by name, the deployment
//   space/bundle        the code
//   space/secrets       encrypted variables and API tokens, sealed under the archive's passphrase; not there without one
//   space/data.sqlite, space/blobs/ab/HASH
//
// What comes from elsewhere is checked before it is taken in: archive.h, store/space_file.h, the content of each blob against its name, and
// settings by the catalogue. All calls block, and need no loop; a server calls them from a thread that may wait.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "backup/archive.h"
#include "backup/progress.h"
#include "base/result.h"
#include "space/catalogue.h"

namespace redd::backup {

struct Secrets {  // what an archive has of them, or lacks
  std::vector<std::string> env;  // names
  std::size_t tokens = 0;
};

struct ExportSpace {
  std::filesystem::path dataDir;
  space::SpacePtr space;
  std::filesystem::path target;
  std::string version;
  std::string passphrase = {};  // "": secrets are left out
};
struct Exported {
  Written written;
  Secrets sealed, leftOut;
};
Result<Exported> exportSpace(const ExportSpace& wish, Progress& progress);

// A space on its way in: what the catalogue will say, and its data in a folder that is not served yet.
struct StagedSpace {
  space::AdoptedSpace adopted;       // without id
  std::filesystem::path folder;      // data.sqlite, blobs/
  Secrets leftOut;
};
// `scratch`: an empty folder on the data directory's file system. Errors: the archive is refused; another passphrase.
Result<StagedSpace> stageSpace(const std::filesystem::path& archive, const std::string& passphrase, const std::filesystem::path& scratch, Progress& progress);
// PROJECT/SPACE of a backup whose catalogue is sealed with `keyFile`.
struct FromBackup {
  std::filesystem::path archive, keyFile;
  std::string project, space;
};
Result<StagedSpace> stageSpace(const FromBackup& wish, const std::filesystem::path& scratch, Progress& progress);

// Moves the folder into the data directory and commits. A space that was replaced is in the trash: its id is told.
struct Adopted {
  space::SpacePtr space;
  std::string replacedId;
};
Result<Adopted> adopt(space::Catalogue& catalogue, const std::filesystem::path& dataDir, StagedSpace staged, const std::string& project,
                      const std::string& name, space::Existing existing);

}  // namespace redd::backup
