#include "operations.h"

#include <algorithm>

#include "handlers.h"

namespace redd::control {
namespace {

#define REDD_SPACE "/_/api/v1/projects/{project}/spaces/{space}"

std::vector<Operation> table() {
  using enum Permission;
  using enum Effect;
  using enum Kind;
  using enum Need;
  const std::vector<Argument> tail = {{"tail", count, optional}, {"context", text, optional}};
  return {
      {"page", "GET", "/_/", anyone, read, "A page for people who came with a browser.", {}, frontPage},
      {"health", "GET", "/_/health", anyone, read, "Is the server up?", {}, health},
      {"server.info", "GET", "/_/api/v1/server", owner, read, "Version, data directory, projects.", {}, serverInfo},
      {"me", "GET", "/_/api/v1/me", owner, read, "Who the token speaks for.", {}, me},
      {"metrics", "GET", "/_/api/v1/metrics", owner, read, "Counters in the Prometheus text format.", {}, metricsText},

      {"project.list", "GET", "/_/api/v1/projects", owner, read, "All projects.", {}, listProjects},
      {"project.create", "POST", "/_/api/v1/projects", owner, write, "Makes a project without spaces.",
       {{"name", text, required}}, createProject, nullptr, 201},
      {"project.get", "GET", "/_/api/v1/projects/{project}", owner, read, "A project and its spaces.", {}, getProject},
      {"space.create", "POST", "/_/api/v1/projects/{project}/spaces", owner, write, "Makes a space.",
       {{"name", text, required}}, createSpace, nullptr, 201},
      {"space.get", "GET", REDD_SPACE, owner, read, "Settings, tokens and deployment of a space.", {}, getSpace},
      {"space.remove", "DELETE", REDD_SPACE, owner, write, "Removes a space.", {}, removeSpace},

      {"token.add", "POST", REDD_SPACE "/tokens", owner, write, "Makes an API token.",
       {{"access", text, required}, {"description", text, optional}}, addToken, nullptr, 201},
      {"token.remove", "DELETE", REDD_SPACE "/tokens/{key}", owner, write, "Removes an API token.", {}, removeToken},
      {"jwks.set", "PUT", REDD_SPACE "/jwks", owner, write, "Sets whose tokens open the space; url \"\" removes.",
       {{"url", text, required}, {"issuer", text, optional}, {"audience", texts, optional}}, setJwks},
      {"hosts.set", "PUT", REDD_SPACE "/allowed-hosts", owner, write, "Lists the client addresses that may call the space; [] lets all.",
       {{"addresses", texts, required}}, setAllowedHosts},
      {"cors.set", "PUT", REDD_SPACE "/cors-origins", owner, write, "Lists the origins whose pages may call the space; [] lets all.",
       {{"origins", texts, required}}, setCorsOrigins},
      {"domains.set", "PUT", REDD_SPACE "/domains", owner, write, "Lists the host names that are this space, without its name in the path.",
       {{"domains", texts, required}}, setDomains},
      {"env.set", "PUT", REDD_SPACE "/env/{name}", owner, write, "Sets an environment variable.",
       {{"value", text, required}, {"encrypted", flag, optional}}, setEnv},
      {"env.remove", "DELETE", REDD_SPACE "/env/{name}", owner, write, "Removes an environment variable.", {}, removeEnv},

      {"deploy", "POST", REDD_SPACE "/deployments", owner, write, "Tries new code and, when it answers, makes it the active one.",
       {{"bundle", text, required}, {"author", text, optional}, {"gitHash", text, optional}, {"gitBranch", text, optional},
        {"language", text, optional}},
       deploy, nullptr, 201, BodySize::deploy},
      {"deploy.list", "GET", REDD_SPACE "/deployments", owner, read, "Deployments, newest first.", {}, listDeployments},
      {"worker.list", "GET", REDD_SPACE "/workers", owner, read, "The processes that run the space's code.", {}, listWorkers},
      {"log.tail", "GET", REDD_SPACE "/logs", owner, read, "The newest log lines, oldest first.", tail, tailLog},
      {"log.follow", "GET", REDD_SPACE "/logs/follow", owner, read, "Log lines as they come (server-sent events).", tail, nullptr,
       followLog},
  };
}

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
