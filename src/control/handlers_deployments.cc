// What happens to deployments after they were made: the history, and the ways back.
#include <fmt/format.h>

#include <algorithm>

#include "answers.h"
#include "deploy_steps.h"
#include "json_writer.h"
#include "source_reader.h"
#include "source_store.h"
#include "tar_writer.h"
#include "views.h"

namespace redd::control {
namespace {

std::string entryJson(const space::Space& space, const space::Deployment& deployment) {
  const bool isActive = space.deployment && space.deployment->id == deployment.id;
  unsigned percent = isActive ? 100 : 0;
  if (space.split && isActive) percent -= space.split->percent;
  if (space.split && space.split->deployment->id == deployment.id) percent = space.split->percent;
  return JsonObject()
      .text("id", deployment.id)
      .flag("active", isActive)
      .number("percent", percent)
      .number("createdMs", static_cast<double>(deployment.createdMs))
      .text("author", deployment.author)
      .text("gitHash", deployment.gitHash)
      .text("gitBranch", deployment.gitBranch)
      .text("language", deployment.language)
      .number("bundleBytes", static_cast<double>(deployment.bundleBytes))
      .text("restores", deployment.restores)
      .raw("hooks", hooksJson(deployment.manifest))
      .end();
}

Task<Result<std::vector<space::Deployment>>> keptOf(Services& services, space::SpacePtr space) {
  co_return co_await services.lane.run<std::vector<space::Deployment>>(
      [&services, space] { return services.catalogue.deployments(space->project, space->name); });
}

Task<Result<space::DeploymentPtr>> wholeOf(Services& services, space::SpacePtr space, std::string id) {
  co_return co_await services.lane.run<space::DeploymentPtr>(
      [&services, space, id = std::move(id)] { return services.catalogue.deployment(space->project, space->name, id); });
}

// The deployment to which a roll-back without an id leads: the one before the active one; after an undeploy the newest.
Result<std::string> previousOf(const space::Space& space, const std::vector<space::Deployment>& kept) {
  auto at = kept.begin();
  if (space.deployment) {
    at = std::ranges::find(kept, space.deployment->id, &space::Deployment::id);
    if (at != kept.end()) ++at;
  }
  if (at == kept.end()) return invalid("There is nothing to roll back to: no earlier deployment is kept.");
  return at->id;
}

// A new entry of the history with the code of a kept one, so that rolling back from it leads to where one was.
space::DeploymentPtr renewed(const Call& call, const space::Deployment& kept) {
  auto out = std::make_shared<space::Deployment>(kept);
  out->id = call.services.catalogue.newDeploymentId();
  out->createdMs = nowMs();
  out->author = call.caller.name;
  out->sourceId = kept.sourceScope();
  out->restores = kept.id;
  return out;
}

// A worker of the split's deployment, beside the active one's.
Task<Result<void>> prepareAlternative(Services& services, space::SpacePtr space, space::DeploymentPtr deployment) {
  if (space->split && space->split->deployment->id == deployment->id) co_return Result<void>{};  // it runs
  auto alternative = std::make_shared<space::Space>(*space);
  alternative->deployment = nullptr;
  alternative->split.reset();
  alternative->alternative = nullptr;
  alternative->version = space::Space::Version::alternative;
  REDD_CO_TRY_VOID(co_await services.supervisor.prepare(alternative, deployment));
  co_return Result<void>{};
}

Task<Result<space::SpacePtr>> publishSplit(Services& services, space::SpacePtr space, std::optional<space::Split> split) {
  co_return co_await services.lane.run<space::SpacePtr>(
      [&services, space, split] { return services.catalogue.setSplit(space->project, space->name, split); });
}

std::string splitAnswer(const space::Space& space) {
  return JsonObject().text("active", space.deployment->id).raw("split", splitJson(space)).end();
}

Task<Result<space::SpacePtr>> toPrevious(Services& services, space::SpacePtr space, space::DeploymentPtr target) {
  co_return co_await services.lane.run<space::SpacePtr>(
      [&services, space, target] { return services.catalogue.rollBack(space->project, space->name, target); });
}

// The deployment that the path names: an id, or "active".
Task<Result<space::DeploymentPtr>> named(Call& call) {
  REDD_CO_TRY(const auto space, call.space());
  const auto id = call.arguments.text("deployment");
  if (id != "active") co_return co_await wholeOf(call.services, space, id);
  if (!space->deployment) co_return notFound("No code is deployed.");
  co_return space->deployment;
}

Task<Result<void>> sendSources(Call& call, http::Exchange& exchange) {
  REDD_CO_TRY(const auto deployment, co_await named(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  const auto& scope = deployment->sourceScope();
  REDD_CO_TRY(const auto files, co_await listSources(store, scope));
  if (files.empty()) co_return notFound(fmt::format("Deployment {} came without source files.", deployment->id));
  http::ResponseHead head;
  addControlHeaders(head, "application/x-tar");
  head.headers.add("content-disposition", fmt::format("attachment; filename=\"{}.tar\"", deployment->id));
  REDD_CO_TRY_VOID(co_await exchange.sendHead(std::move(head)));
  for (const auto& file : files) {
    if (call.services.stopping) co_return stoppingError();
    REDD_CO_TRY(const auto content, co_await readSource(store, scope, file.path));
    const auto header = tarHeader(std::string_view(file.path).substr(1), content.size(), file.modified);
    REDD_CO_TRY_VOID(co_await exchange.sendBody(header + content + tarPadding(content.size())));
  }
  REDD_CO_TRY_VOID(co_await exchange.sendBody(tarTail()));
  co_return co_await exchange.finish();
}

}  // namespace

Task<Result<Answer>> readBundle(Call call) {
  REDD_CO_TRY(const auto deployment, co_await named(call));
  co_return Answer{*deployment->bundle, 0, "text/javascript; charset=utf-8"};
}

Task<void> readSources(Call call, http::Exchange& exchange) {
  auto done = co_await sendSources(call, exchange);
  co_await endStream("deploy.source", std::move(done), exchange);
}

Task<Result<Answer>> listDeployments(Call call) {
  REDD_CO_TRY(const auto space, call.space());
  REDD_CO_TRY(const auto kept, co_await keptOf(call.services, space));
  co_return Answer{JsonObject().raw("deployments", jsonList(kept, [&space](const auto& one) { return entryJson(*space, one); })).end()};
}

Task<Result<Answer>> rollBack(Call call) {
  auto& services = call.services;
  REDD_CO_TRY(auto space, call.space());
  REDD_CO_TRY(const auto turn, co_await services.deploys.take(space->id));
  REDD_CO_TRY(space, call.space());  // settings may have changed, or the space gone, while this one waited

  const auto startedNs = monotonicNs();
  const auto wanted = call.arguments.text("deployment");
  auto id = wanted;
  if (wanted.empty()) {
    REDD_CO_TRY(const auto kept, co_await keptOf(services, space));
    REDD_CO_TRY(id, previousOf(*space, kept));
  } else if (space->deployment && space->deployment->id == wanted) {
    co_return invalid(fmt::format("Deployment {} is the active one already.", wanted));
  }
  REDD_CO_TRY(const auto kept, co_await wholeOf(services, space, id));
  const auto target = wanted.empty() ? kept : renewed(call, *kept);
  REDD_CO_TRY(const auto store, co_await openStore(call));
  const auto loaded = co_await services.supervisor.prepare(space, target);
  if (!loaded) co_return refusedScript(*space, loaded.error());
  const auto before = space->deployment ? space->deployment->id : std::string();
  REDD_CO_TRY(space, wanted.empty() ? co_await toPrevious(services, space, target) : co_await activate(services, space, target));
  const auto tookMs = (monotonicNs() - startedNs) / 1'000'000;
  co_await forgetTemplates(space, store);
  co_await tidySources(services, space, store);
  co_return Answer{JsonObject()
                       .text("id", target->id)
                       .text("restores", target->restores)
                       .text("replaced", before)
                       .texts("routes", target->manifest.routes)
                       .number("tookMs", static_cast<double>(tookMs))
                       .end()};
}

Task<Result<Answer>> setSplit(Call call) {
  auto& services = call.services;
  const auto id = call.arguments.text("deployment");
  const auto percent = *call.arguments.count("percent");
  if (percent > 100) co_return invalid(fmt::format("'percent' is {}; it must be 0 to 100.", percent));
  REDD_CO_TRY(auto space, call.space());
  REDD_CO_TRY(const auto turn, co_await services.deploys.take(space->id));
  REDD_CO_TRY(space, call.space());
  if (!space->deployment) co_return notFound("No code is deployed.");
  if (space->deployment->id == id) co_return invalid(fmt::format("Deployment {} is the active one. Fix: name the other one of the split.", id));
  REDD_CO_TRY(const auto kept, co_await wholeOf(services, space, id));
  if (percent == 100) {
    const auto target = renewed(call, *kept);
    if (const auto loaded = co_await services.supervisor.prepare(space, target); !loaded) co_return refusedScript(*space, loaded.error());
    REDD_CO_TRY(space, co_await activate(services, space, target));
    co_return Answer{splitAnswer(*space)};
  }
  if (percent > 0) {
    if (const auto loaded = co_await prepareAlternative(services, space, kept); !loaded) co_return refusedScript(*space, loaded.error());
  }
  auto split = percent == 0 ? std::nullopt : std::optional(space::Split{kept, static_cast<unsigned>(percent)});
  REDD_CO_TRY(space, co_await publishSplit(services, space, std::move(split)));
  co_return Answer{splitAnswer(*space)};
}

Task<Result<Answer>> undeploy(Call call) {
  auto& services = call.services;
  REDD_CO_TRY(auto space, call.space());
  REDD_CO_TRY(const auto turn, co_await services.deploys.take(space->id));
  REDD_CO_TRY_VOID(co_await services.lane.run<space::SpacePtr>(
      [&services, space] { return services.catalogue.undeploy(space->project, space->name); }));
  co_return Answer{R"({"ok":true})"};
}

}  // namespace redd::control
