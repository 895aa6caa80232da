#include "tables.h"

#include <array>

namespace redd::account {
namespace {

// One script a format; a released one never changes, the next is appended.
constexpr std::array<const char*, 1> kFormats = {R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE users (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, is_owner INTEGER NOT NULL, password TEXT NOT NULL, terms INTEGER NOT NULL,
  default_team TEXT NOT NULL, created_ms INTEGER NOT NULL, link_digest TEXT NOT NULL, link_expires_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX users_by_email ON users (email) WHERE email <> '';
CREATE TABLE teams (id TEXT PRIMARY KEY, name TEXT NOT NULL, default_of TEXT NOT NULL, created_ms INTEGER NOT NULL) STRICT;
CREATE TABLE team_members (
  team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE, user_id TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (team_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE project_members (
  project_id TEXT NOT NULL, user_id TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE invitations (
  id TEXT PRIMARY KEY, email TEXT NOT NULL, role TEXT NOT NULL, team_id TEXT NOT NULL, project_id TEXT NOT NULL, created_by TEXT NOT NULL,
  created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE tokens (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL, team_id TEXT NOT NULL, name TEXT NOT NULL,
  prefix TEXT NOT NULL, role_max TEXT NOT NULL, project_id TEXT NOT NULL, space_id TEXT NOT NULL, created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL, last_use_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE audit (
  number INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, who TEXT NOT NULL, who_name TEXT NOT NULL, credential TEXT NOT NULL,
  action TEXT NOT NULL, target TEXT NOT NULL, peer TEXT NOT NULL, status INTEGER NOT NULL, hash TEXT NOT NULL
) STRICT;
)sql"};

std::string textOf(const store::sqlite::Statement& row, int column) { return std::string(row.text(column)); }
Role roleOf(const store::sqlite::Statement& row, int column) { return roleNamed(row.text(column)).value_or(Role::none); }

TokenKind kindOf(std::string_view text) {
  for (const TokenKind kind : {TokenKind::server, TokenKind::personal, TokenKind::admin, TokenKind::session}) {
    if (name(kind) == text) return kind;
  }
  return TokenKind::cli;
}

Result<void> written(Result<std::int64_t> changed) {
  if (!changed) return std::move(changed).error();
  return {};
}

// Calls row(statement) for each row.
template <class Row>
Result<void> each(Result<store::sqlite::Statement> rows, Row row) {
  if (!rows) return std::move(rows).error();
  while (true) {
    REDD_TRY(const bool more, rows->step());
    if (!more) return {};
    row(*rows);
  }
}

}  // namespace

Result<std::unique_ptr<Tables>> Tables::open(const std::filesystem::path& file) {
  REDD_TRY(auto database, store::sqlite::Database::open(file, store::sqlite::Mode::readWrite));
  REDD_TRY_VOID(database.migrate(kFormats, "The file of accounts"));
  return std::unique_ptr<Tables>(new Tables(std::move(database)));
}

Result<Known> Tables::load(std::unordered_map<std::string, UnixMs>& lastUses) {
  Known out;
  REDD_TRY_VOID(loadUsers(out));
  REDD_TRY_VOID(loadTeams(out));
  REDD_TRY_VOID(loadInvitations(out));
  REDD_TRY_VOID(loadTokens(out, lastUses));
  return out;
}

Result<void> Tables::loadUsers(Known& out) {
  return each(database_.query("SELECT id, name, email, is_owner, password, terms, default_team, created_ms, link_digest, link_expires_ms FROM users"),
              [&](const auto& row) {
                auto user = std::make_shared<User>();
                user->id = textOf(row, 0);
                user->name = textOf(row, 1);
                user->email = textOf(row, 2);
                user->standing = row.integer(3) != 0 ? Standing::serverOwner : Standing::member;
                auto password = textOf(row, 4);
                user->password = password.empty() ? Password::none : Password::set;
                user->terms = row.integer(5) != 0 ? Terms::accepted : Terms::open;
                user->defaultTeamId = textOf(row, 6);
                user->createdMs = row.integer(7);
                if (!password.empty()) out.passwords.emplace(user->id, std::move(password));
                if (!row.text(8).empty()) out.links.emplace(user->id, PasswordLink{textOf(row, 8), row.integer(9)});
                if (user->standing == Standing::serverOwner) out.ownerId = user->id;
                out.users.emplace(user->id, std::move(user));
              });
}

Result<void> Tables::loadTeams(Known& out) {
  std::map<std::string, Members, std::less<>> members;
  REDD_TRY_VOID(each(database_.query("SELECT team_id, user_id, role FROM team_members"),
                     [&](const auto& row) { members[textOf(row, 0)].emplace(textOf(row, 1), roleOf(row, 2)); }));
  REDD_TRY_VOID(each(database_.query("SELECT project_id, user_id, role FROM project_members"),
                     [&](const auto& row) { out.projects[textOf(row, 0)].emplace(textOf(row, 1), roleOf(row, 2)); }));
  return each(database_.query("SELECT id, name, default_of, created_ms FROM teams"), [&](const auto& row) {
    auto team = std::make_shared<Team>(Team{textOf(row, 0), textOf(row, 1), textOf(row, 2), {}, row.integer(3)});
    team->members = members[team->id];
    out.teams.emplace(team->id, std::move(team));
  });
}

Result<void> Tables::loadInvitations(Known& out) {
  return each(database_.query("SELECT id, email, role, team_id, project_id, created_by, created_ms, expires_ms FROM invitations"), [&](const auto& row) {
    auto one = std::make_shared<Invitation>(Invitation{textOf(row, 0), textOf(row, 1), roleOf(row, 2), textOf(row, 3), textOf(row, 4), textOf(row, 5),
                                                       row.integer(6), row.integer(7)});
    out.invitations.emplace(one->id, std::move(one));
  });
}

Result<void> Tables::loadTokens(Known& out, std::unordered_map<std::string, UnixMs>& lastUses) {
  return each(database_.query("SELECT id, kind, digest, user_id, team_id, name, prefix, role_max, project_id, space_id, created_ms, expires_ms, "
                              "last_use_ms FROM tokens"),
              [&](const auto& row) {
                auto token = std::make_shared<const Token>(Token{textOf(row, 0), kindOf(row.text(1)), textOf(row, 3), textOf(row, 4), textOf(row, 5),
                                                                 textOf(row, 6), roleOf(row, 7), textOf(row, 8), textOf(row, 9), row.integer(10),
                                                                 row.integer(11)});
                if (row.integer(12) != 0) lastUses.emplace(token->id, row.integer(12));
                out.byDigest.emplace(textOf(row, 2), token);
                out.digests.emplace(token->id, textOf(row, 2));
                out.tokens.emplace(token->id, std::move(token));
              });
}

Result<void> Tables::putUser(const User& user, std::string_view password, const PasswordLink& link) {
  return written(database_.run(
      "INSERT INTO users (id, name, email, is_owner, password, terms, default_team, created_ms, link_digest, link_expires_ms) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, "
      "password = excluded.password, terms = excluded.terms, link_digest = excluded.link_digest, link_expires_ms = excluded.link_expires_ms",
      user.id, user.name, user.email, user.standing == Standing::serverOwner ? 1 : 0, password, user.terms == Terms::accepted ? 1 : 0,
      user.defaultTeamId, user.createdMs, link.digest, link.expiresMs));
}

Result<void> Tables::removeUser(std::string_view id) { return written(database_.run("DELETE FROM users WHERE id = ?", id)); }

Result<void> Tables::putTeam(const Team& team) {
  return written(database_.run("INSERT INTO teams (id, name, default_of, created_ms) VALUES (?, ?, ?, ?) "
                               "ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                               team.id, team.name, team.defaultOf, team.createdMs));
}

Result<void> Tables::removeTeam(std::string_view id) { return written(database_.run("DELETE FROM teams WHERE id = ?", id)); }

Result<void> Tables::putTeamMember(std::string_view teamId, std::string_view userId, Role role) {
  if (role == Role::none) return written(database_.run("DELETE FROM team_members WHERE team_id = ? AND user_id = ?", teamId, userId));
  return written(database_.run("INSERT INTO team_members (team_id, user_id, role) VALUES (?, ?, ?) "
                               "ON CONFLICT (team_id, user_id) DO UPDATE SET role = excluded.role",
                               teamId, userId, name(role)));
}

Result<void> Tables::putProjectMember(std::string_view projectId, std::string_view userId, Role role) {
  if (role == Role::none) return written(database_.run("DELETE FROM project_members WHERE project_id = ? AND user_id = ?", projectId, userId));
  return written(database_.run("INSERT INTO project_members (project_id, user_id, role) VALUES (?, ?, ?) "
                               "ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role",
                               projectId, userId, name(role)));
}

Result<void> Tables::putInvitation(const Invitation& one) {
  return written(database_.run("INSERT INTO invitations (id, email, role, team_id, project_id, created_by, created_ms, expires_ms) "
                               "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                               one.id, one.email, name(one.role), one.teamId, one.projectId, one.createdBy, one.createdMs, one.expiresMs));
}

Result<void> Tables::removeInvitation(std::string_view id) { return written(database_.run("DELETE FROM invitations WHERE id = ?", id)); }

Result<void> Tables::putToken(const Token& token, std::string_view digest) {
  return written(database_.run("INSERT INTO tokens (id, kind, digest, user_id, team_id, name, prefix, role_max, project_id, space_id, created_ms, "
                               "expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               token.id, name(token.kind), digest, token.userId, token.teamId, token.name, token.prefix, name(token.roleMax),
                               token.projectId, token.spaceId, token.createdMs, token.expiresMs));
}

Result<void> Tables::removeToken(std::string_view id) { return written(database_.run("DELETE FROM tokens WHERE id = ?", id)); }

Result<void> Tables::putLastUse(std::string_view tokenId, UnixMs time) {
  return written(database_.run("UPDATE tokens SET last_use_ms = ? WHERE id = ?", time, tokenId));
}

}  // namespace redd::account
