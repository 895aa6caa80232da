#include "control/control.h"

#include <fmt/format.h>

#include <algorithm>

#include "adm_door.h"
#include "answers.h"
#include "backups.h"
#include "dispatcher.h"
#include "followers.h"
#include "graphql_door.h"
#include "http/url.h"
#include "json_writer.h"
#include "operations.h"
#include "page.h"
#include "space_sweeper.h"
#include "web_door.h"

namespace redd::control {
namespace {

constexpr std::uint64_t kSmallBodyBytesMax = 1 << 20;

// 404: what there is. Nothing in it is a secret: API.md says the same.
std::string listingJson(std::string_view path) {
  const auto row = [](const Operation& operation) { return json::quoted(fmt::format("{} {}", operation.method, operation.path)); };
  return JsonObject()
      .text("error", fmt::format("There is no operation at {}.", path.substr(0, 200)))
      .text("code", "not_found")
      .raw("operations", jsonList(operations(), row))
      .end();
}

// A change is refused when a browser says that a page of another site asks for it, and when its body is not what our own clients send
// (SEC-34). No credential is ambient here (docs/decisions/0007-bearer-tokens.md); this is a second wall.
Result<void> checkOrigin(const http::RequestHead& head, const std::string& host, const Operation& operation) {
  if (operation.method == "GET") return {};
  const auto site = head.headers.find("sec-fetch-site");
  const auto origin = head.headers.find("origin");
  const bool sameSite = !site || *site == "same-origin" || *site == "none";
  const bool sameOrigin = !origin || site || *origin == "http://" + host || *origin == "https://" + host;
  if (!sameSite || !sameOrigin) {
    return Error::make(ErrorCode::forbidden, "A page of another site may not change anything here. Fix: send the request from a page of this server, or "
                                             "from a program.");
  }
  if (operation.bodySize == BodySize::streamed || !head.hasBody()) return {};
  const auto type = head.headers.find("content-type").value_or("");
  const auto bare = type.substr(0, type.find_first_of("; "));
  if (bare == "application/json" || (!operation.archiveType.empty() && bare == operation.archiveType)) return {};
  return invalid(fmt::format("The body's content type is '{}'. Fix: send 'content-type: application/json'.", type.substr(0, 100)));
}

// HEAD asks for the head of what GET would answer; a stream has none of its own.
bool answersTo(const Operation& operation, std::string_view method) {
  return operation.method == method || (method == "HEAD" && operation.method == "GET" && operation.stream == nullptr);
}

std::vector<std::string_view> methodsOf(const std::vector<Match>& matches) {
  std::vector<std::string_view> methods;
  for (const auto& one : matches) methods.push_back(one.operation->method);
  return methods;
}

class RestDoor final : public Control {
 public:
  RestDoor(Loop& loop, ControlOptions options, const Limits& limits, Metrics& metrics, const Activity& activity, space::Catalogue& catalogue,
           account::Accounts& accounts, worker::Supervisor& supervisor, store::Stores& stores, store::LogBook& logBook,
           const http::AddressPolicy& keySetAddresses, WebPack adminUi)
      : services_{.options = options,
                  .limits = limits,
                  .metrics = metrics,
                  .activity = activity,
                  .catalogue = catalogue,
                  .accounts = accounts,
                  .supervisor = supervisor,
                  .stores = stores,
                  .logBook = logBook,
                  .keySetAddresses = keySetAddresses,
                  .followers = followers_,
                   .hosts = AllowedHosts(options.hosts)},
        sweeper_(loop, services_),
        graphql_(loop, services_, dispatcher_),
        web_(std::move(adminUi)) {
    services_.sweeper = &sweeper_;
    services_.backups = std::make_shared<Backups>(services_.options.backup, services_.options.dataDir, services_.options.version, metrics);
  }

  void setListenAddress(std::string address) override { services_.hosts.setListenAddress(std::move(address)); }
  bool owns(const http::RequestHead& head) const override;
  Task<void> serve(http::Exchange& exchange) override;
  Task<void> stop() override;

 private:
  Task<void> answer(http::Exchange& exchange);
  Task<void> perform(const Operation& operation, Arguments parameters, http::Exchange& exchange);
  Task<Result<void>> readArguments(const Operation& operation, http::Exchange& exchange, Arguments& arguments) const;
  std::uint64_t bodyBytesMax(const Operation& operation) const;
  Task<void> print(http::Exchange& exchange, Answer answer) const;

  Followers followers_;
  Services services_;
  SpaceSweeper sweeper_;
  Dispatcher dispatcher_{services_};
  GraphqlDoor graphql_;
  AdmDoor adm_{services_, dispatcher_};
  WebDoor web_;
  std::size_t inFlight_ = 0;
  Completion<void> stopped_;
};

bool RestDoor::owns(const http::RequestHead& head) const {
  const auto path = head.path();
  if (path == "/_" || path.starts_with("/_/") || adm_.owns(head)) return true;
  const bool known = path == GraphqlDoor::kPath || path.starts_with("/authenticate/") || path.starts_with("/cli_auth/");
  if (!known || services_.hosts.classify(head.host) == HostKind::refused) return false;
  const std::string name(http::splitHost(head.host).name);
  return !name.contains(".api.") && !services_.catalogue.snapshot()->domains.contains(name);
}

Task<void> RestDoor::serve(http::Exchange& exchange) {
  ++inFlight_;
  co_await answer(exchange);
  --inFlight_;
  if (services_.stopping && inFlight_ == 0 && stopped_) std::exchange(stopped_, nullptr)(Result<void>{});
}

Task<void> RestDoor::stop() {
  services_.stopping = true;
  sweeper_.stop();
  services_.backups->stop();
  followers_.endAll();
  services_.cliLogins.endAll();
  if (inFlight_ > 0) std::ignore = co_await suspend<void>([this](Completion<void> done) { stopped_ = std::move(done); });
  co_await graphql_.stop();
}

// The whole door, straight down: name, path, method, caller, arguments, operation.
Task<void> RestDoor::answer(http::Exchange& exchange) {
  const auto& head = exchange.head();
  const bool isAdm = adm_.owns(head);
  if (!isAdm && services_.hosts.classify(head.host) == HostKind::refused) {
    co_await respondMisdirected(exchange);
    co_return;
  }
  if (head.path() == GraphqlDoor::kPath) {
    co_await graphql_.serve(exchange);
    co_return;
  }
  if (services_.stopping) {
    co_await respondError(exchange, Error::make(ErrorCode::unavailable, "The server is stopping."));
    co_return;
  }
  if (isAdm) {
    co_await adm_.serve(exchange);
    co_return;
  }
  if (web_.hasFile(head)) {
    co_await web_.serve(exchange);
    co_return;
  }
  auto matches = matchPath(head.path());
  if (!matches) {
    co_await respondError(exchange, matches.error());
    co_return;
  }
  if (matches->empty() && web_.hasScreen(head)) {
    co_await web_.serve(exchange);
    co_return;
  }
  if (matches->empty()) {
    co_await respondJson(exchange, 404, listingJson(head.path()));
    co_return;
  }
  const auto chosen = std::ranges::find_if(*matches, [&](const Match& one) { return answersTo(*one.operation, head.method); });
  if (chosen == matches->end()) {
    co_await refuseMethod(exchange, methodsOf(*matches));
    co_return;
  }
  co_await perform(*chosen->operation, std::move(chosen->parameters), exchange);
}

Task<void> RestDoor::perform(const Operation& operation, Arguments parameters, http::Exchange& exchange) {
  Call call{services_, {}, services_.options.proxies.clientOf(exchange.head(), exchange.peerAddress()), std::move(parameters)};
  // A credential decides nothing where none is asked for.
  auto caller = operation.permission == Permission::anyone ? account::Principal{} : dispatcher_.identify(exchange.head());
  if (caller) call.caller = *caller;
  auto permitted = caller ? dispatcher_.permit(operation, call.caller, call.arguments) : Result<void>(caller.error());
  if (!permitted) {  // before the body is read
    dispatcher_.refused(operation, call, permitted.error());
    co_await respondError(exchange, permitted.error());
    co_return;
  }
  if (const auto own = checkOrigin(exchange.head(), call.client.host, operation); !own) {
    dispatcher_.refused(operation, call, own.error());
    co_await respondError(exchange, own.error());
    co_return;
  }
  if (const auto read = co_await readArguments(operation, exchange, call.arguments); !read) {
    dispatcher_.refused(operation, call, read.error());
    co_await respondError(exchange, read.error());
    co_return;
  }
  if (operation.stream != nullptr) {
    if (const auto done = co_await dispatcher_.stream(operation, std::move(call), exchange); !done) co_await respondError(exchange, done.error());
    co_return;
  }
  auto answer = co_await dispatcher_.run(operation, std::move(call));
  if (!answer) {
    co_await respondError(exchange, answer.error());
    co_return;
  }
  co_await print(exchange, std::move(*answer));
}

Task<void> RestDoor::print(http::Exchange& exchange, Answer answer) const {
  http::ResponseHead head{answer.status, {}};
  addControlHeaders(head, answer.contentType);
  if (answer.contentType.starts_with("text/html")) {
    head.headers.add("content-security-policy", std::string(kPagePolicy));
    head.headers.add("x-frame-options", "DENY");
    head.headers.add("referrer-policy", "no-referrer");
  }
  std::ignore = co_await exchange.respond(std::move(head), std::move(answer.body));
}

Task<Result<void>> RestDoor::readArguments(const Operation& operation, http::Exchange& exchange, Arguments& arguments) const {
  const auto& head = exchange.head();
  const bool inQuery = operation.method == "GET" || operation.method == "DELETE" || operation.bodySize == BodySize::streamed;
  const std::span<const Argument> none;
  REDD_CO_TRY_VOID(arguments.addQuery(head.query(), inQuery ? std::span(operation.arguments) : none));
  if (operation.bodySize == BodySize::streamed || (inQuery && !head.hasBody())) co_return Result<void>{};
  REDD_CO_TRY(auto body, co_await readBody(exchange, bodyBytesMax(operation)));
  if (!operation.archiveType.empty() && head.headers.find("content-type") == operation.archiveType) {
    arguments.set("archive", std::move(body));
    co_return Result<void>{};
  }
  co_return arguments.addJson(body, inQuery ? none : std::span(operation.arguments));
}

std::uint64_t RestDoor::bodyBytesMax(const Operation& operation) const {
  switch (operation.bodySize) {
    case BodySize::data: return services_.limits.bufferedBodyBytesMax;
    case BodySize::deploy: return services_.limits.deployBodyBytesMax;
    default: return kSmallBodyBytesMax;
  }
}

}  // namespace

Result<std::unique_ptr<Control>> Control::create(Loop& loop, ControlOptions options, const Limits& limits, Metrics& metrics, const Activity& activity,
                                                 space::Catalogue& catalogue, account::Accounts& accounts, worker::Supervisor& supervisor,
                                                 store::Stores& stores, store::LogBook& logBook, const http::AddressPolicy& keySetAddresses) {
  REDD_TRY(auto adminUi, WebPack::read(options.adminUi));
  return std::unique_ptr<Control>(std::make_unique<RestDoor>(loop, std::move(options), limits, metrics, activity, catalogue, accounts, supervisor, stores,
                                                             logBook, keySetAddresses, std::move(adminUi)));
}

}  // namespace redd::control
