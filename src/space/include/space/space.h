// A space as everybody sees it: an immutable snapshot of code, settings and access, published by the Catalogue. A request
// holds the snapshot it began with until it ends.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"

namespace redd::space {

enum class TokenAccess : std::uint8_t { read, readWrite };

struct ApiToken {  // spec 30.2
  std::string key;  // UUID
  TokenAccess access = TokenAccess::readWrite;
  std::string description;
  UnixMs createdMs = 0;
};

enum class Secrecy : std::uint8_t { plain, encrypted };
struct EnvValue {
  std::string value;  // in clear: snapshots live in memory only
  Secrecy secrecy = Secrecy::plain;
};

// The manifest as the worker reported it (wire/PROTOCOL.md "ready"), kept with the deployment.
struct Manifest {
  std::vector<std::string> routes, auth, queues, workers, jobs, realtime;
  bool startup = false;
};

struct Deployment {
  std::string id;  // objectId: grows with time
  UnixMs createdMs = 0;
  std::string author, gitHash, gitBranch, language;
  std::size_t bundleBytes = 0;
  std::shared_ptr<const std::string> bundle;  // the script's text
  Manifest manifest;
  std::string sourceId;  // the deployment whose source files it uses; "" its own
  std::string restores;  // the earlier deployment whose code it puts back; "" none
  const std::string& sourceScope() const { return sourceId.empty() ? id : sourceId; }  // of store/files.h
};
using DeploymentPtr = std::shared_ptr<const Deployment>;

// Bounds of one space; 0: the server's (base/limits.h). The smaller of the two holds.
struct SpaceLimits {
  std::uint32_t requestDeadlineMs = 0;
  std::uint32_t requestsMax = 0;  // that run at once
  std::uint32_t workerHeapMiB = 0;
  bool operator==(const SpaceLimits&) const = default;
};
template <class Server>
constexpr Server boundedBy(std::uint32_t own, Server server) {
  return own == 0 || own >= server ? server : static_cast<Server>(own);
}

struct Settings {
  std::string jwksUrl, issuer;
  std::vector<std::string> audience;
  std::vector<std::string> algorithms;    // that may sign a token; empty: all that module auth accepts
  std::vector<std::string> allowedHosts;  // addresses and CIDR ranges, spec 30.6; empty: no restriction
  std::vector<std::string> corsOrigins;   // empty: every origin is echoed (SEC-20)
  std::vector<std::string> domains;       // host names whose whole path is the space's API path (spec 20.1)
  std::map<std::string, EnvValue> env;
  SpaceLimits limits;
};

// A percentage split: so many of the clients meet this deployment, the others the active one.
struct Split {
  DeploymentPtr deployment;
  unsigned percent = 0;  // 1 to 99
};

// To whom a space is open, of those who have a role in its project (spec 30.7).
enum class Entry : std::uint8_t {
  project,     // everybody
  teamOwners,  // "restricted": the owners of the project's team
};

struct Space {
  std::string id;           // stable, [a-z0-9]; names its folder in the data directory
  std::string projectId;
  std::string project;      // unique name, e.g. mybackend-6708
  std::string name;         // dev
  Entry entry = Entry::project;
  Settings settings;
  std::vector<ApiToken> tokens;
  DeploymentPtr deployment;  // nullptr: no code deployed
  std::optional<Split> split;
  // Of a split: this space with the split's deployment in the place of the active one, as its workers and requests see it.
  std::shared_ptr<const Space> alternative;
  enum class Version : std::uint8_t { active, alternative } version = Version::active;
  std::uint64_t revision = 0;     // grows with every change of this space
  std::uint64_t envRevision = 0;  // grows when workers must restart: env or deployment changed
  std::string label() const { return project + "/" + name; }
};
using SpacePtr = std::shared_ptr<const Space>;

struct Project {
  std::string id;
  std::string name;  // display name as given
  std::string uniqueName;
  std::string teamId;  // of the team that owns it (account/directory.h); "" only until the first start with accounts
  UnixMs createdMs = 0;
  std::map<std::string, SpacePtr, std::less<>> spaces;
};
using ProjectPtr = std::shared_ptr<const Project>;

// The whole catalogue at one moment.
struct Snapshot {
  std::map<std::string, ProjectPtr, std::less<>> projects;  // by unique name
  std::map<std::string, SpacePtr, std::less<>> domains;     // by host name, lower case
  std::string defaultProject;                               // served on a bare address (spec 20.1); "" when there is none
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace redd::space
