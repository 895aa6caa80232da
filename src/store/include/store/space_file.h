// The data of a space as a file, for those who carry it about: backups, archives, restores. All calls block and open the file themselves;
// no server may have it open, but for blobsNamedIn.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace redd::store {

// The hashes of the files' contents, each once. Empty: it has none, or was written before there were files.
Result<std::vector<std::string>> blobsNamedIn(const std::filesystem::path& dataFile);

// A data.sqlite that came from elsewhere, before anybody serves it: every page is whole, and its schema is, statement for statement, the
// one that a redd of its format makes, so that it holds nothing that runs (triggers, views). Then it is brought to the format of this
// redd. Errors: invalidArgument, unavailable (a newer format).
Result<void> acceptForeign(const std::filesystem::path& dataFile);

}  // namespace redd::store
