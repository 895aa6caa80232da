// The _A_D_M_ endpoints of the published command line (spec 70.5 to 70.11), one function each. Each answers by itself, or returns the
// error that the door prints.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "adm_call.h"

namespace redd::control {

struct AdmEndpoint {
  std::string_view name;       // in the path, behind _A_D_M_
  std::string_view method;
  enum class Rest : std::uint8_t { none, collection } rest;
  std::string_view operation;  // who may this may begin; what is called in the end is checked by itself
  Task<Result<void>> (*serve)(const AdmCall& adm);
};
std::span<const AdmEndpoint> admEndpoints();

// adm_deploy.cc
Task<Result<void>> admDeploy(const AdmCall& adm);
Task<Result<void>> admUndeploy(const AdmCall& adm);           // or, without x-undeploy, rolls back
Task<Result<void>> admDeployments(const AdmCall& adm);        // _A_D_M_query/_hooks
Task<Result<void>> admUsage(const AdmCall& adm);
// adm_query.cc
Task<Result<void>> admQueryCollection(const AdmCall& adm);
Task<Result<void>> admExport(const AdmCall& adm);
Task<Result<void>> admRestore(const AdmCall& adm);
Task<Result<void>> admCollections(const AdmCall& adm);        // _A_D_M_query/_dbmetadata
// adm_data.cc
Task<Result<void>> admGetKey(const AdmCall& adm);
Task<Result<void>> admSetKey(const AdmCall& adm);
Task<Result<void>> admRemoveKey(const AdmCall& adm);
Task<Result<void>> admCreateIndexes(const AdmCall& adm);
Task<Result<void>> admRemoveIndexes(const AdmCall& adm);
// adm_logs.cc
Task<Result<void>> admLogs(const AdmCall& adm);

}  // namespace redd::control
