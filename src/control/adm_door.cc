#include "adm_door.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "answers.h"
#include "http/url.h"
#include "json_writer.h"
#include "space/host.h"

namespace redd::control {
namespace {

using Rest = AdmEndpoint::Rest;

// Collections that are none: the history of deployments, and what collections there are.
Task<Result<void>> admQueryAny(const AdmCall& adm) {
  if (adm.target.rest == "_hooks") return admDeployments(adm);
  if (adm.target.rest == "_dbmetadata") return admCollections(adm);
  return admQueryCollection(adm);
}

constexpr std::array kEndpoints = {
    AdmEndpoint{"deploy", "POST", Rest::none, "deploy", admDeploy},
    AdmEndpoint{"deploy", "DELETE", Rest::none, "deploy", admUndeploy},
    AdmEndpoint{"query", "GET", Rest::collection, "document.find", admQueryAny},
    AdmEndpoint{"logs", "GET", Rest::none, "log.follow", admLogs},
    AdmEndpoint{"keys", "GET", Rest::none, "key.get", admGetKey},
    AdmEndpoint{"keys", "POST", Rest::none, "key.set", admSetKey},
    AdmEndpoint{"keys", "DELETE", Rest::none, "key.remove", admRemoveKey},
    AdmEndpoint{"indexes", "POST", Rest::none, "index.create", admCreateIndexes},
    AdmEndpoint{"indexes", "DELETE", Rest::none, "index.remove", admRemoveIndexes},
    AdmEndpoint{"restore", "POST", Rest::collection, "document.import", admRestore},
    AdmEndpoint{"export", "GET", Rest::collection, "document.find", admExport},
    AdmEndpoint{"usage", "GET", Rest::none, "project.usage", admUsage},
};

std::string endpointsJson() {
  const auto row = [](const AdmEndpoint& one) {
    return json::quoted(fmt::format("{} /SPACE/_A_D_M_{}{}", one.method, one.name, one.rest == Rest::none ? "" : "/COLLECTION"));
  };
  return jsonList(kEndpoints, row);
}

bool isAt(const AdmEndpoint& endpoint, const AdmTarget& target) {
  return endpoint.name == target.endpoint && (endpoint.rest == Rest::collection) == !target.rest.empty();
}

std::vector<std::string_view> methodsAt(const AdmTarget& target) {
  std::vector<std::string_view> methods;
  for (const auto& one : kEndpoints) {
    if (isAt(one, target)) methods.push_back(one.method);
  }
  return methods;
}

}  // namespace

std::span<const AdmEndpoint> admEndpoints() { return kEndpoints; }

bool AdmDoor::owns(const http::RequestHead& head) const {
  return http::isAdministrationPath(head.path()) && space::spaceOfHost(*services_.catalogue.snapshot(), head.host) == nullptr;
}

Task<void> AdmDoor::serve(http::Exchange& exchange) {
  const auto& head = exchange.head();
  auto project = std::string(space::projectInHost(head.host));
  if (project.empty() && services_.hosts.classify(head.host) == HostKind::refused) {
    co_await respondMisdirected(exchange);
    co_return;
  }
  if (project.empty()) project = services_.catalogue.snapshot()->defaultProject;
  auto target = admTarget(head.path());
  const bool isThere = target && std::ranges::any_of(kEndpoints, [&](const auto& one) { return isAt(one, *target); });
  if (!isThere) {
    const Error error = target ? notFound("No such administration endpoint") : target.error();
    co_await respondJson(exchange, httpStatus(error.code),
                         JsonObject().text("error", error.text()).text("code", name(error.code)).raw("endpoints", endpointsJson()).end());
    co_return;
  }
  const auto chosen = std::ranges::find_if(kEndpoints, [&](const auto& one) { return isAt(one, *target) && one.method == head.method; });
  if (chosen == kEndpoints.end()) {
    co_await refuseMethod(exchange, methodsAt(*target));
    co_return;
  }
  co_await perform(*chosen, AdmCall(services_, dispatcher_, exchange, std::move(*target), std::move(project)));
}

Task<void> AdmDoor::perform(const AdmEndpoint& endpoint, AdmCall adm) {
  auto caller = whoIsIt(endpoint, adm);
  if (!caller) {  // before the body is read
    dispatcher_.refused(*findOperation(endpoint.operation), adm.call(), caller.error());
    co_await respondError(adm.exchange, caller.error());
    co_return;
  }
  adm.caller = std::move(*caller);
  auto done = adm.call().space();
  auto served = done ? co_await endpoint.serve(adm) : Result<void>(done.error());
  if (!served && !adm.exchange.headSent()) co_await respondError(adm.exchange, std::move(served).error());
}

// Spec 30.7: who has nothing to do with the project is told no more than that; a member whose role is too small, which one it takes.
Result<account::Principal> AdmDoor::whoIsIt(const AdmEndpoint& endpoint, const AdmCall& adm) const {
  REDD_TRY(auto caller, dispatcher_.identify(adm.head()));
  const auto call = adm.call();
  const auto permitted = dispatcher_.permit(*findOperation(endpoint.operation), caller, call.arguments);
  if (permitted) return caller;
  if (permitted.error().code == ErrorCode::forbidden && !dispatcher_.permit(*findOperation("space.get"), caller, call.arguments)) {
    return Error::make(ErrorCode::unauthorized, "The token gives no access to this project and space.");
  }
  return permitted.error();
}

}  // namespace redd::control
