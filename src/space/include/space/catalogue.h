// The catalogue: projects, spaces, settings, tokens, deployments, users' access. One SQLite file, DIR/catalogue.sqlite.
//
// Mutators block for a synced commit, are thread-safe, and are called on the control thread, never on a gateway loop. After each
// one a new Snapshot is published; snapshot() is one atomic load from any thread. Subscribers are told on the mutating thread,
// after publication.
// Secrets (env marked encrypted, API tokens) are sealed in the file with a key that lies beside it (DIR/secret.key, 0600), or where the
// operator keeps it apart from the data (SEC-35).
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
  std::string restores = {};  // as Deployment's
};

// The owner as formats before the fourth kept it; accounts are a room of their own now.
struct FormerOwner {
  std::string id, tokenDigest;  // SHA-256 of the token, hex
};

// What a rotation of the secret key sealed anew.
struct Resealed {
  std::size_t variables = 0, tokens = 0;
};

// A space that was removed and can be restored until it is purged.
struct TrashedSpace {
  std::string id, project, name;
  UnixMs removedMs = 0;
  Entry entry = Entry::project;
};

// A space that comes from elsewhere, whose data lies in its folder already: from another server's archive, a backup, an earlier moment.
struct AdoptedSpace {
  std::string id;  // names the folder; new
  Settings settings;
  std::vector<ApiToken> tokens;
  DeploymentPtr deployment;  // nullptr: no code. It gets a new id, and keeps its source files
  Entry entry = Entry::project;
};
enum class Existing : std::uint8_t { refuse, replace };

class Catalogue {
 public:
  // Makes the file on an empty directory. Errors are one sentence each: directory not writable, in use by another server (a
  // lock file is held while open), written by a newer version.
  // `secretKeyFile`: empty for DIR/secret.key. It is made (0600) for a new catalogue only: one that is missing otherwise is an error.
  static Result<std::unique_ptr<Catalogue>> open(const std::filesystem::path& dataDir, const std::filesystem::path& secretKeyFile = {});
  virtual ~Catalogue() = default;

  virtual SnapshotPtr snapshot() const = 0;
  // `changed` is called after every publication with the spaces that changed. A new space: before == nullptr. A removed one:
  // after has deployment == nullptr and revision == 0. `changed` must not call mutators. The returned handle ends the
  // subscription: no call is running or follows when its destructor returned; `changed` itself must not destroy it.
  virtual std::shared_ptr<void> subscribe(std::function<void(const SpacePtr& before, const SpacePtr& after)> changed) = 0;

  // 32 random bytes for `purpose`, made when they are first asked for and kept, sealed, as long as the directory: a rotation of the secret
  // key does not change them.
  virtual Result<std::string> keptKey(std::string_view purpose) = 0;
  // Who owned an older directory, until the accounts have taken it over and forgetFormerOwner() says so.
  virtual std::optional<FormerOwner> formerOwner() const = 0;
  virtual Result<void> forgetFormerOwner() = 0;
  virtual Result<void> giveProjectsWithoutTeam(std::string_view teamId) = 0;  // of older directories

  // spec 70.4: 4-15 letters or digits; the suffix is made here. No space
  virtual Result<ProjectPtr> createProject(std::string_view name, std::string_view teamId = {}) = 0;
  virtual Result<ProjectPtr> moveProject(std::string_view project, std::string_view teamId) = 0;
  // alreadyExists: it has spaces, or some in its trash. unavailable: such are being deleted just now. The oldest of the others becomes the
  // default project when it was that.
  virtual Result<void> removeProject(std::string_view project) = 0;
  virtual Result<SpacePtr> createSpace(std::string_view project, std::string_view name, Entry entry = Entry::project) = 0;  // [a-z0-9-]{1,30}
  virtual Result<SpacePtr> renameSpace(std::string_view project, std::string_view name, std::string newName) = 0;
  // Into the trash: no longer in snapshots, its name is free, its domains too. Nothing of it is lost before it is purged.
  virtual Result<TrashedSpace> removeSpace(std::string_view project, std::string_view name) = 0;
  virtual Result<std::vector<TrashedSpace>> trash(std::string_view project) const = 0;  // newest first. Reads the file
  // Out of the trash, as `newName` ("": its own); without the domains that other spaces have by now. notFound, alreadyExists.
  virtual Result<SpacePtr> restoreSpace(std::string_view project, std::string_view id, std::string newName) = 0;
  // Of the spaces that were removed at `removedBefore` or earlier, and of copies that were never finished: their ids. They can no longer be
  // restored; purged() forgets one whose folder has gone.
  virtual Result<std::vector<std::string>> doom(UnixMs removedBefore) = 0;
  virtual Result<void> doomOne(std::string_view project, std::string_view id) = 0;  // notFound: not in this project's trash
  virtual Result<void> purged(std::string_view id) = 0;

  // A copy is made in three steps, so that its folder is never one that nobody knows of: beginCopy() answers the id of the new space, which
  // nobody sees; its folder is filled; endCopy() publishes it with settings, variables, tokens and the active deployment of `from`, without
  // its domains. Left undone, also by a stop of the server, the new space is doomed.
  virtual Result<std::string> beginCopy(std::string_view project, std::string_view from, std::string_view to) = 0;
  virtual Result<SpacePtr> endCopy(std::string_view project, std::string_view from, std::string_view to, std::string_view id) = 0;
  virtual Result<void> dropCopy(std::string_view id) = 0;

  // In one commit: the space is there, and what had its name before is in the trash. Domains of other spaces are left out. What takes the place of a restricted space is restricted.
  virtual Result<SpacePtr> adoptSpace(std::string_view project, std::string_view name, AdoptedSpace adopted, Existing existing) = 0;

  virtual Result<SpacePtr> setTokenPolicy(std::string_view project, std::string_view space, std::string jwksUrl, std::string issuer,
                                          std::vector<std::string> audience, std::vector<std::string> algorithms) = 0;
  virtual Result<SpacePtr> setAllowedHosts(std::string_view project, std::string_view space, std::vector<std::string> ranges) = 0;
  virtual Result<SpacePtr> setCorsOrigins(std::string_view project, std::string_view space, std::vector<std::string> origins) = 0;
  virtual Result<SpacePtr> setDomains(std::string_view project, std::string_view space, std::vector<std::string> domains) = 0;
  virtual Result<SpacePtr> moveDomain(std::string_view project, std::string_view space, std::string domain) = 0;  // from another of the project, at once
  virtual Result<SpacePtr> setLimits(std::string_view project, std::string_view space, SpaceLimits limits) = 0;
  virtual Result<SpacePtr> setEnv(std::string_view project, std::string_view space, std::string name, EnvValue value) = 0;
  virtual Result<SpacePtr> removeEnv(std::string_view project, std::string_view space, std::string_view name) = 0;
  virtual Result<ApiToken> addToken(std::string_view project, std::string_view space, TokenAccess access, std::string description) = 0;
  virtual Result<void> removeToken(std::string_view project, std::string_view space, std::string_view key) = 0;

  // A new secret key, and every secret sealed with it, in one transaction. A kill at any moment leaves a catalogue that opens: the new key
  // lies beside the old one (FILE.new) until the commit, and open() takes the one that fits. Nothing changes for spaces and clients.
  virtual Result<Resealed> rotateSecretKey() = 0;

  virtual std::string newDeploymentId() = 0;
  virtual Result<SpacePtr> activate(std::string_view project, std::string_view space, NewDeployment deployment) = 0;
  // The deployments that are kept, newest first, without their bundles (`bundle` is nullptr). Reads the file: not for a loop.
  virtual Result<std::vector<Deployment>> deployments(std::string_view project, std::string_view space) const = 0;
  // One of them with its bundle. notFound. Reads the file.
  virtual Result<DeploymentPtr> deployment(std::string_view project, std::string_view space, std::string_view id) const = 0;
  // activate(), rollBack() and undeploy() end a split.
  // Makes the kept deployment `target` the active one; the one that was active is no longer kept. When none was active, none goes.
  virtual Result<SpacePtr> rollBack(std::string_view project, std::string_view space, DeploymentPtr target) = 0;
  virtual Result<SpacePtr> setSplit(std::string_view project, std::string_view space, std::optional<Split> split) = 0;
  virtual Result<SpacePtr> undeploy(std::string_view project, std::string_view space) = 0;  // deployments stay kept. notFound: none active
};

// What Catalogue::keptKey() answers, of a directory that may be in use; nothing is written. `secretKeyFile` as for Catalogue::open().
// Errors: no catalogue there, no readable secret key, another one than that which sealed it, no key was made for `purpose`.
Result<std::string> keptKeyOf(const std::filesystem::path& dataDir, const std::filesystem::path& secretKeyFile, std::string_view purpose);

// The space named `name` of `project` in a snapshot, or the reason why not (spec 20.1 texts).
Result<SpacePtr> findSpace(const Snapshot& snapshot, std::string_view project, std::string_view name);

}  // namespace redd::space
