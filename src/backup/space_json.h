// A space's catalogue entry as JSON, in an archive. Pure.
#pragma once

#include <string>
#include <string_view>

#include "backup/space_archive.h"
#include "base/result.h"
#include "space/space.h"

namespace redd::backup {

std::string spaceText(const space::Space& space);    // without bundle and secrets, which are named and counted
std::string secretsText(const space::Space& space);  // the values themselves

// What spaceText() wrote; the deployment, if there is one, has no bundle yet. `named` are the secrets that the space had.
Result<space::AdoptedSpace> spaceFrom(std::string_view text, Secrets& named);
Result<void> addSecrets(std::string_view text, space::AdoptedSpace& out);
Secrets secretsOf(const space::Space& space);

}  // namespace redd::backup
