// The operations' bodies, one function each; operations.cc says what each is for.
#pragma once

#include "operations.h"

namespace redd::control {

// handlers_server.cc
Task<Result<Answer>> frontPage(Call call);
Task<Result<Answer>> health(Call call);
Task<Result<Answer>> serverInfo(Call call);
Task<Result<Answer>> me(Call call);
Task<Result<Answer>> metricsText(Call call);
// handlers_project.cc
Task<Result<Answer>> listProjects(Call call);
Task<Result<Answer>> createProject(Call call);
Task<Result<Answer>> getProject(Call call);
Task<Result<Answer>> createSpace(Call call);
Task<Result<Answer>> getSpace(Call call);
Task<Result<Answer>> removeSpace(Call call);
// handlers_settings.cc
Task<Result<Answer>> addToken(Call call);
Task<Result<Answer>> removeToken(Call call);
Task<Result<Answer>> setJwks(Call call);
Task<Result<Answer>> setAllowedHosts(Call call);
Task<Result<Answer>> setCorsOrigins(Call call);
Task<Result<Answer>> setDomains(Call call);
Task<Result<Answer>> setEnv(Call call);
Task<Result<Answer>> removeEnv(Call call);
// handlers_deploy.cc
Task<Result<Answer>> deploy(Call call);
Task<Result<Answer>> listDeployments(Call call);
Task<Result<Answer>> listWorkers(Call call);
// handlers_log.cc
Task<Result<Answer>> tailLog(Call call);
Task<void> followLog(Call call, http::Exchange& exchange);

}  // namespace redd::control
