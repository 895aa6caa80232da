#include "dispatcher.h"

#include <fmt/format.h>

#include "auth/authenticator.h"
#include "base/log.h"

namespace redd::control {
namespace {

Error unauthorized(std::string text) { return Error::make(ErrorCode::unauthorized, std::move(text)); }

// What an operation is done to, for people who read the log. No argument that may be a secret stands here.
std::string targetOf(const Arguments& arguments) {
  std::string out;
  for (const std::string_view name : {"project", "space", "team", "user", "invitation", "tokenId", "email", "name", "role"}) {
    const auto value = arguments.text(name);
    if (value.empty()) continue;
    if (!out.empty()) out += name == "space" ? "/" : " ";
    out += value.substr(0, 200);
  }
  return out;
}

Error forbidden(std::string text) { return Error::make(ErrorCode::forbidden, std::move(text)); }

Error tooLow(const Operation& operation, account::Role needed, account::Role has) {
  return forbidden(fmt::format("{} takes the role {}; yours, with this token, is {}.", operation.name, account::name(needed), account::name(has)));
}

account::Role roleFor(Permission permission) {
  switch (permission) {
    case Permission::viewer: return account::Role::viewer;
    case Permission::developer: return account::Role::developer;
    default: return account::Role::owner;
  }
}

Result<void> permitInTeam(const Operation& operation, const account::Directory& directory, const account::Principal& caller, std::string_view teamId) {
  const auto has = directory.team(teamId) == nullptr ? account::Role::none : directory.roleInTeam(caller, teamId);
  if (has == account::Role::none) return notFound("Unknown team");
  const auto needed = roleFor(operation.permission);
  return has < needed ? Result<void>(tooLow(operation, needed, has)) : Result<void>();
}

// A project in which the caller has no role answers like one that does not exist.
Result<void> permitInProject(const Operation& operation, const Services& services, const account::Principal& caller, const Arguments& parameters) {
  const auto catalogue = services.catalogue.snapshot();
  const auto directory = services.accounts.directory();
  const auto found = catalogue->projects.find(parameters.text("project"));
  if (found == catalogue->projects.end()) return notFound("Unknown project");
  const auto& project = *found->second;
  const auto has = directory->roleInProject(caller, {project.teamId, project.id});
  if (has == account::Role::none) return notFound("Unknown project");
  const auto needed = roleFor(operation.permission);
  if (!parameters.has("space")) {
    if (has < needed) return tooLow(operation, needed, has);
    const bool ofProject = caller.spaceId.empty() || operation.permission == Permission::viewer;
    return ofProject ? Result<void>() : forbidden(fmt::format("{} concerns the whole project, and this token reaches one space.", operation.name));
  }
  const auto space = project.spaces.find(parameters.text("space"));
  if (space == project.spaces.end() && !caller.spaceId.empty()) return notFound("Unknown space");
  if (space != project.spaces.end() && !reaches(*directory, caller, project, *space->second)) {
    if (!caller.spaceId.empty() && caller.spaceId != space->second->id) return notFound("Unknown space");
    return forbidden("The space is restricted: only owners of the project's team may.");
  }
  return has < needed ? Result<void>(tooLow(operation, needed, has)) : Result<void>();
}

}  // namespace

bool reaches(const account::Directory& directory, const account::Principal& caller, const space::Project& project, const space::Space& space) {
  if (!caller.spaceId.empty() && caller.spaceId != space.id) return false;
  return space.entry == space::Entry::project || directory.mayEnterRestricted(caller, project.teamId);
}

Result<account::Principal> Dispatcher::identify(const http::RequestHead& head) const {
  const auto given = head.headers.count("authorization") + head.headers.count("x-admintoken");
  if (given == 0) return account::Principal{};
  if (given > 1) return unauthorized("Send one token, as 'Authorization: Bearer TOKEN' or as 'x-admintoken: TOKEN'.");
  const auto bearer = head.headers.find("authorization");
  const auto token = bearer ? auth::Authenticator::bearerToken(*bearer) : head.headers.find("x-admintoken");
  if (!token) return unauthorized("The Authorization header is not 'Bearer TOKEN'.");
  auto caller = services_.accounts.authenticate(*token);
  if (caller.standing == account::Standing::nobody) {
    return unauthorized("The token is not known here, has expired or was revoked. Fix: log in again; the server's owner finds theirs in the file "
                        "owner-token of the server's data directory.");
  }
  return caller;
}

Result<void> Dispatcher::permit(const Operation& operation, const account::Principal& caller, const Arguments& parameters) const {
  if (operation.permission == Permission::anyone) return {};
  if (caller.standing == account::Standing::nobody) {
    return unauthorized("Send a token as 'Authorization: Bearer TOKEN' or as 'x-admintoken: TOKEN'. Fix: coho login URL --token TOKEN");
  }
  switch (operation.permission) {
    case Permission::account: return {};
    case Permission::person:
      if (!caller.isPerson()) return forbidden(fmt::format("{} is for people; this is a team's token.", operation.name));
      if (caller.isNarrow()) return forbidden(fmt::format("{} is not for tokens that reach less than their holder.", operation.name));
      return {};
    case Permission::server:
      if (caller.standing != account::Standing::serverOwner || caller.isNarrow()) {
        return forbidden(fmt::format("{} is for the server's owner.", operation.name));
      }
      return {};
    default: break;
  }
  if (parameters.has("team")) return permitInTeam(operation, *services_.accounts.directory(), caller, parameters.text("team"));
  return permitInProject(operation, services_, caller, parameters);
}

Task<Result<Answer>> Dispatcher::run(const Operation& operation, Call call) {
  Noted noted = begin(operation, call);
  auto permitted = permit(operation, call.caller, call.arguments);
  auto answer = permitted ? co_await operation.run(std::move(call)) : Result<Answer>(std::move(permitted).error());
  if (answer && answer->status == 0) answer->status = operation.status;
  noted.event.status = answer ? answer->status : httpStatus(answer.error().code);
  if (answer && !answer->actorId.empty()) noted.event.who = answer->actorId;
  if (!answer && noted.event.status >= 500) log::warn("control", "{} failed: {}", operation.name, answer.error().detail);
  count(noted);
  if (isAudited(noted)) {
    auto& accounts = services_.accounts;
    const auto written = co_await services_.lane.run<void>([&accounts, event = noted.event] { return accounts.record(event); });
    if (!written) log::error("control", "the audit log lacks {} {}: {}", noted.event.action, noted.event.target, written.error().detail);
  }
  co_return answer;
}

Task<Result<void>> Dispatcher::stream(const Operation& operation, Call call, http::Exchange& exchange) {
  if (auto permitted = permit(operation, call.caller, call.arguments); !permitted) {
    refused(operation, call, permitted.error());
    co_return permitted;
  }
  auto noted = begin(operation, call);
  noted.event.status = 200;  // it began; how it ends is between the two
  count(noted);
  post(std::move(noted));
  co_await operation.stream(std::move(call), exchange);
  co_return Result<void>{};
}

void Dispatcher::refused(const Operation& operation, const Call& call, const Error& error) const {
  auto noted = begin(operation, call);
  noted.event.status = httpStatus(error.code);
  count(noted);
  post(std::move(noted));
}

Dispatcher::Noted Dispatcher::begin(const Operation& operation, const Call& call) {
  const auto& caller = call.caller;
  Noted out{&operation, {}};
  auto& event = out.event;
  event.who = caller.isPerson() ? caller.userId : caller.teamId.empty() ? std::string() : "team:" + caller.teamId;
  event.whoName = caller.email.empty() ? caller.name : caller.email;
  event.credential = caller.tokenId;
  event.action = operation.name;
  event.target = targetOf(call.arguments);
  event.peer = call.client.ip;
  return out;
}

void Dispatcher::count(const Noted& noted) const {
  const auto& event = noted.event;
  services_.metrics.counter("redd_control_operations_total", fmt::format("operation=\"{}\",status=\"{}\"", event.action, event.status)).add();
  if (noted.operation->effect == Effect::read && event.status < 400) return;
  log::info("control", "{} {} by {} from {}: {}", event.action, event.target.empty() ? "-" : event.target, event.who.empty() ? "nobody" : event.who,
            event.peer, event.status);
}

// Every login and every change by somebody known, with its result. Strangers who send nothing that fits leave no row: they could fill a disk.
bool Dispatcher::isAudited(const Noted& noted) {
  const auto status = noted.event.status;
  if (noted.operation->effect == Effect::read || status == 429) return false;
  return !noted.event.who.empty() || (noted.operation->permission == Permission::anyone && status != 400);
}

void Dispatcher::post(Noted noted) const {
  if (!isAudited(noted)) return;
  auto& accounts = services_.accounts;
  const auto action = noted.event.action;
  const bool taken = services_.lane.post([&accounts, event = std::move(noted.event)] {
    if (const auto written = accounts.record(event); !written) log::error("control", "the audit log lacks {}: {}", event.action, written.error().detail);
  });
  if (!taken) log::error("control", "the audit log lacks {}: too many changes are waiting", action);
}

}  // namespace redd::control
