#include "operations.h"

#include <algorithm>
#include <iterator>

#include "handlers.h"

namespace redd::control {
namespace {

#define REDD_PROJECT "/_/api/v1/projects/{project}"
#define REDD_SPACE "/_/api/v1/projects/{project}/spaces/{space}"
#define REDD_COLLECTION REDD_SPACE "/collections/{collection}"

std::vector<Operation> table() {
  using enum Permission;
  using enum Effect;
  using enum Kind;
  using enum Need;
  const std::vector<Argument> tail = {{"tail", count}, {"context", text}, {"level", text}, {"request", text}, {"grep", text}};
  const std::vector<Argument> policy = {{"url", text, required}, {"issuer", text}, {"audience", texts}, {"algorithms", texts}};
  const std::vector<Argument> find = {{"filter", json},   {"sort", json},     {"fields", json}, {"limit", count}, {"offset", count}, {"useIndex", text},
                                      {"start", json},    {"end", json},      {"reverse", flag}, {"explain", flag}, {"hints", json}, {"format", text}};
  return {
      {"page", "GET", "/_/", anyone, read, "A page for people who came with a browser.", {}, frontPage},
      {"health", "GET", "/_/health", anyone, read, "Is the server up?", {}, health},
      {"openapi", "GET", "/_/api/v1/openapi.json", anyone, read, "This table, as an OpenAPI 3.1 document.", {}, openApi},
      {"server.info", "GET", "/_/api/v1/server", account, read, "Version, data directory, projects.", {}, serverInfo},
      {"me", "GET", "/_/api/v1/me", account, read, "Who the token speaks for.", {}, me},
      {"metrics", "GET", "/_/api/v1/metrics", server, read, "Counters in the Prometheus text format.", {}, metricsText},

      {"project.list", "GET", "/_/api/v1/projects", account, read, "The projects in which the caller has a role.", {}, listProjects},
      {"project.create", "POST", "/_/api/v1/projects", account, write, "Makes a project without spaces, in a team or in one's own.",
       {{"name", text, required}, {"teamId", text}}, createProject, nullptr, 201},
      {"project.get", "GET", "/_/api/v1/projects/{project}", viewer, read, "A project and its spaces.", {}, getProject},
      {"project.remove", "DELETE", "/_/api/v1/projects/{project}", owner, write, "Removes a project in which nothing is left; confirm is its name.",
       {{"confirm", text, required}}, removeProject},
      {"project.usage", "GET", "/_/api/v1/projects/{project}/usage", viewer, read, "Requests, code and data of each space of a project.", {}, projectUsage},
      {"space.create", "POST", "/_/api/v1/projects/{project}/spaces", owner, write, "Makes a space.",
       {{"name", text, required}, {"restricted", flag}}, createSpace, nullptr, 201},
      {"space.get", "GET", REDD_SPACE, viewer, read, "Settings, tokens and deployment of a space.", {}, getSpace},
      {"space.rename", "POST", REDD_SPACE "/rename", owner, write, "Gives a space another name.", {{"name", text, required}}, renameSpace},
      {"space.remove", "DELETE", REDD_SPACE, owner, write, "Puts a space into the trash; confirm is its name.", {{"confirm", text, required}}, removeSpace},
      {"space.trash", "GET", REDD_PROJECT "/trash", viewer, read, "Spaces that were removed and can be restored.", {}, listTrash},
      {"space.restore", "POST", REDD_PROJECT "/trash/{id}/restore", owner, write, "Takes a space out of the trash.", {{"name", text}}, restoreSpace},
      {"space.purge", "DELETE", REDD_PROJECT "/trash/{id}", owner, write, "Deletes a removed space for good; confirm is its name.",
       {{"confirm", text, required}}, purgeSpace},
      {"space.copy", "POST", REDD_SPACE "/copy", owner, write, "Makes a space with the code and settings of this one, and with its data when asked.",
       {{"to", text, required}, {"data", flag}}, copySpace, nullptr, 201},
      {"space.settings", "GET", REDD_SPACE "/settings", viewer, read, "All settings, by name; nothing that is sealed.", {}, getSettings},
      {"space.diff", "GET", REDD_SPACE "/diff", viewer, read, "The settings in which another space of the project differs.", {{"with", text, required}},
       diffSpaces},
      {"space.activity", "GET", REDD_SPACE "/activity", viewer, read, "What a space served in the last hour, its workers and what it holds.", {},
       spaceActivity},
      {"limits.set", "PUT", REDD_SPACE "/limits", developer, write, "Sets bounds of a space below the server's; 0: the server's.",
       {{"requestDeadlineMs", count}, {"requestsMax", count}, {"workerHeapMiB", count}}, setLimits},
      {"domain.move", "POST", REDD_SPACE "/domains/move", developer, write, "Takes a domain over from another space of the project, at once.",
       {{"domain", text, required}}, moveDomain},

      {"token.add", "POST", REDD_SPACE "/tokens", developer, write, "Makes an API token.",
       {{"access", text, required}, {"description", text, optional}}, addToken, nullptr, 201},
      {"token.remove", "DELETE", REDD_SPACE "/tokens/{key}", developer, write, "Removes an API token.", {}, removeToken},
      {"jwks.set", "PUT", REDD_SPACE "/jwks", developer, write, "Sets whose tokens open the space; url \"\" removes.",
       policy, setJwks},
      {"hosts.set", "PUT", REDD_SPACE "/allowed-hosts", developer, write, "Lists the client addresses that may call the space; [] lets all.",
       {{"addresses", texts, required}, {"expect", texts}}, setAllowedHosts},
      {"cors.set", "PUT", REDD_SPACE "/cors-origins", developer, write, "Lists the origins whose pages may call the space; [] lets all.",
       {{"origins", texts, required}, {"expect", texts}}, setCorsOrigins},
      {"domains.set", "PUT", REDD_SPACE "/domains", developer, write, "Lists the host names that are this space, without its name in the path.",
       {{"domains", texts, required}, {"expect", texts}}, setDomains},
      {"env.set", "PUT", REDD_SPACE "/env/{name}", developer, write, "Sets an environment variable.",
       {{"value", text, required}, {"encrypted", flag, optional}}, setEnv},
      {"env.remove", "DELETE", REDD_SPACE "/env/{name}", developer, write, "Removes an environment variable.", {}, removeEnv},

      {"deploy", "POST", REDD_SPACE "/deployments", developer, write, "Tries new code and, when it answers, makes it the active one.",
       {{"bundle", text, required}, {"author", text, optional}, {"gitHash", text, optional}, {"gitBranch", text, optional},
        {"language", text, optional}},
       deploy, nullptr, 201, BodySize::deploy, "application/x-tar"},
      {"deploy.list", "GET", REDD_SPACE "/deployments", viewer, read, "Deployments, newest first.", {}, listDeployments},
      {"deploy.rollback", "POST", REDD_SPACE "/rollback", developer, write, "Puts an earlier deployment back, or the one before the active one.",
       {{"deployment", text, optional}}, rollBack},
      {"deploy.split", "PUT", REDD_SPACE "/split", developer, write, "Lets so many percent of the clients meet another deployment than the active one.",
       {{"deployment", text, required}, {"percent", count, required}}, setSplit},
      {"deploy.undeploy", "DELETE", REDD_SPACE "/deployments/active", developer, write, "Takes the code out of service; data and deployments stay.", {},
       undeploy},
      {"deploy.bundle", "GET", REDD_SPACE "/deployments/{deployment}/bundle", viewer, read, "The script of a deployment; \"active\" names the active one.",
       {}, readBundle},
      {"deploy.source", "GET", REDD_SPACE "/deployments/{deployment}/source", viewer, read, "The source files of a deployment, as a tar.", {}, nullptr,
       readSources},
      {"worker.list", "GET", REDD_SPACE "/workers", viewer, read, "The processes that run the space's code.", {}, listWorkers},
      {"log.tail", "GET", REDD_SPACE "/logs", viewer, read, "The newest log lines, oldest first.", tail, tailLog},
      {"log.follow", "GET", REDD_SPACE "/logs/follow", viewer, read, "Log lines as they come (server-sent events).", tail, nullptr,
       followLog},
      {"token.explain", "POST", REDD_SPACE "/token/explain", developer, read, "Why a client's token is accepted or refused: every check.",
       {{"token", text, required}}, explainToken},
      {"auth.refusals", "GET", REDD_SPACE "/auth/refusals", viewer, read, "The last refused requests, newest first, and counts by reason.",
       {{"tail", count}}, listRefusals},
      {"auth.status", "GET", REDD_SPACE "/auth/status", viewer, read, "The key set: its keys, their age, the last error.", {{"fetch", flag}},
       authStatus},
      {"auth.impact", "POST", REDD_SPACE "/auth/impact", viewer, read, "Whom another policy would refuse, of the callers of the last day; changes nothing.",
       policy, authImpact},
      {"secrets.rotate", "POST", "/_/api/v1/server/secrets/rotate", server, write, "Makes a new secret key and seals every secret with it.", {},
       rotateSecrets},

      {"collection.list", "GET", REDD_SPACE "/collections", viewer, read, "Collections with their counts, indexes, schema and cap.",
       {{"system", flag}}, listCollections},
      {"index.advice", "GET", REDD_SPACE "/advice", viewer, read, "Indexes that would serve queries which read much and returned little, worst first.", {},
       indexAdvice},
      {"collection.create", "PUT", REDD_COLLECTION, developer, write, "Makes a collection, or leaves it as it is.", {{"schema", json}, {"cap", count}},
       createCollection},
      {"collection.remove", "DELETE", REDD_COLLECTION, developer, write, "Removes a collection with its documents.", {}, dropCollection},
      {"schema.set", "PUT", REDD_COLLECTION "/schema", developer, write, "Has documents checked by a JSON Schema.", {{"schema", json, required}},
       setSchema, nullptr, 200, BodySize::data},
      {"schema.remove", "DELETE", REDD_COLLECTION "/schema", developer, write, "Ends the checking.", {}, removeSchema},
      {"cap.set", "PUT", REDD_COLLECTION "/cap", developer, write, "Keeps the newest documents only.", {{"cap", count, required}}, setCap},
      {"cap.remove", "DELETE", REDD_COLLECTION "/cap", developer, write, "Keeps all documents.", {}, removeCap},
      {"index.create", "POST", REDD_COLLECTION "/indexes", developer, write, "Makes an index and tells how far it is, a line at a time.",
       {{"fields", texts, required}}, nullptr, createIndex},
      {"index.remove", "DELETE", REDD_COLLECTION "/indexes", developer, write, "Removes an index.", {{"fields", texts, required}}, removeIndex},

      {"document.list", "GET", REDD_COLLECTION "/documents", viewer, read, "Documents, as a stream.", find, nullptr, findDocuments},
      {"document.find", "POST", REDD_COLLECTION "/find", viewer, read, "The same, for filters that are too long for an address.", find, nullptr,
       findDocuments, 200, BodySize::data},
      {"document.count", "POST", REDD_COLLECTION "/count", viewer, read, "How many documents match.", {{"filter", json}}, countDocuments, nullptr, 200,
       BodySize::data},
      {"document.import", "POST", REDD_COLLECTION "/import", developer, write, "Stores a stream of documents, one a line; known ids are replaced.", {},
       nullptr, importDocuments, 200, BodySize::streamed},
      {"document.insert", "POST", REDD_COLLECTION "/documents", developer, write, "Stores a new document.", {{"document", json, required}}, insertDocument,
       nullptr, 201, BodySize::data},
      {"document.get", "GET", REDD_COLLECTION "/documents/{id}", viewer, read, "One document.", {}, getDocument},
      {"document.update", "PATCH", REDD_COLLECTION "/documents/{id}", developer, write, "Changes a document.",
       {{"change", json, required}, {"upsert", flag}, {"expect", json}}, updateDocument, nullptr, 200, BodySize::data},
      {"document.replace", "PUT", REDD_COLLECTION "/documents/{id}", developer, write, "Puts another into the place of a document.",
       {{"document", json, required}, {"upsert", flag}, {"expect", json}}, replaceDocument, nullptr, 200, BodySize::data},
      {"document.remove", "DELETE", REDD_COLLECTION "/documents/{id}", developer, write, "Removes a document.", {}, removeDocument},
      {"documents.update", "POST", REDD_COLLECTION "/update", developer, write, "Changes all documents that match.",
       {{"filter", json, required}, {"change", json, required}}, updateDocuments, nullptr, 200, BodySize::data},
      {"documents.replace", "POST", REDD_COLLECTION "/replace", developer, write, "Puts a document into the place of each that matches.",
       {{"filter", json, required}, {"document", json, required}}, replaceDocuments, nullptr, 200, BodySize::data},
      {"documents.remove", "POST", REDD_COLLECTION "/remove", developer, write, "Removes all documents that match.", {{"filter", json, required}},
       removeDocuments, nullptr, 200, BodySize::data},
      {"documents.purge", "POST", REDD_COLLECTION "/purge", developer, write, "Removes all documents that match, some at a time, and tells how far it is.",
       {{"filter", json, required}}, nullptr, purgeDocuments, 200, BodySize::data},

      {"key.list", "GET", REDD_SPACE "/keys", viewer, read, "Keys and values in the order of the keys, as a stream.",
       {{"prefix", text}, {"keyspace", text}, {"reverse", flag}, {"limit", count}, {"format", text}}, nullptr, listKeys},
      {"key.removeAll", "DELETE", REDD_SPACE "/keys", developer, write, "Removes all keys that begin so.", {{"prefix", text, required}, {"keyspace", text}},
       removeKeys},
      {"key.get", "GET", REDD_SPACE "/keys/{key}", viewer, read, "The value of a key.", {{"keyspace", text}}, getKey},
      {"key.set", "PUT", REDD_SPACE "/keys/{key}", developer, write, "Sets the value of a key.",
       {{"value", text, required}, {"ttl", count}, {"keyspace", text}}, setKey, nullptr, 200, BodySize::data},
      {"key.remove", "DELETE", REDD_SPACE "/keys/{key}", developer, write, "Removes a key.", {{"keyspace", text}}, removeKey},

      {"file.list", "GET", REDD_SPACE "/files", viewer, read, "Files and directories of a directory.", {{"path", text}}, listFiles},
      {"file.read", "GET", REDD_SPACE "/files/content", viewer, read, "The content of a file, as a stream.", {{"path", text, required}}, nullptr,
       readFile},
      {"file.write", "PUT", REDD_SPACE "/files/content", developer, write, "Stores the body as a file, in the place of one of that path.",
       {{"path", text, required}}, nullptr, writeFile, 200, BodySize::streamed},
      {"file.remove", "DELETE", REDD_SPACE "/files", developer, write, "Removes a file.", {{"path", text, required}}, removeFile},

      {"backup.list", "GET", "/_/api/v1/backups", server, read, "The backups of this server, newest first, and their schedule.", {}, listBackups},
      {"backup.create", "POST", "/_/api/v1/backups", server, write, "Makes a backup and tells how far it is, a line at a time.", {{"passphrase", text}},
       nullptr, createBackup},
      {"backup.verify", "POST", "/_/api/v1/backups/{backup}/verify", server, write, "Reads a backup and checks every byte of it.", {}, nullptr, verifyBackup},
      {"backup.download", "GET", "/_/api/v1/backups/{backup}", server, read, "A backup, as a stream.", {}, nullptr, downloadBackup},
      {"backup.remove", "DELETE", "/_/api/v1/backups/{backup}", server, write, "Removes a backup.", {}, removeBackup},
      {"space.export", "POST", REDD_SPACE "/export", owner, write, "The whole space as an archive: code, data, settings, sealed secrets.",
       {{"passphrase", text}}, nullptr, exportSpace},
      {"space.import", "POST", REDD_SPACE "/import", owner, write, "Takes an archive in as this space.", {{"existing", text}}, nullptr, importSpace, 200,
       BodySize::streamed},
      {"space.rewind", "POST", REDD_SPACE "/rewind", owner, write, "Puts the space back to a backup or a moment, or makes another of it.",
       {{"backup", text}, {"at", text}, {"as", text}}, nullptr, rewindSpace},
      {"space.moments", "GET", REDD_SPACE "/moments", viewer, read, "The times to which the space can be put back.", {}, listMoments},
  };
}

#undef REDD_COLLECTION
#undef REDD_SPACE
#undef REDD_PROJECT

#define REDD_PROJECT "/_/api/v1/projects/{project}"
#define REDD_TEAM "/_/api/v1/teams/{team}"

// People, and who may what.
std::vector<Operation> accountTable() {
  using enum Permission;
  using enum Effect;
  using enum Kind;
  using enum Need;
  const std::vector<Argument> newToken = {{"name", text}, {"role", text}, {"project", text}, {"space", text}, {"expiresMs", count}};
  const std::vector<Argument> invitee = {{"email", text, required}, {"role", text, required}};
  return {
      {"setup.get", "GET", "/_/api/v1/setup", anyone, read, "Does the server wait for its first login?", {}, getSetUp},
      {"setup", "POST", "/_/api/v1/setup", anyone, write, "Gives the server's owner a name, an address and a password, with the code of the first start.",
       {{"code", text, required}, {"name", text, required}, {"email", text, required}, {"password", text, required}}, setUp, nullptr, 201},
      {"session.create", "POST", "/_/api/v1/login", anyone, write, "Logs in with a password; the token lives twelve hours.",
       {{"email", text, required}, {"password", text, required}}, createSession},
      {"session.end", "POST", "/_/api/v1/logout", account, write, "Ends the session or the login of a command line that asks.", {}, endSession},
      {"account.redeem", "POST", "/_/api/v1/accounts", anyone, write, "Opens an account with the code of an invitation, or sets a password with that of a link.",
       {{"code", text, required}, {"name", text}, {"password", text, required}}, redeemCode, nullptr, 201},
      {"me.update", "PATCH", "/_/api/v1/me", person, write, "Changes one's name.", {{"name", text, required}}, updateMe},
      {"password.set", "PUT", "/_/api/v1/me/password", person, write, "Sets one's password; other sessions and command lines are logged out.",
       {{"password", text, required}, {"current", text}}, setPassword},
      {"terms.accept", "POST", "/_/api/v1/me/terms", person, write, "Accepts the terms.", {}, acceptTerms},
      {"personalToken.list", "GET", "/_/api/v1/me/tokens", person, read, "One's tokens, and the command lines that are logged in.", {}, listPersonalTokens},
      {"personalToken.add", "POST", "/_/api/v1/me/tokens", person, write, "Makes a token for one's programs; its text is shown once.", newToken,
       addPersonalToken, nullptr, 201},
      {"personalToken.remove", "DELETE", "/_/api/v1/me/tokens/{tokenId}", person, write, "Takes a token back, or logs a command line out.", {},
       removePersonalToken},
      {"cliLogin.get", "GET", "/_/api/v1/cli-logins/{uuid}", person, read, "Which command line waits to be logged in.", {}, getCliLogin},
      {"cliLogin.confirm", "POST", "/_/api/v1/cli-logins/{uuid}", person, write, "Logs the waiting command line in.", {}, confirmCliLogin},

      {"user.list", "GET", "/_/api/v1/users", server, read, "Everybody with an account.", {}, listUsers},
      {"user.add", "POST", "/_/api/v1/users", server, write, "Makes an account, with a password or a code to set one.",
       {{"email", text, required}, {"name", text}, {"password", text}}, addUser, nullptr, 201},
      {"user.update", "PATCH", "/_/api/v1/users/{user}", server, write, "Changes somebody's name or address.", {{"name", text}, {"email", text}}, updateUser},
      {"user.link", "POST", "/_/api/v1/users/{user}/password-link", server, write, "Makes a code with which somebody sets a new password.", {}, linkUser,
       nullptr, 201},
      {"user.remove", "DELETE", "/_/api/v1/users/{user}", server, write, "Removes an account with its tokens and memberships.", {}, removeUser},

      {"team.list", "GET", "/_/api/v1/teams", account, read, "The teams in which the caller has a role.", {}, listTeams},
      {"team.create", "POST", "/_/api/v1/teams", person, write, "Makes a team and becomes its owner.", {{"name", text, required}}, createTeam, nullptr, 201},
      {"team.get", "GET", REDD_TEAM, viewer, read, "A team, its members and projects.", {}, getTeam},
      {"team.rename", "PATCH", REDD_TEAM, owner, write, "Gives a team another name.", {{"name", text, required}}, renameTeam},
      {"team.remove", "DELETE", REDD_TEAM, owner, write, "Removes a team without projects.", {}, removeTeam},
      {"team.member.set", "PUT", REDD_TEAM "/members/{user}", owner, write, "Changes the role of a member.", {{"role", text, required}}, setTeamMember},
      {"team.member.remove", "DELETE", REDD_TEAM "/members/{user}", viewer, write, "Leaves a team; its owners remove others.", {}, removeTeamMember},
      {"team.invite", "POST", REDD_TEAM "/invitations", owner, write, "Invites somebody into a team.", invitee, inviteToTeam, nullptr, 201},
      {"adminToken.list", "GET", REDD_TEAM "/admin-tokens", owner, read, "The team's tokens.", {}, listAdminTokens},
      {"adminToken.add", "POST", REDD_TEAM "/admin-tokens", owner, write, "Makes a token of the team; its text is shown once.", newToken, addAdminToken,
       nullptr, 201},
      {"adminToken.remove", "DELETE", REDD_TEAM "/admin-tokens/{tokenId}", owner, write, "Takes a token of the team back.", {}, removeAdminToken},

      {"project.move", "PUT", REDD_PROJECT "/team", owner, write, "Gives a project to another team.", {{"teamId", text, required}}, moveProject},
      {"project.invite", "POST", REDD_PROJECT "/invitations", owner, write, "Invites somebody into a project.", invitee, inviteToProject, nullptr, 201},
      {"project.join", "POST", REDD_PROJECT "/join", person, write, "Accepts the invitation into a project; who is in it already stays so.", {}, joinProject},
      {"project.leave", "POST", REDD_PROJECT "/leave", viewer, write, "Leaves a project.", {}, leaveProject},
      {"project.member.set", "PUT", REDD_PROJECT "/members/{user}", owner, write, "Changes the role of somebody in a project.", {{"role", text, required}},
       setProjectMember},
      {"project.member.remove", "DELETE", REDD_PROJECT "/members/{user}", owner, write, "Removes somebody from a project.", {}, removeProjectMember},
      {"invitation.list", "GET", "/_/api/v1/invitations", account, read, "Invitations of the caller, and into teams and projects that they own.", {},
       listInvitations},
      {"invitation.accept", "POST", "/_/api/v1/invitations/{invitation}", person, write, "Accepts an invitation.", {}, acceptInvitation},
      {"invitation.remove", "DELETE", "/_/api/v1/invitations/{invitation}", account, write, "Declines an invitation, or takes one back.", {},
       removeInvitation},

      {"audit.list", "GET", "/_/api/v1/audit", server, read, "The audit log, newest first.", {{"before", count}, {"limit", count}}, listAudit},
      {"audit.verify", "GET", "/_/api/v1/audit/verify", server, read, "Is the audit log as it was written?", {}, verifyAudit},

      {"login.page", "GET", "/authenticate/{provider}/{uuid}", anyone, read, "The page on which a person logs a command line in.", {}, loginPage},
      {"login.script", "GET", "/_/login.js", anyone, read, "The script of that page.", {}, loginScript},
      {"cliLogin.wait", "GET", "/cli_auth/{uuid}", anyone, read, "A command line waits for its token (server-sent events).", {}, nullptr, waitForCliLogin},
  };
}

#undef REDD_TEAM
#undef REDD_PROJECT

std::vector<Operation> joined(std::vector<Operation> rows, std::vector<Operation> more) {
  std::ranges::move(more, std::back_inserter(rows));
  return rows;
}

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto segment = path.substr(0, path.find('/'));
    out.push_back(segment);
    path.remove_prefix(segment.size());
  }
  return out;
}

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path) {
  return std::ranges::equal(pattern, path, [](std::string_view want, std::string_view have) {
    return want.starts_with('{') ? !have.empty() : want == have;
  });
}

}  // namespace

const std::vector<Operation>& operations() {
  static const std::vector<Operation> rows = joined(table(), accountTable());
  return rows;
}

const Operation* findOperation(std::string_view name) {
  const auto& rows = operations();
  const auto found = std::ranges::find(rows, name, &Operation::name);
  return found == rows.end() ? nullptr : &*found;
}

Result<std::vector<Match>> matchPath(std::string_view path) {
  const auto have = segments(path == "/_" ? "/_/" : path);
  std::vector<Match> out;
  for (const auto& operation : operations()) {
    const auto want = segments(operation.path);
    if (!fits(want, have)) continue;
    Match match{&operation, {}};
    for (std::size_t i = 0; i < want.size(); ++i) {
      if (!want[i].starts_with('{')) continue;
      REDD_TRY_VOID(match.parameters.addPathSegment(want[i].substr(1, want[i].size() - 2), have[i]));
    }
    out.push_back(std::move(match));
  }
  return out;
}

}  // namespace redd::control
