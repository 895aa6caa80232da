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
  Result<void> putDefaultProject(std::string_view uniqueName);
  Result<void> putSpace(const Space& space);  // name, settings without env, revisions, active deployment
  Result<void> removeSpace(std::string_view spaceId);  // and all that belongs to it
  Result<void> putEnv(std::string_view spaceId, std::string_view name, const EnvValue& value);
  Result<void> removeEnv(std::string_view spaceId, std::string_view name);
  Result<void> putToken(std::string_view spaceId, const ApiToken& token);
  Result<void> removeToken(std::string_view spaceId, std::string_view key);
  Result<void> addDeployment(std::string_view spaceId, const Deployment& deployment);
  Result<void> dropOldDeployments(std::string_view spaceId, std::size_t keep);

  const Sealer& sealer() const { return sealer_; }

  Result<std::vector<Deployment>> deployments(std::string_view spaceId);  // newest first, without bundles

 private:
  Tables(store::sqlite::Database database, Sealer sealer) : database_(std::move(database)), sealer_(std::move(sealer)) {}
  Result<void> checkKey();
  Result<void> loadFormerOwner(Contents& out);
  Result<void> loadProjects(Contents& out);
  Result<void> loadSpaces(Project& project);
  Result<void> loadEnv(Space& space);
  Result<void> loadTokens(Space& space);
  Result<DeploymentPtr> loadDeployment(std::string_view id);

  store::sqlite::Database database_;
  Sealer sealer_;
};

}  // namespace redd::space
