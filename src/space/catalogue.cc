#include "space/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "base/clock.h"
#include "base/random.h"
#include "control_token.h"
#include "crypto/hash.h"
#include "space/data_dir.h"
#include "names.h"
#include "subscribers.h"
#include "tables.h"

namespace redd::space {
namespace {

using Edit = std::function<Result<void>(Space& next)>;

SpacePtr removedForm(const Space& space) {
  auto gone = std::make_shared<Space>(space);
  gone->deployment = nullptr;
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
  SqliteCatalogue(DirectoryLock lock, std::unique_ptr<Tables> tables, Contents contents)
      : lock_(std::move(lock)),
        tables_(std::move(tables)),
        users_(std::move(contents.users)),
        published_(std::make_shared<const Snapshot>(std::move(contents.snapshot))) {}

  SnapshotPtr snapshot() const override {
    const std::scoped_lock lock(publish_);
    return published_;
  }
  std::shared_ptr<void> subscribe(std::function<void(const SpacePtr&, const SpacePtr&)> changed) override {
    return subscribers_.add(std::move(changed));
  }
  Result<std::string> ensureOwner(const std::string& preset) override;
  Principal authenticate(std::string_view token) const override;
  Result<ProjectPtr> createProject(std::string_view name) override;
  Result<SpacePtr> createSpace(std::string_view project, std::string_view name) override;
  Result<void> removeSpace(std::string_view project, std::string_view name) override;
  Result<SpacePtr> adoptSpace(std::string_view project, std::string_view name, AdoptedSpace adopted, Existing existing) override;
  Result<SpacePtr> setTokenPolicy(std::string_view project, std::string_view space, std::string jwksUrl, std::string issuer,
                                  std::vector<std::string> audience) override;
  Result<SpacePtr> setAllowedHosts(std::string_view project, std::string_view space, std::vector<std::string> ranges) override;
  Result<SpacePtr> setCorsOrigins(std::string_view project, std::string_view space, std::vector<std::string> origins) override;
  Result<SpacePtr> setDomains(std::string_view project, std::string_view space, std::vector<std::string> domains) override;
  Result<SpacePtr> setEnv(std::string_view project, std::string_view space, std::string name, EnvValue value) override;
  Result<SpacePtr> removeEnv(std::string_view project, std::string_view space, std::string_view name) override;
  Result<ApiToken> addToken(std::string_view project, std::string_view space, TokenAccess access, std::string description) override;
  Result<void> removeToken(std::string_view project, std::string_view space, std::string_view key) override;
  std::string newDeploymentId() override { return objectId(); }
  Result<SpacePtr> activate(std::string_view project, std::string_view space, NewDeployment deployment) override;
  Result<std::vector<Deployment>> deployments(std::string_view project, std::string_view space) const override;

 private:
  // Everything below: under mutate_.
  Result<SpacePtr> changeSpace(std::string_view project, std::string_view name, const Edit& edit);
  Result<std::string> freshUniqueName(std::string_view name) const;
  Result<void> putOwner(const std::string& token);
  void publish(Snapshot next);
  void publishSpace(const SpacePtr& before, const SpacePtr& after);
  Result<void> putAdopted(const Space& space);

  DirectoryLock lock_;
  mutable std::mutex mutate_;  // one change at a time; guards tables_
  std::unique_ptr<Tables> tables_;
  mutable std::mutex users_mutex_;
  std::vector<User> users_;
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
  if (after->revision == 0) {
    project->spaces.erase(after->name);
  } else {
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
    return tables_->putSpace(*next);
  }));
  publishSpace(before, next);
  return SpacePtr(next);
}

// ---- owner ----

Result<std::string> SqliteCatalogue::ensureOwner(const std::string& preset) {
  const std::scoped_lock lock(mutate_);
  if (!preset.empty() && !isAcceptablePreset(preset)) {
    return invalid("The preset owner's token must be 16 to 512 of letters, digits and ._~+/=-");
  }
  if (!users_.empty() && (preset.empty() || authenticate(preset).role == Role::owner)) return std::string();
  auto token = preset.empty() ? newControlToken() : preset;
  REDD_TRY_VOID(putOwner(token));
  return token;
}

Result<void> SqliteCatalogue::putOwner(const std::string& token) {
  auto owner = users_.empty() ? User{.id = objectId(), .name = "Owner", .email = {}, .role = Role::owner, .tokenDigest = {}} : users_.front();
  owner.tokenDigest = crypto::sha256Hex(token);
  REDD_TRY_VOID(tables_->transact([&] { return tables_->putUser(owner); }));
  const std::scoped_lock lock(users_mutex_);
  users_ = {std::move(owner)};
  return {};
}

Principal SqliteCatalogue::authenticate(std::string_view token) const {
  constexpr std::size_t tokenBytesMax = 512;
  if (token.empty() || token.size() > tokenBytesMax) return {};
  const auto digest = crypto::sha256Hex(token);
  Principal found;
  const std::scoped_lock lock(users_mutex_);
  for (const auto& user : users_) {
    if (crypto::constantTimeEqual(digest, user.tokenDigest)) found = {user.role, user.id, user.name, user.email};
  }
  return found;
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

Result<ProjectPtr> SqliteCatalogue::createProject(std::string_view name) {
  REDD_TRY_VOID(checkProjectName(name));
  const std::scoped_lock lock(mutate_);
  Snapshot next = *snapshot();
  if (next.projects.size() >= kLimits.projectsMax) {
    return Error::make(ErrorCode::tooManyRequests, fmt::format("There are {} projects; that is the most.", kLimits.projectsMax));
  }
  auto project = std::make_shared<Project>();
  project->id = randomLabel(16);
  project->name = name;
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

Result<SpacePtr> SqliteCatalogue::createSpace(std::string_view project, std::string_view name) {
  REDD_TRY_VOID(checkSpaceName(name));
  const std::scoped_lock lock(mutate_);
  const auto now = snapshot();
  const auto owner = now->projects.find(project);
  if (owner == now->projects.end()) return notFound("Unknown project");
  if (owner->second->spaces.contains(name)) {
    return Error::make(ErrorCode::alreadyExists, fmt::format("The project has a space '{}' already.", name));
  }
  if (owner->second->spaces.size() >= kLimits.spacesPerProjectMax) {
    return Error::make(ErrorCode::tooManyRequests, fmt::format("The project has {} spaces; that is the most.", kLimits.spacesPerProjectMax));
  }
  auto space = std::make_shared<Space>();
  space->id = randomLabel(16);
  space->projectId = owner->second->id;
  space->project = project;
  space->name = name;
  space->revision = 1;
  space->envRevision = 1;
  REDD_TRY_VOID(tables_->transact([&] { return tables_->putSpace(*space); }));
  publishSpace(nullptr, space);
  return SpacePtr(space);
}

Result<void> SqliteCatalogue::removeSpace(std::string_view project, std::string_view name) {
  const std::scoped_lock lock(mutate_);
  REDD_TRY(const SpacePtr before, findSpace(*snapshot(), project, name));
  REDD_TRY_VOID(tables_->transact([&] { return tables_->removeSpace(before->id); }));
  publishSpace(before, removedForm(*before));
  return {};
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
    if (before) REDD_TRY_VOID(tables_->removeSpace(before->id));
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
                                                 std::vector<std::string> audience) {
  REDD_TRY_VOID(checkTokenPolicy(jwksUrl, issuer, audience));
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    next.settings.jwksUrl = std::move(jwksUrl);
    next.settings.issuer = std::move(issuer);
    next.settings.audience = std::move(audience);
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
  return changeSpace(project, space, [&](Space& next) -> Result<void> {
    next.deployment = deployment;
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

}  // namespace

Result<std::unique_ptr<Catalogue>> Catalogue::open(const std::filesystem::path& dataDir) {
  REDD_TRY(auto lock, DirectoryLock::acquire(dataDir));
  const auto file = dataDir / "catalogue.sqlite";
  std::error_code ignored;
  const bool known = std::filesystem::exists(file, ignored);
  REDD_TRY(const auto key, readSecretKey(dataDir, known ? MissingKey::refuse : MissingKey::make));
  REDD_TRY(auto tables, Tables::open(file, Sealer(key)));
  REDD_TRY(auto contents, tables->load());
  return std::make_unique<SqliteCatalogue>(std::move(lock), std::move(tables), std::move(contents));
}

}  // namespace redd::space
