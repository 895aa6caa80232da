#include "dispatcher.h"

#include <fmt/format.h>

#include "auth/authenticator.h"
#include "base/log.h"

namespace redd::control {
namespace {

Error unauthorized(std::string text) { return Error::make(ErrorCode::unauthorized, std::move(text)); }

std::string targetOf(const Arguments& parameters) {
  const auto space = parameters.text("space");
  return space.empty() ? parameters.text("project") : parameters.text("project") + "/" + space;
}

}  // namespace

Result<account::Principal> Dispatcher::identify(const http::RequestHead& head) const {
  const auto given = head.headers.count("authorization") + head.headers.count("x-admintoken");
  if (given == 0) return account::Principal{};
  if (given > 1) return unauthorized("Send one token, as 'Authorization: Bearer TOKEN' or as 'x-admintoken: TOKEN'.");
  const auto bearer = head.headers.find("authorization");
  const auto token = bearer ? auth::Authenticator::bearerToken(*bearer) : head.headers.find("x-admintoken");
  if (!token) return unauthorized("The Authorization header is not 'Bearer TOKEN'.");
  const auto found = services_.catalogue.authenticate(*token);
  if (found.role == space::Role::none) {
    return unauthorized("The token is not known here. Fix: take the one in the file owner-token of the server's data directory.");
  }
  account::Principal caller;
  caller.standing = account::Standing::serverOwner;
  caller.userId = found.userId;
  caller.name = found.name;
  caller.email = found.email;
  return caller;
}

Result<void> Dispatcher::permit(const Operation& operation, const account::Principal& caller, const Arguments&) const {
  if (operation.permission == Permission::anyone || caller.standing == account::Standing::serverOwner) return {};
  return unauthorized("Send the owner's token as 'Authorization: Bearer TOKEN' or as 'x-admintoken: TOKEN'. Fix: coho login URL --token TOKEN");
}

Task<Result<Answer>> Dispatcher::run(const Operation& operation, Call call) {
  const auto target = targetOf(call.arguments);
  const Call who{services_, call.caller, call.host, call.peer, {}};
  auto permitted = permit(operation, call.caller, call.arguments);
  auto answer = permitted ? co_await operation.run(std::move(call)) : Result<Answer>(std::move(permitted).error());
  if (answer && answer->status == 0) answer->status = operation.status;
  const int status = answer ? answer->status : httpStatus(answer.error().code);
  note(operation, who, target, status);
  if (!answer && status >= 500) log::warn("control", "{} failed: {}", operation.name, answer.error().detail);
  co_return answer;
}

Task<Result<void>> Dispatcher::stream(const Operation& operation, Call call, http::Exchange& exchange) {
  if (auto permitted = permit(operation, call.caller, call.arguments); !permitted) {
    refused(operation, call, permitted.error());
    co_return permitted;
  }
  note(operation, call, targetOf(call.arguments), 200);
  co_await operation.stream(std::move(call), exchange);
  co_return Result<void>{};
}

void Dispatcher::refused(const Operation& operation, const Call& call, const Error& error) const {
  note(operation, call, targetOf(call.arguments), httpStatus(error.code));
}

// Who did what to which space, from where, with which result; never a value.
void Dispatcher::note(const Operation& operation, const Call& call, std::string_view target, int status) const {
  services_.metrics.counter("redd_control_operations_total", fmt::format("operation=\"{}\",status=\"{}\"", operation.name, status)).add();
  if (operation.effect == Effect::read && status < 400) return;
  log::info("control", "{} {} by {} from {}: {}", operation.name, target.empty() ? "-" : target,
            call.caller.userId.empty() ? "nobody" : call.caller.userId, call.peer, status);
}

}  // namespace redd::control
