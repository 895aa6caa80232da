// The catalogue's file, DIR/catalogue.sqlite, row by row: what is written where, and nothing about what may be written. WAL,
// synchronous=FULL, one connection. A newer format is refused, an older one is migrated in one transaction (REL-18).
//
// Used under the catalogue's lock by whichever thread holds it. Values of encrypted variables and API token keys are sealed
// here on the way in and opened on the way out (SEC-35); nothing else of the room knows the sealed form.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sealer.h"
#include "space/catalogue.h"
#include "space/space.h"
#include "store/sqlite/database.h"

namespace redd::space {

struct Contents {
  Snapshot snapshot;
  std::optional<FormerOwner> formerOwner;
};

class Tables {
 public:
  // Errors: written by a newer version; sealed with another key than `sealer` has; not a database.
  static Result<std::unique_ptr<Tables>> open(const std::filesystem::path& file, Sealer sealer);

  Result<Contents> load();

  // Runs `change` in one transaction, synced when this returns without an error; rolled back when `change` fails.
  Result<void> transact(const std::function<Result<void>()>& change);

  // Inside transact():
  Result<void> forgetFormerOwner();
  Result<void> putProject(const Project& project);
  Result<void> removeProject(std::string_view id);
  Result<bool> hasSpaces(std::string_view projectId);  // hidden ones too
  Result<void> putDefaultProject(std::string_view uniqueName);
  Result<void> putSpace(const Space& space);  // name, settings without env, revisions, active deployment, split
  Result<void> removeSpace(std::string_view spaceId);  // and all that belongs to it

  // A space that is no longer, or not yet, one that is served. Its row has a name that no space can have.
  enum class Hidden : std::uint8_t { trashed, doomed, making };
  Result<void> hide(std::string_view spaceId, std::string_view formerName, Hidden how, UnixMs nowMs);
  Result<void> unhide(std::string_view spaceId, std::string_view name);
  Result<std::vector<TrashedSpace>> trash(std::string_view projectId);  // newest first, `project` is left empty
  Result<bool> isHidden(std::string_view projectId, std::string_view spaceId, Hidden how);
  Result<void> doom(std::string_view spaceId);
  Result<void> doomTrash(UnixMs removedBefore);
  Result<void> doomUnfinished();
  Result<std::vector<std::string>> doomed();
  Result<SpacePtr> space(std::string_view id, const Project& project);  // also of a hidden one
  Result<void> putEnv(std::string_view spaceId, std::string_view name, const EnvValue& value);
  Result<void> removeEnv(std::string_view spaceId, std::string_view name);
  Result<void> putToken(std::string_view spaceId, const ApiToken& token);
  Result<void> removeToken(std::string_view spaceId, std::string_view key);
  Result<void> addDeployment(std::string_view spaceId, const Deployment& deployment);
  Result<void> removeDeployment(std::string_view id);
  Result<void> dropOldDeployments(std::string_view spaceId, std::size_t keep);

  // The key that is kept for `purpose`, as Catalogue::keptKey(); nullopt: none was made.
  Result<std::optional<std::string>> keptKey(std::string_view purpose);
  Result<void> putKeptKey(std::string_view purpose, std::string_view key);  // inside transact()
  // The same of a file that may be in use, read-only. Error: none was made.
  static Result<std::string> keptKeyIn(const std::filesystem::path& file, const Sealer& sealer, std::string_view purpose);

  // Inside transact(): everything that is sealed, sealed by `next` instead, and its fingerprint. After the commit: useSealer(next).
  Result<Resealed> reseal(const Sealer& next);
  void useSealer(Sealer next) { sealer_ = std::move(next); }
  // Takes what was sealed before out of the file and its WAL.
  Result<void> dropOldPages();
  const Sealer& sealer() const { return sealer_; }

  // The fingerprint of the key that sealed a catalogue's file; "" when it was never opened.
  static Result<std::string> keyFingerprint(const std::filesystem::path& file, store::sqlite::Mode mode);

  Result<std::vector<Deployment>> deployments(std::string_view spaceId);  // newest first, without bundles
  Result<DeploymentPtr> deployment(std::string_view spaceId, std::string_view id);     // with its bundle; nullptr when it is not kept

 private:
  Tables(store::sqlite::Database database, Sealer sealer) : database_(std::move(database)), sealer_(std::move(sealer)) {}
  Result<void> checkKey();
  Result<void> loadFormerOwner(Contents& out);
  Result<void> loadProjects(Contents& out);
  Result<void> loadSpaces(Project& project);
  Result<std::shared_ptr<Space>> spaceFrom(const store::sqlite::Statement& row, const Project& project);
  Result<void> loadEnv(Space& space);
  Result<void> loadTokens(Space& space);

  store::sqlite::Database database_;
  Sealer sealer_;
};

}  // namespace redd::space
