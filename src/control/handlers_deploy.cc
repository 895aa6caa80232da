#include <algorithm>

#include "deploy_steps.h"
#include "json_writer.h"
#include "source_store.h"
#include "views.h"

namespace redd::control {
namespace {

// An archive's description holds the arguments of the JSON form. The files are views into `tar`.
Result<std::vector<SourceFile>> unpack(Call& call, std::string_view tar) {
  REDD_TRY(auto archive, readDeployArchive(tar, call.services.limits));
  const auto row = std::ranges::find(operations(), "deploy", &Operation::name);
  REDD_TRY_VOID(call.arguments.addJson(archive.description, row->arguments));
  return std::move(archive.files);
}

// Without an archive the space keeps the source files that it has.
space::DeploymentPtr candidateOf(Call& call, const space::Space& space) {
  auto out = std::make_shared<space::Deployment>();
  out->id = call.services.catalogue.newDeploymentId();
  out->createdMs = nowMs();
  out->author = call.arguments.text("author");
  out->gitHash = call.arguments.text("gitHash");
  out->gitBranch = call.arguments.text("gitBranch");
  out->language = call.arguments.text("language");
  out->bundle = std::make_shared<const std::string>(call.arguments.takeText("bundle"));
  out->bundleBytes = out->bundle->size();
  if (!call.arguments.has("archive") && space.deployment) out->sourceId = space.deployment->sourceScope();
  return out;
}

std::string deployedJson(const space::Deployment& deployment, std::int64_t startMs) {
  return JsonObject()
      .text("id", deployment.id)
      .texts("routes", deployment.manifest.routes)
      .number("bundleBytes", static_cast<double>(deployment.bundleBytes))
      .number("startMs", static_cast<double>(startMs))
      .end();
}

Task<Result<Answer>> tryAndActivate(Services& services, space::SpacePtr space, space::DeploymentPtr candidate) {
  const auto startedNs = monotonicNs();
  auto manifest = co_await services.supervisor.prepare(space, candidate);
  if (!manifest) co_return refusedScript(*space, manifest.error());
  const auto startMs = (monotonicNs() - startedNs) / 1'000'000;

  auto ready = std::make_shared<space::Deployment>(*candidate);
  ready->manifest = std::move(*manifest);
  if (ready->manifest.startup) co_await services.supervisor.runStartupHook(space, ready);
  REDD_CO_TRY_VOID(co_await activate(services, space, ready));
  co_return Answer{deployedJson(*ready, startMs)};
}

}  // namespace

Task<Result<Answer>> deploy(Call call) {
  auto& services = call.services;
  auto tar = call.arguments.takeText("archive");
  std::vector<SourceFile> sources;
  if (call.arguments.has("archive")) {
    REDD_CO_TRY(sources, unpack(call, tar));
  }
  REDD_CO_TRY(auto space, call.space());
  REDD_CO_TRY(const auto turn, co_await services.deploys.take(space->id));
  REDD_CO_TRY(space, call.space());  // settings may have changed, or the space gone, while this one waited

  const auto candidate = candidateOf(call, *space);
  if (candidate->bundle->empty()) co_return invalid("'bundle' is empty.");
  REDD_CO_TRY(const auto store, co_await openStore(call));
  const auto stored = co_await storeSources(store, candidate->id, sources);
  tar = {};
  auto answer = stored ? co_await tryAndActivate(services, space, candidate) : Result<Answer>(stored.error());
  if (answer && answer->status == 0) co_await forgetTemplates(space, store);
  co_await tidySources(services, space, store);
  co_return answer;
}

}  // namespace redd::control
