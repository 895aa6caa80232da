// The commands on spaces as wholes: names, copies, the trash, settings side by side. As those of commands.h: they print their result and
// answer whether it worked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "confirmation.h"
#include "context.h"

namespace redd::coho {

// commands/space_life.cc
struct CopyArguments {
  std::string from, to;
  bool withData = false;
};
Result<void> listSpaces(const Context& context);
Result<void> copySpace(const Context& context, const CopyArguments& arguments);
Result<void> renameSpace(const Context& context, const std::string& from, const std::string& to);
Result<void> removeSpace(const Context& context, const std::string& space, const Confirmation& confirmation);
Result<void> listTrash(const Context& context);
Result<void> restoreSpace(const Context& context, const std::string& which, const std::string& as);  // by name or id
Result<void> purgeSpace(const Context& context, const std::string& which, const Confirmation& confirmation);

// commands/project_life.cc
Result<void> removeProject(const Context& context, const std::string& project, const Confirmation& confirmation);  // "": that of the folder
Result<void> stats(const Context& context);

// commands/space_settings.cc
struct LimitArguments {
  std::optional<std::uint64_t> requestDeadlineMs, requestsMax, workerHeapMiB;
};
Result<void> showSettings(const Context& context);
Result<void> diffSpaces(const Context& context, const std::string& left, const std::string& right);
Result<void> limits(const Context& context, const LimitArguments& arguments);  // without one: shows them
Result<void> moveDomain(const Context& context, const std::string& domain);

}  // namespace redd::coho
