#include "operations.h"

#include <algorithm>

#include "handlers.h"

namespace redd::control {
namespace {

#define REDD_SPACE "/_/api/v1/projects/{project}/spaces/{space}"
#define REDD_COLLECTION REDD_SPACE "/collections/{collection}"

std::vector<Operation> table() {
  using enum Permission;
  using enum Effect;
  using enum Kind;
  using enum Need;
  const std::vector<Argument> tail = {{"tail", count, optional}, {"context", text, optional}};
  const std::vector<Argument> find = {{"filter", json},   {"sort", json},     {"fields", json}, {"limit", count}, {"offset", count}, {"useIndex", text},
                                      {"start", json},    {"end", json},      {"reverse", flag}, {"explain", flag}, {"format", text}};
  return {
      {"page", "GET", "/_/", anyone, read, "A page for people who came with a browser.", {}, frontPage},
      {"health", "GET", "/_/health", anyone, read, "Is the server up?", {}, health},
      {"server.info", "GET", "/_/api/v1/server", account, read, "Version, data directory, projects.", {}, serverInfo},
      {"me", "GET", "/_/api/v1/me", account, read, "Who the token speaks for.", {}, me},
      {"metrics", "GET", "/_/api/v1/metrics", server, read, "Counters in the Prometheus text format.", {}, metricsText},

      {"project.list", "GET", "/_/api/v1/projects", account, read, "All projects.", {}, listProjects},
      {"project.create", "POST", "/_/api/v1/projects", account, write, "Makes a project without spaces.",
       {{"name", text, required}}, createProject, nullptr, 201},
      {"project.get", "GET", "/_/api/v1/projects/{project}", viewer, read, "A project and its spaces.", {}, getProject},
      {"space.create", "POST", "/_/api/v1/projects/{project}/spaces", owner, write, "Makes a space.",
       {{"name", text, required}}, createSpace, nullptr, 201},
      {"space.get", "GET", REDD_SPACE, viewer, read, "Settings, tokens and deployment of a space.", {}, getSpace},
      {"space.remove", "DELETE", REDD_SPACE, owner, write, "Removes a space.", {}, removeSpace},

      {"token.add", "POST", REDD_SPACE "/tokens", developer, write, "Makes an API token.",
       {{"access", text, required}, {"description", text, optional}}, addToken, nullptr, 201},
      {"token.remove", "DELETE", REDD_SPACE "/tokens/{key}", developer, write, "Removes an API token.", {}, removeToken},
      {"jwks.set", "PUT", REDD_SPACE "/jwks", developer, write, "Sets whose tokens open the space; url \"\" removes.",
       {{"url", text, required}, {"issuer", text, optional}, {"audience", texts, optional}}, setJwks},
      {"hosts.set", "PUT", REDD_SPACE "/allowed-hosts", developer, write, "Lists the client addresses that may call the space; [] lets all.",
       {{"addresses", texts, required}}, setAllowedHosts},
      {"cors.set", "PUT", REDD_SPACE "/cors-origins", developer, write, "Lists the origins whose pages may call the space; [] lets all.",
       {{"origins", texts, required}}, setCorsOrigins},
      {"domains.set", "PUT", REDD_SPACE "/domains", developer, write, "Lists the host names that are this space, without its name in the path.",
       {{"domains", texts, required}}, setDomains},
      {"env.set", "PUT", REDD_SPACE "/env/{name}", developer, write, "Sets an environment variable.",
       {{"value", text, required}, {"encrypted", flag, optional}}, setEnv},
      {"env.remove", "DELETE", REDD_SPACE "/env/{name}", developer, write, "Removes an environment variable.", {}, removeEnv},

      {"deploy", "POST", REDD_SPACE "/deployments", developer, write, "Tries new code and, when it answers, makes it the active one.",
       {{"bundle", text, required}, {"author", text, optional}, {"gitHash", text, optional}, {"gitBranch", text, optional},
        {"language", text, optional}},
       deploy, nullptr, 201, BodySize::deploy, "application/x-tar"},
      {"deploy.list", "GET", REDD_SPACE "/deployments", viewer, read, "Deployments, newest first.", {}, listDeployments},
      {"worker.list", "GET", REDD_SPACE "/workers", viewer, read, "The processes that run the space's code.", {}, listWorkers},
      {"log.tail", "GET", REDD_SPACE "/logs", viewer, read, "The newest log lines, oldest first.", tail, tailLog},
      {"log.follow", "GET", REDD_SPACE "/logs/follow", viewer, read, "Log lines as they come (server-sent events).", tail, nullptr,
       followLog},

      {"collection.list", "GET", REDD_SPACE "/collections", viewer, read, "Collections with their counts, indexes, schema and cap.",
       {{"system", flag}}, listCollections},
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
       {{"change", json, required}, {"upsert", flag}}, updateDocument, nullptr, 200, BodySize::data},
      {"document.replace", "PUT", REDD_COLLECTION "/documents/{id}", developer, write, "Puts another into the place of a document.",
       {{"document", json, required}, {"upsert", flag}}, replaceDocument, nullptr, 200, BodySize::data},
      {"document.remove", "DELETE", REDD_COLLECTION "/documents/{id}", developer, write, "Removes a document.", {}, removeDocument},
      {"documents.update", "POST", REDD_COLLECTION "/update", developer, write, "Changes all documents that match.",
       {{"filter", json, required}, {"change", json, required}}, updateDocuments, nullptr, 200, BodySize::data},
      {"documents.replace", "POST", REDD_COLLECTION "/replace", developer, write, "Puts a document into the place of each that matches.",
       {{"filter", json, required}, {"document", json, required}}, replaceDocuments, nullptr, 200, BodySize::data},
      {"documents.remove", "POST", REDD_COLLECTION "/remove", developer, write, "Removes all documents that match.", {{"filter", json, required}},
       removeDocuments, nullptr, 200, BodySize::data},

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
      {"space.restore", "POST", REDD_SPACE "/restore", owner, write, "Puts the space back to a backup or a moment, or makes another of it.",
       {{"backup", text}, {"at", text}, {"as", text}}, nullptr, restoreSpace},
      {"space.moments", "GET", REDD_SPACE "/moments", viewer, read, "The times to which the space can be put back.", {}, listMoments},
  };
}

#undef REDD_COLLECTION
#undef REDD_SPACE

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
  static const std::vector<Operation> rows = table();
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
