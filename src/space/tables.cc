#include "tables.h"

#include <fmt/format.h>

#include <array>

#include "json_columns.h"

namespace redd::space {
namespace {

// One script a format; a released one never changes, the next is appended.
constexpr std::array<const char*, 5> kFormats = {R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE users (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, role TEXT NOT NULL, token_digest TEXT NOT NULL
) STRICT;
CREATE TABLE projects (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, unique_name TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE spaces (
  id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects(id), name TEXT NOT NULL,
  revision INTEGER NOT NULL, env_revision INTEGER NOT NULL, deployment_id TEXT,
  jwks_url TEXT NOT NULL, issuer TEXT NOT NULL, audience TEXT NOT NULL, algorithms TEXT NOT NULL,
  allowed_hosts TEXT NOT NULL, cors_origins TEXT NOT NULL,
  UNIQUE (project_id, name)
) STRICT;
CREATE TABLE env (
  space_id TEXT NOT NULL REFERENCES spaces(id) ON DELETE CASCADE, name TEXT NOT NULL,
  plain TEXT, sealed BLOB, CHECK ((plain IS NULL) <> (sealed IS NULL)),
  PRIMARY KEY (space_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE tokens (
  seq INTEGER PRIMARY KEY, space_id TEXT NOT NULL REFERENCES spaces(id) ON DELETE CASCADE, digest TEXT NOT NULL,
  sealed BLOB NOT NULL, access TEXT NOT NULL, description TEXT NOT NULL, created_ms INTEGER NOT NULL,
  UNIQUE (space_id, digest)
) STRICT;
CREATE TABLE deployments (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, space_id TEXT NOT NULL REFERENCES spaces(id) ON DELETE CASCADE,
  created_ms INTEGER NOT NULL, author TEXT NOT NULL, git_hash TEXT NOT NULL, git_branch TEXT NOT NULL, language TEXT NOT NULL,
  bundle_bytes INTEGER NOT NULL, manifest TEXT NOT NULL
) STRICT;
CREATE INDEX deployments_by_space ON deployments (space_id, seq);
CREATE TABLE bundles (
  deployment_id TEXT PRIMARY KEY REFERENCES deployments(id) ON DELETE CASCADE, text BLOB NOT NULL
) STRICT;
)sql",
                                                   R"sql(
ALTER TABLE spaces ADD COLUMN domains TEXT NOT NULL DEFAULT '[]';
)sql",
                                                   R"sql(
ALTER TABLE deployments ADD COLUMN source_id TEXT NOT NULL DEFAULT '';
)sql",
                                                   // A limit of 0 is the server's. A space that is not served (in the trash, being made) has
                                                   // a name that no space can have, and its own in former_name.
                                                   R"sql(
ALTER TABLE deployments ADD COLUMN restores TEXT NOT NULL DEFAULT '';
ALTER TABLE spaces ADD COLUMN split_deployment_id TEXT;
ALTER TABLE spaces ADD COLUMN split_percent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spaces ADD COLUMN request_deadline_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spaces ADD COLUMN requests_max INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spaces ADD COLUMN heap_mib INTEGER NOT NULL DEFAULT 0;
ALTER TABLE spaces ADD COLUMN state TEXT NOT NULL DEFAULT 'live';
ALTER TABLE spaces ADD COLUMN former_name TEXT NOT NULL DEFAULT '';
ALTER TABLE spaces ADD COLUMN trashed_ms INTEGER NOT NULL DEFAULT 0;
)sql",
                                                   // The table of users stays until accounts.sqlite has taken its row over.
                                                   R"sql(
ALTER TABLE projects ADD COLUMN team_id TEXT NOT NULL DEFAULT '';
ALTER TABLE spaces ADD COLUMN entry TEXT NOT NULL DEFAULT 'project';
)sql"};

constexpr std::string_view kPutSpace = R"sql(
INSERT INTO spaces (id, project_id, name, revision, env_revision, deployment_id, jwks_url, issuer, audience, algorithms, allowed_hosts,
                    cors_origins, domains, split_deployment_id, split_percent, request_deadline_ms, requests_max, heap_mib, entry)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, revision = excluded.revision, env_revision = excluded.env_revision, deployment_id = excluded.deployment_id,
  jwks_url = excluded.jwks_url, issuer = excluded.issuer, audience = excluded.audience, algorithms = excluded.algorithms,
  allowed_hosts = excluded.allowed_hosts, cors_origins = excluded.cors_origins, domains = excluded.domains,
  split_deployment_id = excluded.split_deployment_id, split_percent = excluded.split_percent,
  request_deadline_ms = excluded.request_deadline_ms, requests_max = excluded.requests_max, heap_mib = excluded.heap_mib, entry = excluded.entry
)sql";

constexpr std::string_view kDropOld = R"sql(
DELETE FROM deployments WHERE space_id = ?1 AND seq NOT IN (SELECT seq FROM deployments WHERE space_id = ?1 ORDER BY seq DESC LIMIT ?2)
)sql";

}  // namespace

Result<std::unique_ptr<Tables>> Tables::open(const std::filesystem::path& file, Sealer sealer) {
  REDD_TRY(auto database, store::sqlite::Database::open(file, store::sqlite::Mode::readWrite));
  REDD_TRY_VOID(database.migrate(kFormats, "The catalogue"));
  std::unique_ptr<Tables> out(new Tables(std::move(database), std::move(sealer)));
  REDD_TRY_VOID(out->checkKey());
  return out;
}

Result<void> Tables::checkKey() {
  std::string known;
  {
    REDD_TRY(auto row, database_.query("SELECT value FROM meta WHERE name = 'key_fingerprint'"));
    REDD_TRY(const bool found, row.step());
    if (found) known = row.text(0);
  }
  const auto own = sealer_.fingerprint();
  if (known.empty()) return transact([&] { return written(database_.run("INSERT INTO meta (name, value) VALUES ('key_fingerprint', ?)", own)); });
  if (known == own) return {};
  return Error::make(ErrorCode::unavailable, fmt::format("{} was sealed with another secret.key than the one beside it. Fix: put the right one back.",
                                                         database_.file().string()));
}

Result<void> Tables::transact(const std::function<Result<void>()>& change) {
  REDD_TRY(auto transaction, store::sqlite::Transaction::begin(database_));
  REDD_TRY_VOID(change());
  return transaction.commit();
}

Result<void> Tables::forgetFormerOwner() { return written(database_.run("DELETE FROM users")); }

Result<void> Tables::putProject(const Project& project) {
  return written(database_.run("INSERT INTO projects (id, name, unique_name, created_ms, team_id) VALUES (?, ?, ?, ?, ?) "
                               "ON CONFLICT (id) DO UPDATE SET team_id = excluded.team_id",
                               project.id, project.name, project.uniqueName, project.createdMs, project.teamId));
}

Result<void> Tables::removeProject(std::string_view id) { return written(database_.run("DELETE FROM projects WHERE id = ?", id)); }

Result<bool> Tables::hasSpaces(std::string_view projectId) {
  REDD_TRY(auto row, database_.query("SELECT 1 FROM spaces WHERE project_id = ? LIMIT 1", projectId));
  return row.step();
}

Result<void> Tables::putDefaultProject(std::string_view uniqueName) {
  return written(database_.run("INSERT INTO meta (name, value) VALUES ('default_project', ?) "
                               "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                               uniqueName));
}

Result<void> Tables::putSpace(const Space& space) {
  const auto& settings = space.settings;
  std::optional<std::string> deployment, split;
  if (space.deployment) deployment = space.deployment->id;
  if (space.split) split = space.split->deployment->id;
  return written(database_.run(kPutSpace, space.id, space.projectId, space.name, space.revision, space.envRevision, deployment,
                               settings.jwksUrl, settings.issuer, listText(settings.audience), listText(settings.algorithms),
                               listText(settings.allowedHosts), listText(settings.corsOrigins), listText(settings.domains),
                               split, space.split ? space.split->percent : 0U, settings.limits.requestDeadlineMs, settings.limits.requestsMax,
                               settings.limits.workerHeapMiB, space.entry == Entry::teamOwners ? "teamOwners" : "project"));
}

Result<void> Tables::removeSpace(std::string_view spaceId) { return written(database_.run("DELETE FROM spaces WHERE id = ?", spaceId)); }

namespace {

std::string_view stateName(Tables::Hidden how) {
  switch (how) {
    case Tables::Hidden::trashed: return "trash";
    case Tables::Hidden::doomed: return "doomed";
    default: return "making";
  }
}

}  // namespace

Result<void> Tables::hide(std::string_view spaceId, std::string_view formerName, Hidden how, UnixMs nowMs) {
  return written(database_.run("UPDATE spaces SET state = ?, former_name = ?, trashed_ms = ?, name = '~' || id WHERE id = ?", stateName(how), formerName,
                               nowMs, spaceId));
}

Result<void> Tables::unhide(std::string_view spaceId, std::string_view name) {
  return written(database_.run("UPDATE spaces SET state = 'live', former_name = '', trashed_ms = 0, name = ? WHERE id = ?", name, spaceId));
}

Result<bool> Tables::isHidden(std::string_view projectId, std::string_view spaceId, Hidden how) {
  REDD_TRY(auto row, database_.query("SELECT 1 FROM spaces WHERE id = ? AND project_id = ? AND state = ?", spaceId, projectId, stateName(how)));
  return row.step();
}

Result<void> Tables::doom(std::string_view spaceId) { return written(database_.run("UPDATE spaces SET state = 'doomed' WHERE id = ?", spaceId)); }

Result<void> Tables::doomTrash(UnixMs removedBefore) {
  return written(database_.run("UPDATE spaces SET state = 'doomed' WHERE state = 'trash' AND trashed_ms <= ?", removedBefore));
}

Result<void> Tables::doomUnfinished() { return written(database_.run("UPDATE spaces SET state = 'doomed' WHERE state = 'making'")); }

Result<void> Tables::putEnv(std::string_view spaceId, std::string_view name, const EnvValue& value) {
  constexpr std::string_view sql = "INSERT INTO env (space_id, name, plain, sealed) VALUES (?, ?, ?, ?) "
                                   "ON CONFLICT (space_id, name) DO UPDATE SET plain = excluded.plain, sealed = excluded.sealed";
  if (value.secrecy == Secrecy::plain) return written(database_.run(sql, spaceId, name, value.value, nullptr));
  const auto sealed = sealer_.seal(value.value, envPlace(spaceId, name));
  return written(database_.run(sql, spaceId, name, nullptr, store::sqlite::Blob{sealed}));
}

Result<void> Tables::removeEnv(std::string_view spaceId, std::string_view name) {
  return written(database_.run("DELETE FROM env WHERE space_id = ? AND name = ?", spaceId, name));
}

Result<void> Tables::putToken(std::string_view spaceId, const ApiToken& token) {
  const auto digest = sealer_.digest(token.key);
  const auto sealed = sealer_.seal(token.key, tokenPlace(spaceId, digest));
  return written(database_.run("INSERT INTO tokens (space_id, digest, sealed, access, description, created_ms) VALUES (?, ?, ?, ?, ?, ?)",
                               spaceId, digest, store::sqlite::Blob{sealed}, token.access == TokenAccess::read ? "READ" : "READWRITE",
                               token.description, token.createdMs));
}

Result<void> Tables::removeToken(std::string_view spaceId, std::string_view key) {
  return written(database_.run("DELETE FROM tokens WHERE space_id = ? AND digest = ?", spaceId, sealer_.digest(key)));
}

Result<void> Tables::addDeployment(std::string_view spaceId, const Deployment& deployment) {
  REDD_TRY_VOID(database_.run("INSERT INTO deployments (id, space_id, created_ms, author, git_hash, git_branch, language, bundle_bytes, manifest, "
                              "source_id, restores) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                              deployment.id, spaceId, deployment.createdMs, deployment.author, deployment.gitHash, deployment.gitBranch,
                              deployment.language, deployment.bundleBytes, manifestText(deployment.manifest), deployment.sourceId,
                              deployment.restores));
  return written(
      database_.run("INSERT INTO bundles (deployment_id, text) VALUES (?, ?)", deployment.id, store::sqlite::Blob{*deployment.bundle}));
}

Result<void> Tables::removeDeployment(std::string_view id) { return written(database_.run("DELETE FROM deployments WHERE id = ?", id)); }

Result<void> Tables::dropOldDeployments(std::string_view spaceId, std::size_t keep) {
  return written(database_.run(kDropOld, spaceId, keep));
}

}  // namespace redd::space
