// Reading the catalogue: once, when it is opened, and the list of deployments later.
#include "json_columns.h"
#include "split.h"
#include "tables.h"

namespace redd::space {
namespace {

Entry entryOf(const store::sqlite::Statement& row, int column) { return row.text(column) == "teamOwners" ? Entry::teamOwners : Entry::project; }
std::string textOf(const store::sqlite::Statement& row, int column) { return std::string(row.text(column)); }

constexpr std::string_view kDeploymentColumns =
    "SELECT id, created_ms, author, git_hash, git_branch, language, bundle_bytes, manifest, source_id, restores FROM deployments ";

constexpr std::string_view kSpaceColumns =
    "SELECT id, name, revision, env_revision, deployment_id, jwks_url, issuer, audience, algorithms, allowed_hosts, cors_origins, domains, "
    "split_deployment_id, split_percent, request_deadline_ms, requests_max, heap_mib, entry FROM spaces ";

Result<Deployment> deploymentFrom(const store::sqlite::Statement& row) {
  Deployment out;
  out.id = textOf(row, 0);
  out.createdMs = row.integer(1);
  out.author = textOf(row, 2);
  out.gitHash = textOf(row, 3);
  out.gitBranch = textOf(row, 4);
  out.language = textOf(row, 5);
  out.bundleBytes = static_cast<std::size_t>(row.integer(6));
  REDD_TRY(out.manifest, manifestFrom(row.text(7)));
  out.sourceId = textOf(row, 8);
  out.restores = textOf(row, 9);
  return out;
}

Error missing(std::string what) { return Error::hidden(ErrorCode::internal, "the catalogue lacks " + std::move(what)); }

}  // namespace

Result<Contents> Tables::load() {
  Contents out;
  REDD_TRY_VOID(loadFormerOwner(out));
  REDD_TRY_VOID(loadProjects(out));
  REDD_TRY(auto row, database_.query("SELECT value FROM meta WHERE name = 'default_project'"));
  REDD_TRY(const bool found, row.step());
  if (found) out.snapshot.defaultProject = row.text(0);
  return out;
}

Result<void> Tables::loadFormerOwner(Contents& out) {
  REDD_TRY(auto row, database_.query("SELECT id, token_digest FROM users WHERE role = 'owner' LIMIT 1"));
  REDD_TRY(const bool found, row.step());
  if (found) out.formerOwner = FormerOwner{textOf(row, 0), textOf(row, 1)};
  return {};
}

Result<void> Tables::loadProjects(Contents& out) {
  REDD_TRY(auto rows, database_.query("SELECT id, name, unique_name, created_ms, team_id FROM projects"));
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return {};
    auto project = std::make_shared<Project>();
    project->id = textOf(rows, 0);
    project->name = textOf(rows, 1);
    project->uniqueName = textOf(rows, 2);
    project->createdMs = rows.integer(3);
    project->teamId = textOf(rows, 4);
    REDD_TRY_VOID(loadSpaces(*project));
    for (const auto& [name, space] : project->spaces) {
      for (const auto& domain : space->settings.domains) out.snapshot.domains.emplace(domain, space);
    }
    out.snapshot.projects.emplace(project->uniqueName, std::move(project));
  }
}

Result<std::shared_ptr<Space>> Tables::spaceFrom(const store::sqlite::Statement& row, const Project& project) {
  auto space = std::make_shared<Space>();
  space->id = textOf(row, 0);
  space->projectId = project.id;
  space->project = project.uniqueName;
  space->name = textOf(row, 1);
  space->revision = static_cast<std::uint64_t>(row.integer(2));
  space->envRevision = static_cast<std::uint64_t>(row.integer(3));
  auto& settings = space->settings;
  settings.jwksUrl = textOf(row, 5);
  settings.issuer = textOf(row, 6);
  REDD_TRY(settings.audience, listFrom(row.text(7)));
  REDD_TRY(settings.algorithms, listFrom(row.text(8)));
  REDD_TRY(settings.allowedHosts, listFrom(row.text(9)));
  REDD_TRY(settings.corsOrigins, listFrom(row.text(10)));
  REDD_TRY(settings.domains, listFrom(row.text(11)));
  const auto number = [&row](int column) { return static_cast<std::uint32_t>(row.integer(column)); };
  settings.limits = {.requestDeadlineMs = number(14), .requestsMax = number(15), .workerHeapMiB = number(16)};
  space->entry = entryOf(row, 17);
  REDD_TRY_VOID(loadEnv(*space));
  REDD_TRY_VOID(loadTokens(*space));
  if (!row.isNull(4)) {
    REDD_TRY(space->deployment, deployment(space->id, row.text(4)));
    if (!space->deployment) return missing("the active deployment");
  }
  if (!row.isNull(12)) {
    REDD_TRY(auto other, deployment(space->id, row.text(12)));
    if (!other) return missing("the deployment of a split");
    space->split = Split{std::move(other), number(13)};
  }
  completeSplit(*space);
  return space;
}

Result<void> Tables::loadSpaces(Project& project) {
  REDD_TRY(auto rows, database_.query(std::string(kSpaceColumns) + "WHERE project_id = ? AND state = 'live'", project.id));
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return {};
    REDD_TRY(auto space, spaceFrom(rows, project));
    project.spaces.emplace(space->name, std::move(space));
  }
}

Result<SpacePtr> Tables::space(std::string_view id, const Project& project) {
  REDD_TRY(auto row, database_.query(std::string(kSpaceColumns) + "WHERE id = ?", id));
  REDD_TRY(const bool found, row.step());
  if (!found) return missing("a space");
  REDD_TRY(auto space, spaceFrom(row, project));
  return SpacePtr(space);
}

Result<std::vector<TrashedSpace>> Tables::trash(std::string_view projectId) {
  REDD_TRY(auto rows, database_.query("SELECT id, former_name, trashed_ms, entry FROM spaces WHERE project_id = ? AND state = 'trash' "
                                      "ORDER BY trashed_ms DESC, id", projectId));
  std::vector<TrashedSpace> out;
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return out;
    out.push_back({.id = textOf(rows, 0), .project = {}, .name = textOf(rows, 1), .removedMs = rows.integer(2), .entry = entryOf(rows, 3)});
  }
}

Result<std::vector<std::string>> Tables::doomed() {
  REDD_TRY(auto rows, database_.query("SELECT id FROM spaces WHERE state = 'doomed'"));
  std::vector<std::string> out;
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return out;
    out.push_back(textOf(rows, 0));
  }
}

Result<void> Tables::loadEnv(Space& space) {
  REDD_TRY(auto rows, database_.query("SELECT name, plain, sealed FROM env WHERE space_id = ?", space.id));
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return {};
    const auto name = textOf(rows, 0);
    EnvValue value{textOf(rows, 1), Secrecy::plain};
    if (!rows.isNull(2)) {
      REDD_TRY(auto opened, sealer_.open(rows.text(2), envPlace(space.id, name)));
      value = {std::move(opened), Secrecy::encrypted};
    }
    space.settings.env.emplace(name, std::move(value));
  }
}

Result<void> Tables::loadTokens(Space& space) {
  REDD_TRY(auto rows, database_.query("SELECT digest, sealed, access, description, created_ms FROM tokens WHERE space_id = ? ORDER BY seq", space.id));
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return {};
    ApiToken token;
    REDD_TRY(token.key, sealer_.open(rows.text(1), tokenPlace(space.id, rows.text(0))));
    token.access = rows.text(2) == "READ" ? TokenAccess::read : TokenAccess::readWrite;
    token.description = textOf(rows, 3);
    token.createdMs = rows.integer(4);
    space.tokens.push_back(std::move(token));
  }
}

Result<DeploymentPtr> Tables::deployment(std::string_view spaceId, std::string_view id) {
  REDD_TRY(auto row, database_.query(std::string(kDeploymentColumns) + "WHERE space_id = ? AND id = ?", spaceId, id));
  REDD_TRY(const bool found, row.step());
  if (!found) return DeploymentPtr();
  REDD_TRY(auto deployment, deploymentFrom(row));
  REDD_TRY(auto bundle, database_.query("SELECT text FROM bundles WHERE deployment_id = ?", id));
  REDD_TRY(const bool hasBundle, bundle.step());
  if (!hasBundle) return missing("a deployment's bundle");
  deployment.bundle = std::make_shared<const std::string>(bundle.text(0));
  return std::make_shared<const Deployment>(std::move(deployment));
}

Result<std::vector<Deployment>> Tables::deployments(std::string_view spaceId) {
  REDD_TRY(auto rows, database_.query(std::string(kDeploymentColumns) + "WHERE space_id = ? ORDER BY seq DESC", spaceId));
  std::vector<Deployment> out;
  while (true) {
    REDD_TRY(const bool row, rows.step());
    if (!row) return out;
    REDD_TRY(auto deployment, deploymentFrom(rows));
    out.push_back(std::move(deployment));
  }
}

}  // namespace redd::space
