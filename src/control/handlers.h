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
// handlers_collections.cc
Task<Result<Answer>> listCollections(Call call);
Task<Result<Answer>> createCollection(Call call);
Task<Result<Answer>> dropCollection(Call call);
Task<Result<Answer>> setSchema(Call call);
Task<Result<Answer>> removeSchema(Call call);
Task<Result<Answer>> setCap(Call call);
Task<Result<Answer>> removeCap(Call call);
Task<void> createIndex(Call call, http::Exchange& exchange);
Task<Result<Answer>> removeIndex(Call call);
// handlers_documents.cc
Task<void> findDocuments(Call call, http::Exchange& exchange);
Task<Result<Answer>> countDocuments(Call call);
Task<Result<Answer>> getDocument(Call call);
Task<Result<Answer>> insertDocument(Call call);
Task<Result<Answer>> updateDocument(Call call);
Task<Result<Answer>> replaceDocument(Call call);
Task<Result<Answer>> removeDocument(Call call);
Task<Result<Answer>> updateDocuments(Call call);
Task<Result<Answer>> replaceDocuments(Call call);
Task<Result<Answer>> removeDocuments(Call call);
// handlers_import.cc
Task<void> importDocuments(Call call, http::Exchange& exchange);
// handlers_keys.cc
Task<Result<Answer>> getKey(Call call);
Task<Result<Answer>> setKey(Call call);
Task<Result<Answer>> removeKey(Call call);
Task<void> listKeys(Call call, http::Exchange& exchange);
Task<Result<Answer>> removeKeys(Call call);
// handlers_files.cc
Task<Result<Answer>> listFiles(Call call);
Task<void> readFile(Call call, http::Exchange& exchange);
Task<void> writeFile(Call call, http::Exchange& exchange);
Task<Result<Answer>> removeFile(Call call);
// handlers_backup.cc
Task<Result<Answer>> listBackups(Call call);
Task<void> createBackup(Call call, http::Exchange& exchange);
Task<void> verifyBackup(Call call, http::Exchange& exchange);
Task<void> downloadBackup(Call call, http::Exchange& exchange);
Task<Result<Answer>> removeBackup(Call call);
// handlers_space_archive.cc
Task<void> exportSpace(Call call, http::Exchange& exchange);
Task<void> importSpace(Call call, http::Exchange& exchange);
Task<void> restoreSpace(Call call, http::Exchange& exchange);
Task<Result<Answer>> listMoments(Call call);

}  // namespace redd::control
