// The commands on deployments that exist: the history and the ways back. As those of commands.h: they print their result and answer whether
// it worked.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "confirmation.h"
#include "context.h"

namespace redd::coho {

// commands/deployments.cc
Result<void> deployHistory(const Context& context);
Result<void> rollBack(const Context& context, const std::string& deployment);  // "": the one before the active one
Result<void> undeploy(const Context& context, const Confirmation& confirmation);

struct SplitArguments {
  std::string deployment;
  std::uint32_t percent = 0;
};
Result<void> split(const Context& context, const SplitArguments& arguments);

struct SourceArguments {
  std::string deployment = "active";
  std::string out;  // the folder; of bundle the file
};
Result<void> source(const Context& context, const SourceArguments& arguments);
Result<void> bundle(const Context& context, const SourceArguments& arguments);

}  // namespace redd::coho
