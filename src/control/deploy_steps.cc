#include "deploy_steps.h"

#include <algorithm>

#include "base/log.h"
#include "json_writer.h"
#include "space/redaction.h"

namespace redd::control {
namespace {

// The line of a script's failure that says what is wrong: "SyntaxError: …", which V8 puts behind the place, or the first.
std::string_view messageOf(std::string_view failure) {
  const auto first = failure.substr(0, failure.find('\n'));
  for (auto rest = failure; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    if (line.find("Error: ") < line.find(' ')) return line;
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return first;
}

}  // namespace

Answer refusedScript(const space::Space& space, const Error& error) {
  const bool ownStack = !error.detail.empty() && error.detail != error.text();
  const auto failure = ownStack ? std::string_view(error.detail) : error.text();
  JsonObject out;
  out.text("error", space::redacted(space, ownStack ? error.text() : messageOf(failure))).text("code", name(error.code));
  if (ownStack || failure.contains('\n')) out.text("stack", space::redacted(space, failure));
  return Answer{out.end(), httpStatus(error.code)};
}

Task<Result<space::SpacePtr>> activate(Services& services, space::SpacePtr space, space::DeploymentPtr ready) {
  space::NewDeployment fresh{.bundle = *ready->bundle,
                             .author = ready->author,
                             .gitHash = ready->gitHash,
                             .gitBranch = ready->gitBranch,
                             .language = ready->language,
                             .manifest = ready->manifest,
                             .id = ready->id,
                             .sourceId = ready->sourceId,
                             .restores = ready->restores};
  co_return co_await services.lane.run<space::SpacePtr>([&services, space, f = std::move(fresh)]() mutable {
    return services.catalogue.activate(space->project, space->name, std::move(f));
  });
}

Task<void> forgetTemplates(const space::SpacePtr& space, StorePtr store) {
  const auto done = co_await suspend<std::uint64_t>([&](Completion<std::uint64_t> removed) { store->kvDelPrefix("", "hbs:", std::move(removed)); });
  if (!done) log::warn("control", "{}: stale templates may be kept: {}", space->label(), done.error().detail);
}

}  // namespace redd::control
