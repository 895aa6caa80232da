// `redd audit verify`: is the audit log as it was written (SEC-36)?
#pragma once

#include <string>

#include "serve.h"

namespace redd {

// Prints the verdict; the process's exit code: 0 good, 1 a bad row, 2 it cannot be read.
int verifyAudit(const std::string& dataDir, const std::string& secretKeyFile, Output output);

}  // namespace redd
