#include <algorithm>

#include "base/log.h"
#include "handlers.h"
#include "json_writer.h"
#include "space/redaction.h"
#include "source_store.h"
#include "views.h"

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

// What a script did wrong while it loaded is the caller's to see: the message, and the stack when there is one.
Answer refusal(const space::Space& space, const Error& error) {
  const bool ownStack = !error.detail.empty() && error.detail != error.text();
  const auto failure = ownStack ? std::string_view(error.detail) : error.text();
  JsonObject out;
  out.text("error", space::redacted(space, ownStack ? error.text() : messageOf(failure))).text("code", name(error.code));
  if (ownStack || failure.contains('\n')) out.text("stack", space::redacted(space, failure));
  return Answer{out.end(), httpStatus(error.code)};
}

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

Task<Result<space::SpacePtr>> activate(Services& services, space::SpacePtr space, space::DeploymentPtr ready) {
  space::NewDeployment fresh{.bundle = *ready->bundle,
                             .author = ready->author,
                             .gitHash = ready->gitHash,
                             .gitBranch = ready->gitBranch,
                             .language = ready->language,
                             .manifest = ready->manifest,
                             .id = ready->id,
                             .sourceId = ready->sourceId};
  co_return co_await services.lane.run<space::SpacePtr>([&services, space, f = std::move(fresh)]() mutable {
    return services.catalogue.activate(space->project, space->name, std::move(f));
  });
}

std::string deployedJson(const space::Deployment& deployment, std::int64_t startMs) {
  return JsonObject()
      .text("id", deployment.id)
      .texts("routes", deployment.manifest.routes)
      .number("bundleBytes", static_cast<double>(deployment.bundleBytes))
      .number("startMs", static_cast<double>(startMs))
      .end();
}

// The library keeps templates as hbs:… in the key/value store without end (spec 60.5).
Task<void> forgetTemplates(const space::SpacePtr& space, StorePtr store) {
  const auto done = co_await suspend<std::uint64_t>([&](Completion<std::uint64_t> removed) { store->kvDelPrefix("", "hbs:", std::move(removed)); });
  if (!done) log::warn("control", "{}: stale templates may be kept: {}", space->label(), done.error().detail);
}

// The subscribers of the catalogue post the publication to this loop before activate() returns on its thread, so it has been
// handled when this coroutine goes on: whoever hears 201 meets the new code.
Task<Result<Answer>> tryAndActivate(Services& services, space::SpacePtr space, space::DeploymentPtr candidate) {
  const auto startedNs = monotonicNs();
  auto manifest = co_await services.supervisor.prepare(space, candidate);
  if (!manifest) co_return refusal(*space, manifest.error());
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

Task<Result<Answer>> listDeployments(Call call) {
  auto& catalogue = call.services.catalogue;
  REDD_CO_TRY(const auto space, call.space());
  REDD_CO_TRY(const auto kept, co_await call.services.lane.run<std::vector<space::Deployment>>(
                                   [&catalogue, space] { return catalogue.deployments(space->project, space->name); }));
  const auto activeId = space->deployment ? space->deployment->id : std::string();
  const auto one = [&activeId](const space::Deployment& deployment) {
    return JsonObject()
        .text("id", deployment.id)
        .flag("active", deployment.id == activeId)
        .number("createdMs", static_cast<double>(deployment.createdMs))
        .text("author", deployment.author)
        .text("gitHash", deployment.gitHash)
        .text("gitBranch", deployment.gitBranch)
        .number("bundleBytes", static_cast<double>(deployment.bundleBytes))
        .raw("hooks", hooksJson(deployment.manifest))
        .end();
  };
  co_return Answer{JsonObject().raw("deployments", jsonList(kept, one)).end()};
}

Task<Result<Answer>> listWorkers(Call call) {
  REDD_CO_TRY(const auto space, call.space());
  std::vector<worker::Supervisor::WorkerInfo> own;
  for (auto& worker : call.services.supervisor.workers()) {
    if (worker.space == space->label() || worker.space == space->id) own.push_back(std::move(worker));
  }
  const auto one = [](const worker::Supervisor::WorkerInfo& worker) {
    return JsonObject()
        .number("id", static_cast<double>(worker.id))
        .number("pid", worker.pid)
        .text("deployment", worker.deployment)
        .text("state", worker.state)
        .number("invocations", static_cast<double>(worker.invocations))
        .end();
  };
  co_return Answer{JsonObject().raw("workers", jsonList(own, one)).end()};
}

}  // namespace redd::control
