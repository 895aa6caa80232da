// The source files of a deployment, read back out of a space's file store: for downloads and copies.
#pragma once

#include <string>
#include <vector>

#include "data_access.h"

namespace redd::control {

// All files of a scope (store/files.h), by path. Errors: the store's.
Task<Result<std::vector<store::FileInfo>>> listSources(StorePtr store, std::string scope);

// One file of it, whole: at most Limits::deployBodyBytesMax came in with one deploy.
Task<Result<std::string>> readSource(StorePtr store, std::string scope, std::string path);

}  // namespace redd::control
