// The catalogue: projects, spaces, settings, tokens, deployments, users' access. One SQLite file, DIR/catalogue.sqlite.
//
// Mutators block for a synced commit, are thread-safe, and are called on the control thread, never on a gateway loop. After each
// one a new Snapshot is published; snapshot() is one atomic load from any thread. Subscribers are told on the mutating thread,
// after publication.
// Secrets (env marked encrypted, API tokens) are sealed in the file with a key that lies beside it (DIR/secret.key, 0600) (SEC-35).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "space/space.h"

namespace redd::space {

struct NewDeployment {
  std::string bundle, author, gitHash, gitBranch, language;
  Manifest manifest;
  std::string id;  // made by newDeploymentId() before the workers tried it
  std::string sourceId = {};  // as Deployment's
};

enum class Role : std::uint8_t { none, owner };
// Who a control-plane token speaks for. The owner may do everything; more roles come with accounts.
struct Principal {
  Role role = Role::none;
  std::string userId, name, email;
};

// A space that comes from elsewhere, whose data lies in its folder already: from another server's archive, a backup, an earlier moment.
struct AdoptedSpace {
  std::string id;  // names the folder; new
  Settings settings;
  std::vector<ApiToken> tokens;
  DeploymentPtr deployment;  // nullptr: no code. It gets a new id, and keeps its source files
};
enum class Existing : std::uint8_t { refuse, replace };

class Catalogue {
 public:
  // Makes the file on an empty directory. Errors are one sentence each: directory not writable, in use by another server (a
  // lock file is held while open), written by a newer version.
  static Result<std::unique_ptr<Catalogue>> open(const std::filesystem::path& dataDir);
  virtual ~Catalogue() = default;

  virtual SnapshotPtr snapshot() const = 0;
  // `changed` is called after every publication with the spaces that changed. A new space: before == nullptr. A removed one:
  // after has deployment == nullptr and revision == 0. `changed` must not call mutators. The returned handle ends the
  // subscription: no call is running or follows when its destructor returned; `changed` itself must not destroy it.
  virtual std::shared_ptr<void> subscribe(std::function<void(const SpacePtr& before, const SpacePtr& after)> changed) = 0;

  // First start: makes the owner and returns the token in clear. `preset` may give the token (16 to 512 characters of
  // [A-Za-z0-9._~+/=-]). When the owner exists already: empty, and nothing changes; but a preset that is not the owner's token
  // replaces it (the operator's way out of a lost token) and is returned.
  virtual Result<std::string> ensureOwner(const std::string& preset) = 0;
  virtual Principal authenticate(std::string_view token) const = 0;  // constant time; Role::none when unknown

  virtual Result<ProjectPtr> createProject(std::string_view name) = 0;  // spec 70.4: 4-15 letters or digits; the suffix is made here. No space
  virtual Result<SpacePtr> createSpace(std::string_view project, std::string_view name) = 0;  // [a-z0-9-]{1,30}
  virtual Result<void> removeSpace(std::string_view project, std::string_view name) = 0;
  // In one commit: the space is there, and what had its name before is gone from the catalogue. Domains of other spaces are left out.
  virtual Result<SpacePtr> adoptSpace(std::string_view project, std::string_view name, AdoptedSpace adopted, Existing existing) = 0;

  virtual Result<SpacePtr> setTokenPolicy(std::string_view project, std::string_view space, std::string jwksUrl, std::string issuer,
                                          std::vector<std::string> audience) = 0;
  virtual Result<SpacePtr> setAllowedHosts(std::string_view project, std::string_view space, std::vector<std::string> ranges) = 0;
  virtual Result<SpacePtr> setCorsOrigins(std::string_view project, std::string_view space, std::vector<std::string> origins) = 0;
  virtual Result<SpacePtr> setDomains(std::string_view project, std::string_view space, std::vector<std::string> domains) = 0;
  virtual Result<SpacePtr> setEnv(std::string_view project, std::string_view space, std::string name, EnvValue value) = 0;
  virtual Result<SpacePtr> removeEnv(std::string_view project, std::string_view space, std::string_view name) = 0;
  virtual Result<ApiToken> addToken(std::string_view project, std::string_view space, TokenAccess access, std::string description) = 0;
  virtual Result<void> removeToken(std::string_view project, std::string_view space, std::string_view key) = 0;

  virtual std::string newDeploymentId() = 0;
  virtual Result<SpacePtr> activate(std::string_view project, std::string_view space, NewDeployment deployment) = 0;
  // The deployments that are kept, newest first, without their bundles (`bundle` is nullptr). Reads the file: not for a loop.
  virtual Result<std::vector<Deployment>> deployments(std::string_view project, std::string_view space) const = 0;
};

// The space named `name` of `project` in a snapshot, or the reason why not (spec 20.1 texts).
Result<SpacePtr> findSpace(const Snapshot& snapshot, std::string_view project, std::string_view name);

}  // namespace redd::space
