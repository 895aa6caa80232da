// The source files of deployments in a space's file store (store/files.h): scope = the deployment's id. One deploy of a space at a time.
#pragma once

#include <string>
#include <vector>

#include "data_access.h"
#include "deploy_archive.h"

namespace redd::control {

// Errors: what the store says of the first file that it did not take; others may be stored then.
Task<Result<void>> storeSources(StorePtr store, std::string scope, const std::vector<SourceFile>& files);

// Removes source files that no deployment in the catalogue uses: of those that are no longer kept, and of one that was refused. Failures
// are logged: the next deploy tidies them away.
Task<void> tidySources(Services& services, const space::SpacePtr& space, StorePtr store);

}  // namespace redd::control
