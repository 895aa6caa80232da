// What deploying, rolling back and splitting share. One of them at a time for a space: callers hold its turn (Services::deploys).
#pragma once

#include "data_access.h"
#include "handlers.h"

namespace redd::control {

// What a script did wrong while it loaded is the caller's to see: the message, and the stack when there is one,
// without the space's secrets.
Answer refusedScript(const space::Space& space, const Error& error);

// Publishes a deployment that a prepared worker has loaded. The subscribers of the catalogue post the publication to this loop before
// the catalogue returns on its thread, so it has been handled when this coroutine goes on: whoever hears of success meets the new code.
Task<Result<space::SpacePtr>> activate(Services& services, space::SpacePtr space, space::DeploymentPtr ready);

// After a change of code: the library keeps templates as hbs:… in the key/value store without end (spec 60.5). Failures are logged.
Task<void> forgetTemplates(const space::SpacePtr& space, StorePtr store);

}  // namespace redd::control
