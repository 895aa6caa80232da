// The GraphQL door: POST /graphql as the published command line sends it (spec 70.4, SEC-37). Says who calls, hands the body to a Node worker
// of the server's own (runtime/graphql), and runs for the caller the operations that the worker names. The worker holds no credential.
//
// Every answer is 200 with {data} or {errors: [{message}], data}, but for a wrong method. The worker starts with the first request, retires
// when idle (GraphqlLimits::idleMs) and is replaced when it dies or blocks; a request is answered within GraphqlLimits::deadlineMs.
// Belongs to the loop of Control, which stops calling serve() before stop().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/task.h"
#include "dispatcher.h"
#include "http/server.h"
#include "services.h"
#include "worker/host_calls.h"
#include "worker/supervisor.h"

namespace redd::control {

class GraphqlDoor final : private worker::HostCalls {
 public:
  GraphqlDoor(Loop& loop, Services& services, Dispatcher& dispatcher);
  ~GraphqlDoor() override;

  static constexpr std::string_view kPath = "/graphql";
  Task<void> serve(http::Exchange& exchange);
  Task<void> stop();  // ends the worker

 private:
  class Request;
  using RequestPtr = std::shared_ptr<Request>;

  Task<std::string> answer(http::Exchange& exchange);
  Task<std::string> execute(account::Principal caller, std::string body, http::Exchange& exchange);
  Result<worker::Supervisor*> workers();

  void call(worker::HostCall call) override;
  void invocationEnded(std::uint64_t, std::uint32_t) override {}
  void workerEnded(std::uint64_t) override {}
  std::string view(const account::Principal& caller) const;
  Task<void> run(RequestPtr request, const Operation* operation, Arguments arguments, std::move_only_function<void(worker::CallReply)> reply);

  Loop& loop_;
  Services& services_;
  Dispatcher& dispatcher_;
  const Limits workerLimits_;
  const space::SpacePtr program_;  // stands for the worker's code, where a supervisor expects a space
  std::unique_ptr<worker::Supervisor> supervisor_;
  std::map<std::uint64_t, RequestPtr> requests_;  // under way, by the number that the worker knows
  std::uint64_t lastRequest_ = 0;
};

}  // namespace redd::control
