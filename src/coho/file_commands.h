// The commands on a space's file store (spec 60.4): what app.storage serves and filestore reads. As commands.h says of the others.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "context.h"

namespace redd::coho {

// commands/files.cc
struct FileArguments {
  std::vector<std::string> paths;  // in the store; of put: here
  std::string target;              // of put: the directory in the store, or of one file its path
  std::string file;                // of get: where to; "-" standard output
  std::string match;               // of rm: a regular expression, searched for in the paths of all files
  bool isDryRun = false;
};
Result<void> listFiles(const Context& context, const FileArguments& arguments);
Result<void> putFiles(const Context& context, const FileArguments& arguments);
Result<void> getFile(const Context& context, const FileArguments& arguments);
Result<void> removeFiles(const Context& context, const FileArguments& arguments);

}  // namespace redd::coho
