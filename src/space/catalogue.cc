#include "space/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "crypto/hash.h"
#include "space/data_dir.h"
#include "names.h"
#include "split.h"
#include "subscribers.h"
#include "tables.h"

namespace redd::space {
namespace {

using Edit = std::function<Result<void>(Space& next)>;

SpacePtr removedForm(const Space& space) {
  auto gone = std::make_shared<Space>(space);
  gone->deployment = nullptr;
  gone->split.reset();
  gone->alternative = nullptr;
  gone->revision = 0;
  return gone;
}

std::size_t envBytes(const std::map<std::string, EnvValue>& env) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : env) bytes += name.size() + value.value.size() + 2;
  return bytes;
}

// What the setters check one by one.
Result<void> checkSettings(const Settings& settings) {
  REDD_TRY_VOID(checkTokenPolicy(settings.jwksUrl, settings.issuer, settings.audience));
  REDD_TRY_VOID(checkAllowedHosts(settings.allowedHosts));
  REDD_TRY_VOID(checkCorsOrigins(settings.corsOrigins));
  REDD_TRY_VOID(checkDomains(settings.domains));
  if (settings.env.size() > kLimits.envPerSpaceMax || envBytes(settings.env) > kLimits.envBytesMax) {
    return invalid(fmt::format("A space holds at most {} variables, of {} bytes together.", kLimits.envPerSpaceMax, kLimits.envBytesMax));
  }
  return {};
}

class SqliteCatalogue final : public Catalogue {
 public:
  SqliteCatalogue(DirectoryLock lock, std::filesystem::path keyFile, std::unique_ptr<Tables> tables, Contents contents)
      : lock_(std::move(lock)),
        keyFile_(std::move(keyFile)),
        tables_(std::move(tables)),
        formerOwner_(std::move(contents.formerOwner)),
        published_(std::make_shared<const Snapshot>(std::move(contents.snapshot))) {}

  SnapshotPtr snapshot() const override {
    const std::scoped_lock lock(publish_);
    return published_;
  }
  std::shared_ptr<void> subscribe(std::function<void(const SpacePtr&, const SpacePtr&)> changed) override {
    return subscribers_.add(std::move(changed));
  }
  Result<std::string> keptKey(std::string_view purpose) override;
  std::optional<FormerOwner> formerOwner() const override;
  Result<void> forgetFormerOwner() override;
  Result<void> giveProjectsWithoutTeam(std::string_view teamId) override;
  Result<ProjectPtr> createProject(std::string_view name, std::string_view teamId) override;
  Result<ProjectPtr> moveProject(std::string_view project, std::string_view teamId) override;
  Result<void> removeProject(std::string_view project) override;
  Result<SpacePtr> createSpace(std::string_view project, std::string_view name, Entry entry) override;
  Result<SpacePtr> renameSpace(std::string_view project, std::string_view name, std::string newName) override;
  Result<TrashedSpace> removeSpace(std::string_view project, std::string_view name) override;
  Result<std::vector<TrashedSpace>> trash(std::string_view project) const override;
  Result<SpacePtr> restoreSpace(std::string_view project, std::string_view id, std::string newName) override;
  Result<std::vector<std::string>> doom(UnixMs removedBefore) override;
  Result<void> doomOne(std::string_view project, std::string_view id) override;
  Result<void> purged(std::string_view id) override;
  Result<std::string> beginCopy(std::string_view project, std::string_view from, std::string_view to) override;
  Result<SpacePtr> endCopy(std::string_view project, std::string_view from, std::string_view to, std::string_view id) override;
  Result<void> dropCopy(std::string_view id) override;
  Result<SpacePtr> moveDomain(std::string_view project, std::string_view space, std::string domain) override;
  Result<SpacePtr> setLimits(std::string_view project, std::string_view space, SpaceLimits limits) override;
  Result<SpacePtr> setSplit(std::string_view project, std::string_view space, std::optional<Split> split) override;
  Result<SpacePtr> adoptSpace(std::string_view project, std::string_view name, AdoptedSpace adopted, Existing existing) override;
  Result<SpacePtr> setTokenPolicy(std::string_view project, std::string_view space, std::string jwksUrl, std::string issuer,
                                  std::vector<std::string> audience, std::vector<std::string> algorithms) override;
  Result<SpacePtr> setAllowedHosts(std::string_view project, std::string_view space, std::vector<std::string> ranges) override;
  Result<SpacePtr> setCorsOrigins(std::string_view project, std::string_view space, std::vector<std::string> origins) override;
  Result<SpacePtr> setDomains(std::string_view project, std::string_view space, std::vector<std::string> domains) override;
  Result<SpacePtr> setEnv(std::string_view project, std::string_view space, std::string name, EnvValue value) override;
  Result<SpacePtr> removeEnv(std::string_view project, std::string_view space, std::string_view name) override;
  Result<ApiToken> addToken(std::string_view project, std::string_view space, TokenAccess access, std::string description) override;
  Result<void> removeToken(std::string_view project, std::string_view space, std::string_view key) override;
  Result<Resealed> rotateSecretKey() override;
  std::string newDeploymentId() override { return objectId(); }
  Result<SpacePtr> activate(std::string_view project, std::string_view space, NewDeployment deployment) override;
  Result<std::vector<Deployment>> deployments(std::string_view project, std::string_view space) const override;
  Result<DeploymentPtr> deployment(std::string_view project, std::string_view space, std::string_view id) const override;
  Result<SpacePtr> rollBack(std::string_view project, std::string_view space, DeploymentPtr target) override;
  Result<SpacePtr> undeploy(std::string_view project, std::string_view space) override;

 private:
  // Everything below: under mutate_.
  Result<SpacePtr> changeSpace(std::string_view project, std::string_view name, const Edit& edit);
  Result<ProjectPtr> projectWithRoom(std::string_view project, std::string_view newSpace) const;
  Result<std::string> freshUniqueName(std::string_view name) const;
  Result<ProjectPtr> giveToTeam(const Project& project, std::string_view teamId);
  void publish(Snapshot next);
  void publishSpace(const SpacePtr& before, const SpacePtr& after);
  Result<void> putAdopted(const Space& space);
  Result<void> putIntoTrash(const Space& space, UnixMs now);

  DirectoryLock lock_;
  const std::filesystem::path keyFile_;
  mutable std::mutex mutate_;  // one change at a time; guards tables_ and formerOwner_
  std::unique_ptr<Tables> tables_;
  std::optional<FormerOwner> formerOwner_;
  mutable std::mutex publish_;  // held for a copy of the pointer only: std::atomic<shared_ptr> of libstdc++ 12 fails under tsan
  SnapshotPtr published_;
  Subscribers subscribers_;
};

void SqliteCatalogue::publish(Snapshot next) {
  auto fresh = std::make_shared<const Snapshot>(std::move(next));
  const std::scoped_lock lock(publish_);
  published_.swap(fresh);
}

// `after` is a new or changed space, or the removed form of one.
void SqliteCatalogue::publishSpace(const SpacePtr& before, const SpacePtr& after) {
  Snapshot next = *snapshot();
  auto& slot = next.projects.at(after->project);
  auto project = std::make_shared<Project>(*slot);
  if (before) project->spaces.erase(before->name);  // it may have another name now
  if (after->revision != 0) {
    project->spaces.insert_or_assign(after->name, after);
  }
  std::erase_if(next.domains, [&](const auto& one) { return one.second->id == after->id; });
  if (after->revision != 0) {
    for (const auto& domain : after->settings.domains) next.domains.insert_or_assign(domain, after);
  }
  slot = std::move(project);
  publish(std::move(next));
  subscribers_.tell(before, after);
}

Result<SpacePtr> SqliteCatalogue::changeSpace(std::string_view project, std::string_view name, const Edit& edit) {
  const std::scoped_lock lock(mutate_);
  REDD_TRY(const SpacePtr before, findSpace(*snapshot(), project, name));
  auto next = std::make_shared<Space>(*before);
  ++next->revision;
  REDD_TRY_VOID(tables_->transact([&]() -> Result<void> {
    REDD_TRY_VOID(edit(*next));
    completeSplit(*next);
    return tables_->putSpace(*next);
  }));
  publishSpace(before, next);
  return SpacePtr(next);
}

// ---- what accounts take over ----

std::optional<FormerOwner> SqliteCatalogue::formerOwner() const {
  const std::scoped_lock lock(mutate_);
  return formerOwner_;
}

Result<void> SqliteCatalogue::forgetFormerOwner() {
  const std::scoped_lock lock(mutate_);
  if (!formerOwner_) return {};
  REDD_TRY_VOID(tables_->transact([&] { return tables_->forgetFormerOwner(); }));
  formerOwner_.reset();
  return {};
}

Result<void> SqliteCatalogue::giveProjectsWithoutTeam(std::string_view teamId) {
  const std::scoped_lock lock(mutate_);
  const auto now = snapshot();
  for (const auto& [name, project] : now->projects) {
    if (project->teamId.empty()) REDD_TRY_VOID(giveToTeam(*project, teamId));
  }
  return {};
}

Result<ProjectPtr> SqliteCatalogue::giveToTeam(const Project& project, std::string_view teamId) {
  auto next = std::make_shared<Project>(project);
  next->teamId = teamId;
  REDD_TRY_VOID(tables_->transact([&] { return tables_->putProject(*next); }));
  Snapshot snapshotNext = *snapshot();
  snapshotNext.projects.insert_or_assign(next->uniqueName, next);
  publish(std::move(snapshotNext));
  return ProjectPtr(next);
}

Result<ProjectPtr> SqliteCatalogue::moveProject(std::string_view project, std::string_view teamId) {
  const std::scoped_lock lock(mutate_);
  const auto now = snapshot();
  const auto found = now->projects.find(project);
  if (found == now->projects.end()) return notFound("Unknown project");
  return giveToTeam(*found->second, teamId);
}

// ---- projects and spaces ----

Result<std::string> SqliteCatalogue::freshUniqueName(std::string_view name) const {
  constexpr int attempts = 100;
  const auto now = snapshot();
  for (int i = 0; i < attempts; ++i) {
    auto unique = fmt::format("{}-{}", lowerCase(name), randomLabel(4));
    if (!now->projects.contains(unique)) return unique;
  }
  return Error::make(ErrorCode::alreadyExists, fmt::format("No free name for another project '{}'.", name));
}

Result<ProjectPtr> SqliteCatalogue::createProject(std::string_view name, std::string_view teamId) {
  REDD_TRY_VOID(checkProjectName(name));
  const std::scoped_lock lock(mutate_);
  Snapshot next = *snapshot();
  if (next.projects.size() >= kLimits.projectsMax) {
    return Error::make(ErrorCode::tooManyRequests, fmt::format("There are {} projects; that is the most.", kLimits.projectsMax));
  }
  auto project = std::make_shared<Project>();
  project->id = randomLabel(16);
  project->name = name;
  project->teamId = teamId;
  project->createdMs = nowMs();
  REDD_TRY(project->uniqueName, freshUniqueName(name));
  if (next.defaultProject.empty()) next.defaultProject = project->uniqueName;
  REDD_TRY_VOID(tables_->transact([&]() -> Result<void> {
    REDD_TRY_VOID(tables_->putProject(*project));
    return tables_->putDefaultProject(next.defaultProject);
  }));
  next.projects.emplace(project->uniqueName, project);
  publish(std::move(next));
  return ProjectPtr(project);
}

Result<void> SqliteCatalogue::removeProject(std::string_view project) {
  const std::scoped_lock lock(mutate_);
  Snapshot next = *snapshot();
  const auto found = next.projects.find(project);
  if (found == next.projects.end()) return notFound("Unknown project");
  const auto gone = found->second;
  const auto refuse = [](std::string text) { return Error::make(ErrorCode::alreadyExists, std::move(text)); };
  if (!gone->spaces.empty()) return refuse(fmt::format("The project has the space '{}'. Fix: remove its spaces first.", gone->spaces.begin()->first));
  REDD_TRY(const auto trashed, tables_->trash(gone->id));
  if (!trashed.empty()) return refuse(fmt::format("The project's trash holds the space '{}'. Fix: restore it, or delete it for good first.", trashed.front().name));
  REDD_TRY(const auto leaving, tables_->hasSpaces(gone->id));
  if (leaving) return Error::make(ErrorCode::unavailable, "Spaces of the project are being deleted. Fix: try again in a moment.");
  next.projects.erase(found);
  if (next.defaultProject == gone->uniqueName) {
    const auto oldest = std::ranges::min_element(next.projects, {}, [](const auto& one) { return one.second->createdMs; });
    next.defaultProject = oldest == next.projects.end() ? std::string() : oldest->first;
  }
  REDD_TRY_VOID(tables_->transact([&]() -> Result<void> {
    REDD_TRY_VOID(tables_->removeProject(gone->id));
    return tables_->putDefaultProject(next.defaultProject);
  }));
  publish(std::move(next));
  return {};
}

// The project, when it has room for a space of that name.
Result<ProjectPtr> SqliteCatalogue::projectWithRoom(std::string_view project, std::string_view newSpace) const {
  REDD_TRY_VOID(checkSpaceName(newSpace));
  const auto now = snapshot();
  const auto found = now->projects.find(project);
  if (found == now->projects.end()) return notFound("Unknown project");
  if (found->second->spaces.contains(newSpace)) {
    return Error::make(ErrorCode::alreadyExists, fmt::format("The project has a space '{}' already.", newSpace));
  }
  if (found->second->spaces.size() >= kLimits.spacesPerProjectMax) {
    return Error::make(ErrorCode::tooManyRequests, fmt::format("The project has {} spaces; that is the most.", kLimits.spacesPerProjectMax));
  }
  return found->second;
}

Result<SpacePtr> SqliteCatalogue::createSpace(std::string_view project, std::string_view name, Entry entry) {
  const std::scoped_lock lock(mutate_);
  REDD_TRY(const auto owner, projectWithRoom(project, name));
  auto space = std::make_shared<Space>();
  space->id = randomLabel(16);
  space->projectId = owner->id;
  space->project = project;
  space->name = name;
  space->entry = entry;
  space->revision = 1;
  space->envRevision = 1;
  REDD_TRY_VOID(tables_->transact([&] { return tables_->putSpace(*space); }));
  publishSpace(nullptr, space);
  return SpacePtr(space);
}

Result<SpacePtr> SqliteCatalogue::renameSpace(std::string_view project, std::string_view name, std::string newName) {
  REDD_TRY_VOID(checkSpaceName(newName));
  return changeSpace(project, name, [&](Space& next) -> Result<void> {
    if (snapshot()->projects.at(next.project)->spaces.contains(newName)) {
      return Error::make(ErrorCode::alreadyExists, fmt::format("The project has a space '{}' already.", newName));
    }
    next.name = newName;
    return {};
  });
}

// ---- the trash ----

// Inside transact().
Result<void> SqliteCatalogue::putIntoTrash(const Space& space, UnixMs now) {
  REDD_TRY(const auto others, tables_->trash(space.projectId));
  if (others.size() >= kLimits.trashPerProjectMax) {
    return Error::make(ErrorCode::tooManyRequests, fmt::format("The trash of the project holds {} spaces; that is the most. Fix: purge some of them.",
                                                               others.size()));
  }
  return tables_->hide(space.id, space.name, Tables::Hidden::trashed, now);
}

Result<TrashedSpace> SqliteCatalogue::removeSpace(std::string_view project, std::string_view name) {
  const std::scoped_lock lock(mutate_);
  REDD_TRY(const SpacePtr before, findSpace(*snapshot(), project, name));
  const TrashedSpace trashed{.id = before->id, .project = before->project, .name = before->name, .removedMs = nowMs(), .entry = before->entry};
  REDD_TRY_VOID(tables_->transact([&] { return putIntoTrash(*before, trashed.removedMs); }));
  publishSpace(before, removedForm(*before));
  return trashed;
}

Result<std::vector<TrashedSpace>> SqliteCatalogue::trash(std::string_view project) const {
  const std::scoped_lock lock(mutate_);
  const auto now = snapshot();
  const auto found = now->projects.find(project);
  if (found == now->projects.end()) return notFound("Unknown project");
  REDD_TRY(auto out, tables_->trash(found->second->id));
  for (auto& one : out) one.project = project;
  return out;
}

Result<SpacePtr> SqliteCatalogue::restoreSpace(std::string_view project, std::string_view id, std::string newName) {
  const std::scoped_lock lock(mutate_);
  const auto now = snapshot();
  const auto owner = now->projects.find(project);
  if (owner == now->projects.end()) return notFound("Unknown project");
  REDD_TRY(const auto trashed, tables_->trash(owner->second->id));
  const auto found = std::ranges::find(trashed, id, &TrashedSpace::id);
  if (found == trashed.end()) return notFound(fmt::format("There is no space '{}' in the trash of the project.", cutUtf8(id, 60)));
  const auto name = newName.empty() ? found->name : newName;
  REDD_TRY_VOID(projectWithRoom(project, name));
  std::shared_ptr<Space> next;
  REDD_TRY_VOID(tables_->transact([&]() -> Result<void> {
    REDD_TRY(const auto kept, tables_->space(id, *owner->second));
    next = std::make_shared<Space>(*kept);
    next->name = name;
    ++next->revision;
    ++next->envRevision;
    std::erase_if(next->settings.domains, [&now](const std::string& one) { return now->domains.contains(one); });
    completeSplit(*next);
    REDD_TRY_VOID(tables_->unhide(id, name));
    return tables_->putSpace(*next);
  }));
  publishSpace(nullptr, next);
  return SpacePtr(next);
}

Result<std::vector<std::string>> SqliteCatalogue::doom(UnixMs removedBefore) {
  const std::scoped_lock lock(mutate_);
  REDD_TRY_VOID(tables_->transact([&] { return tables_->doomTrash(removedBefore); }));
  return tables_->doomed();
}

Result<void> SqliteCatalogue::doomOne(std::string_view project, std::string_view id) {
  const std::scoped_lock lock(mutate_);
  const auto now = snapshot();
  const auto owner = now->projects.find(project);
  if (owner == now->projects.end()) return notFound("Unknown project");
  REDD_TRY(const bool known, tables_->isHidden(owner->second->id, id, Tables::Hidden::trashed));
  if (!known) return notFound(fmt::format("There is no space '{}' in the trash of the project.", cutUtf8(id, 60)));
  return tables_->transact([&] { return tables_->doom(id); });
}

Result<void> SqliteCatalogue::purged(std::string_view id) {
  const std::scoped_lock lock(mutate_);
  return tables_->transact([&] { return tables_->removeSpace(id); });
}

// ---- copies ----

Result<std::string> SqliteCatalogue::beginCopy(std::string_view project, std::string_view from, std::string_view to) {
  const std::scoped_lock lock(mutate_);
  REDD_TRY_VOID(projectWithRoom(project, to));
  REDD_TRY(const SpacePtr source, findSpace(*snapshot(), project, from));
  Space fresh;
  fresh.id = randomLabel(16);
  fresh.projectId = source->projectId;
  fresh.name = "~" + fresh.id;
  REDD_TRY_VOID(tables_->transact([&]() -> Result<void> {
    REDD_TRY_VOID(tables_->putSpace(fresh));
    return tables_->hide(fresh.id, to, Tables::Hidden::making, nowMs());
  }));
  return fresh.id;
}

Result<SpacePtr> SqliteCatalogue::endCopy(std::string_view project, std::string_view from, std::string_view to, std::string_view id) {
  const std::scoped_lock lock(mutate_);
  REDD_TRY_VOID(projectWithRoom(project, to));
  REDD_TRY(const SpacePtr source, findSpace(*snapshot(), project, from));
  auto next = std::make_shared<Space>(*source);
  next->id = id;
  next->name = to;
  next->revision = 1;
  next->envRevision = 1;
  next->settings.domains.clear();
  next->split.reset();
  completeSplit(*next);
  if (source->deployment) {
    auto deployment = std::make_shared<Deployment>(*source->deployment);
    deployment->id = newDeploymentId();
    deployment->sourceId = source->deployment->sourceScope();
    deployment->restores.clear();
    next->deployment = std::move(deployment);
  }
  REDD_TRY_VOID(tables_->transact([&]() -> Result<void> {
    REDD_TRY_VOID(tables_->unhide(id, to));
    REDD_TRY_VOID(tables_->putSpace(*next));
    for (const auto& [name, value] : next->settings.env) REDD_TRY_VOID(tables_->putEnv(id, name, value));
    for (const auto& token : next->tokens) REDD_TRY_VOID(tables_->putToken(id, token));
    return next->deployment ? tables_->addDeployment(id, *next->deployment) : Result<void>();
  }));
  publishSpace(nullptr, next);
  return SpacePtr(next);
}

Result<void> SqliteCatalogue::dropCopy(std::string_view id) {
  const std::scoped_lock lock(mutate_);
  return tables_->transact([&] { return tables_->doom(id); });
}

Result<SpacePtr> SqliteCatalogue::adoptSpace(std::string_view project, std::string_view name, AdoptedSpace adopted, Existing existing) {
  REDD_TRY_VOID(checkSpaceName(name));
  const std::scoped_lock lock(mutate_);
  Snapshot next = *snapshot();
  const auto owner = next.projects.find(project);
  if (owner == next.projects.end()) return notFound("Unknown project");
  const auto found = owner->second->spaces.find(name);
  const SpacePtr before = found == owner->second->spaces.end() ? nullptr : found->second;
  if (before && existing == Existing::refuse) {
    return Error::make(ErrorCode::alreadyExists, fmt::format("The project has a space '{}' already.", name));
  }
  if (!before && owner->second->spaces.size() >= kLimits.spacesPerProjectMax) {
    return Error::make(ErrorCode::tooManyRequests, fmt::format("The project has {} spaces; that is the most.", kLimits.spacesPerProjectMax));
  }
  if (before) std::erase_if(next.domains, [&](const auto& one) { return one.second->id == before->id; });
  auto space = std::make_shared<Space>();
  space->id = std::move(adopted.id);
  space->projectId = owner->second->id;
  space->project = project;
  space->name = name;
  space->entry = before && before->entry == Entry::teamOwners ? Entry::teamOwners : adopted.entry;
  space->settings = std::move(adopted.settings);
  std::erase_if(space->settings.domains, [&](const std::string& one) { return next.domains.contains(one); });
  space->tokens = std::move(adopted.tokens);
  space->revision = space->envRevision = 1;
  if (adopted.deployment) {
    auto deployment = std::make_shared<Deployment>(*adopted.deployment);
    deployment->sourceId = adopted.deployment->sourceScope();
    deployment->id = newDeploymentId();
    space->deployment = std::move(deployment);
  }
  REDD_TRY_VOID(tables_->transact([&]() -> Result<void> {
    if (before) REDD_TRY_VOID(putIntoTrash(*before, nowMs()));
    return putAdopted(*space);
  }));
  auto changed = std::make_shared<Project>(*owner->second);
  changed->spaces.insert_or_assign(space->name, space);
  owner->second = std::move(changed);
  for (const auto& domain : space->settings.domains) next.domains.insert_or_assign(domain, space);
  publish(std::move(next));
  if (before) subscribers_.tell(before, removedForm(*before));
  subscribers_.tell(nullptr, space);
  return SpacePtr(space);
}

Result<void> SqliteCatalogue::putAdopted(const Space& space) {
  REDD_TRY_VOID(tables_->putSpace(space));
  for (const auto& [name, value] : space.settings.env) {
    REDD_TRY_VOID(checkEnvName(name));
    REDD_TRY_VOID(checkEnvValue(value.value));
    REDD_TRY_VOID(tables_->putEnv(space.id, name, value));
  }
  for (const auto& token : space.tokens) REDD_TRY_VOID(tables_->putToken(space.id, token));
  if (space.deployment) REDD_TRY_VOID(tables_->addDeployment(space.id, *space.deployment));
  return checkSettings(space.settings);
}

// ---- settings ----

Result<SpacePtr> SqliteCatalogue::setTokenPolicy(std::string_view project, std::string_view space, std::string jwksUrl, std::string issuer,
                                                 std::vector<std::string> audience, std::vector<std::string> algorithms) {
  REDD_TRY_VOID(checkTokenPolicy(jwksUrl, issuer, audience));
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    next.settings.jwksUrl = std::move(jwksUrl);
    next.settings.issuer = std::move(issuer);
    next.settings.audience = std::move(audience);
    next.settings.algorithms = std::move(algorithms);
    return {};
  });
}

Result<SpacePtr> SqliteCatalogue::setAllowedHosts(std::string_view project, std::string_view space, std::vector<std::string> ranges) {
  REDD_TRY_VOID(checkAllowedHosts(ranges));
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    next.settings.allowedHosts = std::move(ranges);
    return {};
  });
}

Result<SpacePtr> SqliteCatalogue::setCorsOrigins(std::string_view project, std::string_view space, std::vector<std::string> origins) {
  REDD_TRY_VOID(checkCorsOrigins(origins));
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    next.settings.corsOrigins = std::move(origins);
    return {};
  });
}

Result<SpacePtr> SqliteCatalogue::setDomains(std::string_view project, std::string_view space, std::vector<std::string> domains) {
  REDD_TRY_VOID(checkDomains(domains));
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    const auto now = snapshot();
    for (const auto& one : domains) {
      const auto taken = now->domains.find(one);
      if (taken == now->domains.end() || taken->second->id == next.id) continue;
      return Error::make(ErrorCode::alreadyExists, fmt::format("The domain {} belongs to another space already.", one));
    }
    next.settings.domains = std::move(domains);
    return {};
  });
}

Result<SpacePtr> SqliteCatalogue::moveDomain(std::string_view project, std::string_view space, std::string domain) {
  const std::scoped_lock lock(mutate_);
  const auto now = snapshot();
  REDD_TRY(const SpacePtr target, findSpace(*now, project, space));
  const auto found = now->domains.find(domain);
  if (found == now->domains.end() || found->second->project != target->project) {
    return notFound(fmt::format("No space of the project has the domain '{}'.", cutUtf8(domain, 60)));
  }
  const auto giver = found->second;
  if (giver->id == target->id) return target;
  auto poorer = std::make_shared<Space>(*giver), richer = std::make_shared<Space>(*target);
  std::erase(poorer->settings.domains, domain);
  richer->settings.domains.push_back(std::move(domain));
  REDD_TRY_VOID(checkDomains(richer->settings.domains));
  for (const auto& one : {poorer, richer}) {
    ++one->revision;
    completeSplit(*one);
  }
  REDD_TRY_VOID(tables_->transact([&]() -> Result<void> {
    REDD_TRY_VOID(tables_->putSpace(*poorer));
    return tables_->putSpace(*richer);
  }));
  publishSpace(target, richer);  // first, so that the domain is never nobody's
  publishSpace(giver, poorer);
  return SpacePtr(richer);
}

Result<SpacePtr> SqliteCatalogue::setLimits(std::string_view project, std::string_view space, SpaceLimits limits) {
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    if (next.settings.limits.workerHeapMiB != limits.workerHeapMiB) ++next.envRevision;
    next.settings.limits = limits;
    return {};
  });
}

Result<SpacePtr> SqliteCatalogue::setEnv(std::string_view project, std::string_view space, std::string name, EnvValue value) {
  REDD_TRY_VOID(checkEnvName(name));
  REDD_TRY_VOID(checkEnvValue(value.value));
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    auto& env = next.settings.env;
    env.insert_or_assign(name, value);
    if (env.size() > kLimits.envPerSpaceMax) return invalid(fmt::format("A space holds at most {} variables.", kLimits.envPerSpaceMax));
    if (envBytes(env) > kLimits.envBytesMax) {
      return Error::make(ErrorCode::payloadTooLarge, fmt::format("The variables of a space hold at most {} bytes together.", kLimits.envBytesMax));
    }
    ++next.envRevision;
    return tables_->putEnv(next.id, name, value);
  });
}

Result<SpacePtr> SqliteCatalogue::removeEnv(std::string_view project, std::string_view space, std::string_view name) {
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    const auto found = next.settings.env.find(std::string(name));
    if (found == next.settings.env.end()) return notFound(fmt::format("The space has no variable '{}'.", cutUtf8(name, 60)));
    next.settings.env.erase(found);
    ++next.envRevision;
    return tables_->removeEnv(next.id, name);
  });
}

Result<ApiToken> SqliteCatalogue::addToken(std::string_view project, std::string_view space, TokenAccess access, std::string description) {
  if (description.size() > kLimits.tokenDescriptionBytesMax) {
    return invalid(fmt::format("The description is longer than {} bytes.", kLimits.tokenDescriptionBytesMax));
  }
  const ApiToken token{.key = uuidV4(), .access = access, .description = std::move(description), .createdMs = nowMs()};
  REDD_TRY_VOID(changeSpace(project, space, [&](Space& next) -> Result<void> {
    if (next.tokens.size() >= kLimits.tokensPerSpaceMax) {
      return Error::make(ErrorCode::tooManyRequests, fmt::format("The space has {} tokens; that is the most.", kLimits.tokensPerSpaceMax));
    }
    next.tokens.push_back(token);
    return tables_->putToken(next.id, token);
  }));
  return token;
}

Result<void> SqliteCatalogue::removeToken(std::string_view project, std::string_view space, std::string_view key) {
  REDD_TRY_VOID(changeSpace(project, space, [&](Space& next) -> Result<void> {
    if (std::erase_if(next.tokens, [&](const ApiToken& token) { return crypto::constantTimeEqual(token.key, key); }) == 0) {
      return notFound("The space has no such token.");
    }
    return tables_->removeToken(next.id, key);
  }));
  return {};
}

// ---- deployments ----

Result<SpacePtr> SqliteCatalogue::activate(std::string_view project, std::string_view space, NewDeployment fresh) {
  const auto shortened = [](const std::string& text) { return cutUtf8(text, kLimits.deploymentFieldBytesMax); };
  auto deployment = std::make_shared<Deployment>();
  deployment->id = fresh.id.empty() ? newDeploymentId() : fresh.id;
  deployment->createdMs = nowMs();
  deployment->author = shortened(fresh.author);
  deployment->gitHash = shortened(fresh.gitHash);
  deployment->gitBranch = shortened(fresh.gitBranch);
  deployment->language = shortened(fresh.language);
  deployment->bundleBytes = fresh.bundle.size();
  deployment->bundle = std::make_shared<const std::string>(std::move(fresh.bundle));
  deployment->manifest = std::move(fresh.manifest);
  deployment->sourceId = std::move(fresh.sourceId);
  deployment->restores = std::move(fresh.restores);
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    next.deployment = deployment;
    next.split.reset();
    ++next.envRevision;
    REDD_TRY_VOID(tables_->addDeployment(next.id, *deployment));
    return tables_->dropOldDeployments(next.id, kLimits.deploymentsKept);
  });
}

Result<std::vector<Deployment>> SqliteCatalogue::deployments(std::string_view project, std::string_view space) const {
  const std::scoped_lock lock(mutate_);
  REDD_TRY(const SpacePtr found, findSpace(*snapshot(), project, space));
  return tables_->deployments(found->id);
}

Result<DeploymentPtr> SqliteCatalogue::deployment(std::string_view project, std::string_view space, std::string_view id) const {
  const std::scoped_lock lock(mutate_);
  REDD_TRY(const SpacePtr found, findSpace(*snapshot(), project, space));
  REDD_TRY(auto kept, tables_->deployment(found->id, id));
  if (kept) return kept;
  return notFound(fmt::format("The space keeps no deployment '{}'. Fix: coho deployments lists those it keeps.", cutUtf8(id, 60)));
}

Result<SpacePtr> SqliteCatalogue::rollBack(std::string_view project, std::string_view space, DeploymentPtr target) {
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    const auto undone = std::exchange(next.deployment, target);
    next.split.reset();
    ++next.envRevision;
    return undone ? tables_->removeDeployment(undone->id) : Result<void>();
  });
}

Result<SpacePtr> SqliteCatalogue::undeploy(std::string_view project, std::string_view space) {
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    if (!next.deployment) return notFound("No code is deployed.");
    next.deployment = nullptr;
    next.split.reset();
    ++next.envRevision;
    return {};
  });
}

Result<SpacePtr> SqliteCatalogue::setSplit(std::string_view project, std::string_view space, std::optional<Split> split) {
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    next.split = std::move(split);
    ++next.envRevision;
    return {};
  });
}

// ---- secrets ----

Result<std::string> SqliteCatalogue::keptKey(std::string_view purpose) {
  const std::scoped_lock lock(mutate_);
  REDD_TRY(auto known, tables_->keptKey(purpose));
  if (known) return std::move(*known);
  SecretKey fresh{};
  fillRandom(fresh);
  std::string key(reinterpret_cast<const char*>(fresh.data()), fresh.size());
  REDD_TRY_VOID(tables_->transact([&] { return tables_->putKeptKey(purpose, key); }));
  return key;
}

Result<Resealed> SqliteCatalogue::rotateSecretKey() {
  const std::scoped_lock lock(mutate_);
  std::error_code ignored;
  if (std::filesystem::exists(nextKeyFile(keyFile_), ignored)) {
    return Error::make(ErrorCode::alreadyExists, fmt::format("An earlier rotation did not come to its end: {} is there. Fix: restart the server, which settles it.",
                                                        nextKeyFile(keyFile_).string()));
  }
  REDD_TRY(const auto key, writeNextKey(keyFile_));
  Sealer next(key);
  Resealed resealed;
  REDD_TRY_VOID(tables_->transact([&]() -> Result<void> {
    REDD_TRY(resealed, tables_->reseal(next));
    return {};
  }));
  tables_->useSealer(std::move(next));
  REDD_TRY_VOID(adoptNextKey(keyFile_));
  if (const auto dropped = tables_->dropOldPages(); !dropped) {
    log::warn("space", "the secret key is rotated, but pages with what the old one sealed stay in the catalogue: {}", dropped.error().detail);
  }
  return resealed;
}

std::filesystem::path keyFileOf(const std::filesystem::path& dataDir, const std::filesystem::path& secretKeyFile) {
  return secretKeyFile.empty() ? dataDir / "secret.key" : std::filesystem::absolute(secretKeyFile);
}

// A rotation may have been cut off between its commit and the renaming of the key, or before the commit.
Result<SecretKey> keyOf(const std::filesystem::path& catalogue, const std::filesystem::path& keyFile) {
  REDD_TRY(const auto fingerprint, Tables::keyFingerprint(catalogue, store::sqlite::Mode::readWrite));
  const auto missing = fingerprint.empty() ? MissingKey::make : MissingKey::refuse;
  std::error_code ignored;
  if (fingerprint.empty() || !std::filesystem::exists(nextKeyFile(keyFile), ignored)) return readSecretKey(keyFile, missing);
  const auto next = readSecretKey(nextKeyFile(keyFile), MissingKey::refuse);
  if (next && Sealer(*next).fingerprint() == fingerprint) {
    REDD_TRY_VOID(adoptNextKey(keyFile));
  } else {
    std::filesystem::remove(nextKeyFile(keyFile), ignored);
  }
  return readSecretKey(keyFile, missing);
}

}  // namespace

Result<std::string> keptKeyOf(const std::filesystem::path& dataDir, const std::filesystem::path& secretKeyFile, std::string_view purpose) {
  const auto file = dataDir / "catalogue.sqlite";
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    return notFound(fmt::format("{} is no data directory of a server: there is no catalogue.sqlite. Fix: name the right one", dataDir.string()));
  }
  const auto keyFile = keyFileOf(dataDir, secretKeyFile);
  REDD_TRY(const auto fingerprint, Tables::keyFingerprint(file, store::sqlite::Mode::readOnly));
  // As in keyOf(), but a rotation that was cut off is left for the next start to settle.
  const auto next = readSecretKey(nextKeyFile(keyFile), MissingKey::refuse);
  if (next && Sealer(*next).fingerprint() == fingerprint) return Tables::keptKeyIn(file, Sealer(*next), purpose);
  REDD_TRY(const auto key, readSecretKey(keyFile, MissingKey::refuse));
  if (Sealer(key).fingerprint() == fingerprint) return Tables::keptKeyIn(file, Sealer(key), purpose);
  return Error::make(ErrorCode::unavailable, fmt::format("{} was sealed with another secret key than {}. Fix: put the right one back, or name its file with "
                                                         "--secret-key-file.",
                                                         file.string(), keyFile.string()));
}

Result<std::unique_ptr<Catalogue>> Catalogue::open(const std::filesystem::path& dataDir, const std::filesystem::path& secretKeyFile) {
  REDD_TRY(auto lock, DirectoryLock::acquire(dataDir));
  const auto file = dataDir / "catalogue.sqlite";
  auto keyFile = keyFileOf(dataDir, secretKeyFile);
  REDD_TRY(const auto key, keyOf(file, keyFile));
  REDD_TRY(auto tables, Tables::open(file, Sealer(key)));
  REDD_TRY_VOID(tables->doomUnfinished());
  REDD_TRY(auto contents, tables->load());
  return std::make_unique<SqliteCatalogue>(std::move(lock), std::move(keyFile), std::move(tables), std::move(contents));
}

}  // namespace redd::space
