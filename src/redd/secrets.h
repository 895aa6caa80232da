// What guards secrets before and beside the server: no core dumps, no secret in the environment, and `redd secrets rotate`.
#pragma once

#include <string>

#include "serve.h"

namespace redd {

// Core limit 0, for this process and every one it starts: a core holds secrets in clear (SEC-35). And a core filter of 0, for whoever
// raises the limit and for a kernel that pipes cores to a program, which asks for no limit: such a core has registers, and no memory.
void forbidCoreDumps();

// Takes a variable out of the environment, and its value out of what /proc/PID/environ shows. "" when it is not set.
std::string takeVariable(const char* name);

// A new secret key for a data directory that no server runs on; the process's exit code. Prints what it did, or one sentence of error.
int rotateSecrets(const std::string& dataDir, const std::string& secretKeyFile, Output output);

}  // namespace redd
