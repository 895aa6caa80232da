#include "graphql_door.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <nlohmann/json.hpp>

#include "answers.h"
#include "base/log.h"
#include "graph_view.h"
#include "json_writer.h"

namespace redd::control {
namespace {

constexpr std::int64_t kStopMs = 2'000;

std::string failureJson(std::string_view message) {
  return R"({"errors":[)" + JsonObject().text("message", message).end() + R"(],"data":null})";
}

bool isJson(const http::RequestHead& head) {
  const auto type = head.headers.find("content-type").value_or("");
  return type.substr(0, type.find(';')) == "application/json";
}

// A supervisor serves spaces; this worker's bounds are its own.
Limits limitsOfWorker(Limits limits, const GraphqlLimits& own) {
  limits.requestsPerSpaceMax = own.requestsMax;
  limits.requestsQueuedPerSpaceMax = own.queuedMax;
  limits.requestQueueWaitMs = limits.requestDeadlineMs = own.deadlineMs;
  limits.workerIdleMs = own.idleMs;
  limits.workerHeapMiB = own.heapMiB;
  limits.bodyWindowBytes = own.answerBytesMax;
  return limits;
}

// The worker gets no bundle: its program is the runtime folder that it is started with.
space::SpacePtr makeProgram() {
  auto deployment = std::make_shared<space::Deployment>();
  deployment->id = "graphql";
  auto program = std::make_shared<space::Space>();
  program->id = program->name = "graphql";
  program->project = "redd";  // no project's unique name is so short
  program->deployment = std::move(deployment);
  program->revision = 1;
  return program;
}

std::string invokeJson(std::uint64_t request, std::string_view text, const account::Principal& caller, const GraphqlLimits& limits) {
  const auto bounds = JsonObject()
                          .number("tokensMax", static_cast<double>(limits.tokensMax))
                          .number("depthMax", static_cast<double>(limits.depthMax))
                          .number("aliasesMax", static_cast<double>(limits.aliasesMax))
                          .number("directivesMax", static_cast<double>(limits.directivesMax))
                          .number("costMax", static_cast<double>(limits.costMax))
                          .end();
  return JsonObject()
      .number("request", static_cast<double>(request))
      .text("text", text)
      .flag("introspection", caller.standing == account::Standing::serverOwner)
      .raw("limits", bounds)
      .end();
}

worker::CallReply refusal(const Error& error) {
  return {worker::CallReply::Kind::error, JsonObject().text("message", error.text()).text("code", name(error.code)).end()};
}

std::string memberText(const nlohmann::json& object, std::string_view member) {
  if (!object.is_object()) return {};
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<const Operation*> operationOf(const nlohmann::json& call) {
  if (call.size() != 6 || !call[3].is_string() || !call[5].is_string()) return Error::hidden(ErrorCode::internal, "a call that is not as agreed");
  const auto& named = call[3].get_ref<const std::string&>();
  const auto* operation = findOperation(named);
  if (operation == nullptr) return Error::make(ErrorCode::unavailable, fmt::format("This server cannot do that: it has no operation '{}'.", named));
  if (operation->run == nullptr || operation->bodySize != BodySize::small) return invalid(fmt::format("'{}' is no operation for GraphQL.", named));
  return operation;
}

// [invocation, "run", request, operation, {path parameters}, "arguments as JSON"]
Result<Arguments> argumentsOf(const Operation& operation, const nlohmann::json& call) {
  Arguments arguments;
  for (auto path = operation.path; path.contains('{'); path = path.substr(path.find('}') + 1)) {
    const auto begin = path.find('{') + 1;
    const auto parameter = path.substr(begin, path.find('}') - begin);
    auto value = memberText(call[4], parameter);
    if (value.empty()) return invalid(fmt::format("'{}' must not be empty.", parameter));
    arguments.set(parameter, std::move(value));
  }
  REDD_TRY_VOID(arguments.addJson(call[5].get_ref<const std::string&>(), operation.arguments));
  return arguments;
}

}  // namespace

// One request, from the moment at which its body was read. Its coroutine, the worker and the operations that run for it share it.
class GraphqlDoor::Request final : public worker::AnswerSink {
 public:
  Request(Loop& loop, std::int64_t deadlineMs) : timer_(loop, std::chrono::milliseconds(deadlineMs)) {}

  account::Principal caller;
  http::ClientSide client;

  // Until there is an answer, the time is up, or the client has gone.
  static Task<void> wait(RequestPtr request) {
    while (!request->over_ && request->timer_.expiry() > std::chrono::steady_clock::now()) {
      co_await request->timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
  }
  static Task<void> waitForOperations(RequestPtr request) {
    if (request->running_ > 0) std::ignore = co_await suspend<void>([request](Completion<void> done) { request->idle_ = std::move(done); });
  }
  void clientGone() { end({}, "gone"); }
  void operationBegins() { ++running_; }
  void operationEnds() {
    if (--running_ == 0 && idle_) std::exchange(idle_, nullptr)(Result<void>{});
  }
  bool over() const { return over_; }
  std::string_view outcome() const { return outcome_; }
  std::string takeText() { return std::move(text_); }

  void onHead(int, std::vector<std::pair<std::string, std::string>>) override {}
  void onBody(std::string_view) override {}
  void onEnd() override { end(failureJson("Internal error"), "failed"); }
  void onNoHook() override { onEnd(); }
  void onBodyConsumed(std::size_t) override {}
  void onAnswer(int, std::vector<std::pair<std::string, std::string>>, std::string_view body) override { end(std::string(body), "answered"); }
  void onFailed(Error error) override {
    log::warn("graphql", "a request failed: {}", error.detail);
    const bool busy = error.code == ErrorCode::unavailable;
    end(failureJson(busy ? "Too many requests are under way. Try again in a moment."
                         : "The GraphQL worker ended while it had this request. What the request was to change may have changed or not: look, then try again."),
        busy ? "busy" : "failed");
  }

 private:
  void end(std::string text, std::string_view outcome) {
    if (std::exchange(over_, true)) return;
    text_ = std::move(text);
    outcome_ = outcome;
    timer_.cancel();
  }

  boost::asio::steady_timer timer_;
  std::string text_;
  std::string_view outcome_ = "timeout";
  bool over_ = false;
  int running_ = 0;  // operations
  Completion<void> idle_;
};

GraphqlDoor::GraphqlDoor(Loop& loop, Services& services, Dispatcher& dispatcher)
    : loop_(loop), services_(services), dispatcher_(dispatcher), workerLimits_(limitsOfWorker(services.limits, services.options.graphql)), program_(makeProgram()) {}

GraphqlDoor::~GraphqlDoor() = default;

Task<void> GraphqlDoor::serve(http::Exchange& exchange) {
  if (exchange.head().method == "POST") {
    auto text = co_await answer(exchange);
    co_await respondJson(exchange, 200, std::move(text));
    co_return;
  }
  http::ResponseHead head{405, {}};
  addControlHeaders(head, "application/json");
  head.headers.add("allow", "POST");
  std::ignore = co_await exchange.respond(std::move(head), failureJson("Method not allowed. Fix: use POST."));
}

Task<std::string> GraphqlDoor::answer(http::Exchange& exchange) {
  const auto bytesMax = services_.options.graphql.bodyBytesMax;
  if (services_.stopping) co_return failureJson("The server is stopping.");
  auto caller = dispatcher_.identify(exchange.head());
  if (!caller || caller->standing == account::Standing::nobody) co_return failureJson("Invalid session");
  if (!isJson(exchange.head())) co_return failureJson("The body must be JSON. Fix: send the header 'content-type: application/json'.");
  auto body = co_await readBody(exchange, bytesMax);
  if (!body && body.error().code == ErrorCode::payloadTooLarge) {
    co_return failureJson(fmt::format("The body is larger than {} bytes, which is all that a query may have.", bytesMax));
  }
  if (!body) co_return failureJson(body.error().text());
  co_return co_await execute(std::move(*caller), std::move(*body), exchange);
}

Task<std::string> GraphqlDoor::execute(account::Principal caller, std::string body, http::Exchange& exchange) {
  const auto supervisor = workers();
  if (!supervisor) {
    log::error("graphql", "the worker cannot be started: {}", supervisor.error().detail);
    co_return failureJson("GraphQL does not work on this server; its log says why.");
  }
  const auto request = std::make_shared<Request>(loop_, services_.options.graphql.deadlineMs);
  request->caller = std::move(caller);
  request->client = services_.options.proxies.clientOf(exchange.head(), exchange.peerAddress());
  exchange.onClientGone([request] { request->clientGone(); });
  const auto number = ++lastRequest_;
  requests_.emplace(number, request);
  auto text = invokeJson(number, body, request->caller, services_.options.graphql);
  const auto invocation = (*supervisor)->invoke(program_, std::move(text), worker::BodyFollows::no, request);
  co_await Request::wait(request);
  invocation->abort(request->over() ? "client" : "timeout");  // nothing, when it has been answered
  requests_.erase(number);
  co_await Request::waitForOperations(request);
  services_.metrics.counter("redd_graphql_requests_total", fmt::format("outcome=\"{}\"", request->outcome())).add();
  if (!request->over()) co_return failureJson("The request took longer than it may. What it was to change may have changed or not: look, then try again.");
  co_return request->takeText();
}

Result<worker::Supervisor*> GraphqlDoor::workers() {
  if (!supervisor_) {
    const auto print = [](const space::SpacePtr&, std::string_view, std::string_view, std::string_view, std::string_view text) {
      log::warn("graphql", "{}", text);
    };
    REDD_TRY(supervisor_, worker::Supervisor::create(loop_, {services_.options.node, services_.options.graphqlDir, {}}, workerLimits_,
                                                     services_.metrics, *this, print));
  }
  return supervisor_.get();
}

Task<void> GraphqlDoor::stop() {
  if (supervisor_) co_await supervisor_->stop(kStopMs);
}

// [invocation, "view" | "run", request, …]
void GraphqlDoor::call(worker::HostCall call) {
  const auto json = nlohmann::json::parse(call.payload.begin(), call.payload.end(), nullptr, false);
  const bool agreed = json.is_array() && json.size() >= 3 && json[1].is_string() && json[2].is_number_unsigned();
  const auto found = agreed ? requests_.find(json[2].get<std::uint64_t>()) : requests_.end();
  if (found == requests_.end()) return call.reply(refusal(Error::make(ErrorCode::cancelled, "Nobody waits for this request any more.")));
  const auto& request = found->second;
  if (json[1] == "view") return call.reply({worker::CallReply::Kind::value, view(request->caller)});
  const auto operation = operationOf(json);
  if (!operation) return call.reply(refusal(operation.error()));
  auto arguments = argumentsOf(**operation, json);
  if (!arguments) {
    dispatcher_.refused(**operation, Call{services_, request->caller, request->client, {}}, arguments.error());
    return call.reply(refusal(arguments.error()));
  }
  request->operationBegins();
  spawn(loop_, run(request, *operation, std::move(*arguments), std::move(call.reply)));
}

std::string GraphqlDoor::view(const account::Principal& caller) const {
  const auto may = [&](std::string_view operation, const Arguments& parameters) {
    const auto* row = findOperation(operation);
    return row != nullptr && dispatcher_.permit(*row, caller, parameters).has_value();
  };
  return graphViewJson({services_.catalogue.snapshot(), services_.accounts.directory(), nowMs()}, caller, may);
}

Task<void> GraphqlDoor::run(RequestPtr request, const Operation* operation, Arguments arguments,
                            std::move_only_function<void(worker::CallReply)> reply) {
  auto done = co_await dispatcher_.run(*operation, Call{services_, request->caller, request->client, std::move(arguments)});
  if (done) {
    reply({worker::CallReply::Kind::value, std::move(done->body)});
  } else {
    reply(refusal(done.error()));
  }
  request->operationEnds();
}

}  // namespace redd::control
