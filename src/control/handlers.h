// The operations' bodies, one function each; operations.cc says what each is for.
#pragma once

#include "operations.h"

namespace redd::control {

// handlers_server.cc
Task<Result<Answer>> frontPage(Call call);
Task<Result<Answer>> health(Call call);
Task<Result<Answer>> openApi(Call call);
Task<Result<Answer>> serverInfo(Call call);
Task<Result<Answer>> me(Call call);
Task<Result<Answer>> metricsText(Call call);
// handlers_project.cc
Task<Result<Answer>> listProjects(Call call);
Task<Result<Answer>> createProject(Call call);
Task<Result<Answer>> getProject(Call call);
Task<Result<Answer>> removeProject(Call call);
Task<Result<Answer>> createSpace(Call call);
Task<Result<Answer>> getSpace(Call call);
// handlers_spaces.cc
Task<Result<Answer>> renameSpace(Call call);
Task<Result<Answer>> removeSpace(Call call);
Task<Result<Answer>> listTrash(Call call);
Task<Result<Answer>> restoreSpace(Call call);
Task<Result<Answer>> purgeSpace(Call call);
Task<Result<Answer>> copySpace(Call call);
// handlers_space_settings.cc
Task<Result<Answer>> getSettings(Call call);
Task<Result<Answer>> diffSpaces(Call call);
Task<Result<Answer>> setLimits(Call call);
Task<Result<Answer>> moveDomain(Call call);
// handlers_usage.cc
Task<Result<Answer>> projectUsage(Call call);
Task<Result<Answer>> spaceActivity(Call call);
Task<Result<Answer>> listWorkers(Call call);
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
// handlers_deployments.cc
Task<Result<Answer>> listDeployments(Call call);
Task<Result<Answer>> rollBack(Call call);
Task<Result<Answer>> setSplit(Call call);
Task<Result<Answer>> undeploy(Call call);
Task<Result<Answer>> readBundle(Call call);
Task<void> readSources(Call call, http::Exchange& exchange);
// handlers_log.cc
Task<Result<Answer>> tailLog(Call call);
Task<void> followLog(Call call, http::Exchange& exchange);
// handlers_auth.cc
Task<Result<Answer>> explainToken(Call call);
Task<Result<Answer>> listRefusals(Call call);
Task<Result<Answer>> authStatus(Call call);
Task<Result<Answer>> authImpact(Call call);  // handlers_impact.cc
Task<Result<Answer>> rotateSecrets(Call call);  // handlers_server.cc
// handlers_collections.cc
Task<Result<Answer>> listCollections(Call call);
Task<Result<Answer>> indexAdvice(Call call);
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
Task<void> purgeDocuments(Call call, http::Exchange& exchange);
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
// handlers_login.cc
Task<Result<Answer>> getSetUp(Call call);
Task<Result<Answer>> setUp(Call call);
Task<Result<Answer>> createSession(Call call);
Task<Result<Answer>> endSession(Call call);
Task<Result<Answer>> redeemCode(Call call);
Task<Result<Answer>> setPassword(Call call);
Task<Result<Answer>> loginPage(Call call);
Task<Result<Answer>> loginScript(Call call);
Task<Result<Answer>> getCliLogin(Call call);
Task<Result<Answer>> confirmCliLogin(Call call);
Task<void> waitForCliLogin(Call call, http::Exchange& exchange);
// handlers_users.cc
Task<Result<Answer>> updateMe(Call call);
Task<Result<Answer>> acceptTerms(Call call);
Task<Result<Answer>> listUsers(Call call);
Task<Result<Answer>> addUser(Call call);
Task<Result<Answer>> updateUser(Call call);
Task<Result<Answer>> linkUser(Call call);
Task<Result<Answer>> removeUser(Call call);
Task<Result<Answer>> listAudit(Call call);
Task<Result<Answer>> verifyAudit(Call call);
// handlers_teams.cc
Task<Result<Answer>> listTeams(Call call);
Task<Result<Answer>> createTeam(Call call);
Task<Result<Answer>> getTeam(Call call);
Task<Result<Answer>> renameTeam(Call call);
Task<Result<Answer>> removeTeam(Call call);
Task<Result<Answer>> setTeamMember(Call call);
Task<Result<Answer>> removeTeamMember(Call call);
// handlers_members.cc
Task<Result<Answer>> moveProject(Call call);
Task<Result<Answer>> joinProject(Call call);
Task<Result<Answer>> leaveProject(Call call);
Task<Result<Answer>> setProjectMember(Call call);
Task<Result<Answer>> removeProjectMember(Call call);
Task<Result<Answer>> inviteToTeam(Call call);
Task<Result<Answer>> inviteToProject(Call call);
Task<Result<Answer>> listInvitations(Call call);
Task<Result<Answer>> acceptInvitation(Call call);
Task<Result<Answer>> removeInvitation(Call call);
// handlers_tokens.cc
Task<Result<Answer>> listPersonalTokens(Call call);
Task<Result<Answer>> addPersonalToken(Call call);
Task<Result<Answer>> removePersonalToken(Call call);
Task<Result<Answer>> listAdminTokens(Call call);
Task<Result<Answer>> addAdminToken(Call call);
Task<Result<Answer>> removeAdminToken(Call call);
// handlers_backup.cc
Task<Result<Answer>> listBackups(Call call);
Task<void> createBackup(Call call, http::Exchange& exchange);
Task<void> verifyBackup(Call call, http::Exchange& exchange);
Task<void> downloadBackup(Call call, http::Exchange& exchange);
Task<Result<Answer>> removeBackup(Call call);
// handlers_space_archive.cc
Task<void> exportSpace(Call call, http::Exchange& exchange);
Task<void> importSpace(Call call, http::Exchange& exchange);
Task<void> rewindSpace(Call call, http::Exchange& exchange);
Task<Result<Answer>> listMoments(Call call);

}  // namespace redd::control
