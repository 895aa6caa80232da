#include "gateway/gateway.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <list>

#include "access.h"
#include "auth/authenticator.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "cors.h"
#include "http/server.h"
#include "http/url.h"
#include "invoke_json.h"
#include "relay.h"
#include "routing.h"
#include "space/address_range.h"
#include "space/catalogue.h"
#include "space/host.h"
#include "space/redaction.h"
#include "space_log.h"
#include "split.h"
#include "store/log_book.h"
#include "timeline.h"
#include "worker/supervisor.h"

namespace redd::gateway {
namespace {

constexpr int kCallDepthMax = 10;     // spec 10.12
constexpr std::int64_t kTickMs = 50;  // how late a deadline or a gone client may be noticed

http::ResponseHead jsonHead(int status) {
  http::ResponseHead head{status, {}};
  head.headers.add("content-type", "application/json; charset=utf-8");
  head.headers.add("x-content-type-options", "nosniff");
  return head;
}

std::string errorBody(std::string_view text) { return R"({"error":)" + json::quoted(text) + "}"; }

http::ResponseHead appHead(int status, AnswerHeaders headers) {
  http::ResponseHead head{status, {}};
  for (auto& [name, value] : headers) head.headers.add(std::move(name), std::move(value));
  if (!head.headers.find("cache-control")) head.headers.add("cache-control", "no-cache");
  return head;
}

bool mayCall(const std::vector<std::string>& allowedHosts, std::string_view address) {
  return allowedHosts.empty() || std::ranges::any_of(allowedHosts, [address](const std::string& one) {
           const auto range = space::AddressRange::parse(one);
           return range && range->contains(address);
         });
}

// As our own runtime wrote it. Others can only make their own requests look deeper.
int callDepth(const http::Headers& headers) {
  int deepest = 0;
  for (const auto& [name, text] : headers) {
    if (name != "x-redd-depth") continue;
    int depth = 0;
    std::from_chars(text.data(), text.data() + std::min<std::size_t>(text.size(), 4), depth);
    deepest = std::max(deepest, depth);
  }
  return deepest;
}

// A request being served: everything its steps share.
struct Request {
  http::Exchange& exchange;
  std::string id;
  http::ClientSide client;
  Timeline timeline{.startNs = monotonicNs()};
  space::SpacePtr space{};  // once it is known
  std::string path{}, apiPath{};
  int depth = 0;            // how many of our own workers' calls led here
  int status = 0;           // as answered
  space::SpacePtr version{};  // the space, or its alternative
  std::string deployment{};  // of a split space: which of the two answers
  std::string reason{}, reasonClass{};
  std::string expected{}, found{};  // by the check that refused it
  const http::RequestHead& head() const { return exchange.head(); }
};

class GatewayImpl final : public Gateway {
 public:
  GatewayImpl(Loop& loop, Floor floor, GatewayOptions options, const Limits& limits, Metrics& metrics)
      : loop_(loop), floor_(floor), options_(std::move(options)), limits_(limits), log_(floor.logBook, metrics, floor.activity), ticker_(loop),
        idPrefix_(randomHex(6)) {}

  Task<void> serve(http::Exchange& exchange) override {
    Request request{exchange, fmt::format("{}{:08x}", idPrefix_, ++idCounter_), options_.proxies.clientOf(exchange.head(), exchange.peerAddress())};
    co_await handle(request);
    if (request.space) {
      log_.request(*request.space, {exchange.head().method, exchange.head().target, request.id, request.client.ip, request.status,
                                    monotonicNs() - request.timeline.startNs, request.reason, request.reasonClass, request.expected, request.found,
                                    request.deployment, &request.timeline});
    }
  }

 private:
  // A request inside a worker, seen by the clock.
  struct InFlight {
    std::int64_t startNs;
    std::shared_ptr<Relay> relay;
    http::Exchange* exchange;
    std::int64_t deadlineMs;
    bool watchesClient = false;
  };

  Task<void> handle(Request& request) {
    const http::RequestHead& head = request.head();
    const std::string_view project = space::projectInHost(head.host);
    const auto catalogue = floor_.catalogue.snapshot();
    auto named = project.empty() ? space::spaceOfHost(*catalogue, head.host) : nullptr;
    if (project.empty() && !named && !servesDefaultProject(head.host, options_.hosts)) co_return co_await misdirected(request);
    if (head.path() == "/health" && !named) co_return co_await alive(request);

    auto target = named ? targetOfDomain(std::move(named), head) : resolveTarget(*catalogue, head, project);
    if (!target) co_return co_await answerError(request, httpStatus(target.error().code), target.error().text());
    request.space = std::move(target->space);
    request.path = std::move(target->path);
    request.apiPath = std::move(target->apiPath);

    const space::Settings& settings = request.space->settings;
    if (!mayCall(settings.allowedHosts, request.client.ip)) {
      request.reason = "the client's address is not in the space's allowed hosts";
      request.reasonClass = "host not allowed";
      request.expected = fmt::format("an address of {}", fmt::join(settings.allowedHosts, ", ")).substr(0, 300);
      request.found = request.client.ip;
      co_return co_await answerError(request, 403, "Host not allowed");
    }
    request.depth = callDepth(head.headers);
    if (request.depth > kCallDepthMax) co_return co_await tooDeep(request);
    if (request.apiPath.starts_with("/_A_D_M_")) co_return co_await answerError(request, 404, "No such administration endpoint");
    if (request.apiPath == "/health" && !hasHealthRoute(*request.space)) co_return co_await alive(request);
    if (isPreflight(head)) co_return co_await respond(request, preflightAnswer(head, settings.corsOrigins), {});
    if (!request.space->deployment) co_return co_await answerError(request, 404, "No code deployed");
    if (head.headers.count("authorization") > 1) co_return co_await answerError(request, 400, "More than one Authorization header");

    request.timeline.doorNs = monotonicNs();
    const Credentials credentials = readCredentials(head);
    Access access = co_await whoIsIt(request, credentials);
    request.timeline.knownNs = monotonicNs();
    if (access.door == Door::refused) co_return co_await refuse(request, access.refusal);
    co_await run(request, credentials, access);
  }

  static void chooseVersion(Request& request, std::string_view client) {
    request.version = versionFor(request.space, client);
    if (request.space->split) request.deployment = request.version->deployment->id;
  }

  Task<Access> whoIsIt(Request& request, const Credentials& credentials) {
    const space::Space& space = *request.space;
    chooseVersion(request, clientOf({}, credentials, request.client.ip));
    if (auto byToken = byApiToken(space, credentials.apiKey, request.head().method)) co_return std::move(*byToken);
    auth::VerdictPtr verdict;
    if (!space.settings.jwksUrl.empty() && credentials.bearer) {
      const auth::TokenPolicy policy{space.settings.jwksUrl, space.settings.issuer, space.settings.audience, space.settings.algorithms};
      verdict = floor_.authenticator.cached(space.id, policy, *credentials.bearer);
      if (!verdict) verdict = co_await floor_.authenticator.verify(space.id, policy, std::string(*credentials.bearer));
    } else if (!space.settings.jwksUrl.empty() && request.head().headers.find("authorization")) {
      auto malformed = std::make_shared<auth::Verdict>();
      malformed->failed = auth::Check::malformed;
      malformed->expected = "Authorization: Bearer TOKEN";
      malformed->found = "another form";
      verdict = malformed;
    }
    if (verdict && verdict->accepted()) {
      chooseVersion(request, clientOf(verdict->claims, credentials, request.client.ip));
      if (const auto& caller = verdict->caller) {
        floor_.logBook.called(space.id, {caller->digest, caller->issuer, caller->audience, caller->algorithm, caller->keyId});
      }
    }
    co_return byVerdict(*request.version, request.apiPath, verdict, options_.explain);
  }

  // ---- into the worker and back ----

  Task<void> run(Request& request, const Credentials& credentials, const Access& access) {
    const http::RequestHead& head = request.head();
    auto relay = std::make_shared<Relay>(loop_, request.id);
    request.timeline.trace = relay->trace();
    std::string payload = invokeJson({head, request.path, request.apiPath, credentials.query, request.client, request.id,
                                      access.claims, access.door == Door::hook ? InvokeInput::Auth::hook : InvokeInput::Auth::granted, request.depth});
    relay->attach(floor_.supervisor.invoke(request.version, std::move(payload),
                                           head.hasBody() ? worker::BodyFollows::yes : worker::BodyFollows::no, relay));
    const auto entry = inFlight_.insert(inFlight_.end(), InFlight{request.timeline.startNs, relay, &request.exchange,
                                                                        space::boundedBy(request.space->settings.limits.requestDeadlineMs, limits_.requestDeadlineMs)});
    if (!ticking_) spawn(loop_, tick());
    if (head.hasBody()) {
      relay->pumpStarted();
      spawn(loop_, pumpRequestBody(request.exchange, relay));
    }
    co_await answer(request, relay, access.refusal);
    inFlight_.erase(entry);
    co_await relay->pumpGone();
  }

  Task<void> answer(Request& request, std::shared_ptr<Relay> relay, const Refusal& refusal) {
    for (;;) {
      co_await relay->changed();
      if (const auto& failed = relay->failed()) co_return co_await answerFailure(request, *failed);
      if (relay->noHook()) co_return co_await refuse(request, refusal);
      if (auto head = relay->takeHead()) {
        http::ResponseHead answerHead = appHead(head->status, std::move(head->headers));
        if (!request.deployment.empty()) answerHead.headers.add("x-redd-deployment", request.deployment);
        if (relay->whole()) co_return co_await respond(request, std::move(answerHead), relay->takeBody());
        addCorsHeaders(answerHead.headers, request.head().headers, request.space->settings.corsOrigins);
        request.status = answerHead.status;
        if (auto sent = co_await request.exchange.sendHead(std::move(answerHead)); !sent) co_return relay->cancel(sent.error().code, "client");
      }
      for (std::string piece = relay->takeBody(); !piece.empty(); piece = relay->takeBody()) {
        if (auto sent = co_await request.exchange.sendBody(piece); !sent) co_return relay->cancel(sent.error().code, "client");
        if (!relay->ended()) relay->invocation().consumed(piece.size());
      }
      if (relay->ended() && !relay->failed()) {
        (void)co_await request.exchange.finish();
        co_return;
      }
    }
  }

  // After the head went out nothing can be said any more: the handler returns without finish() and the connection closes.
  Task<void> answerFailure(Request& request, const Error& error) {
    request.reason = error.detail.empty() ? std::string(name(error.code)) : error.detail;
    request.status = httpStatus(error.code);
    if (error.code == ErrorCode::cancelled || request.exchange.headSent()) co_return;
    if (error.code == ErrorCode::internal) {  // spec 10.9: settled without an answer, or threw in a way that left none
      co_return co_await respond(request, jsonHead(500), R"({"text":"Unhandled Codehook exception, check logs","fatal":true})");
    }
    http::ResponseHead head = jsonHead(httpStatus(error.code));
    if (error.code == ErrorCode::unavailable) head.headers.add("retry-after", "1");
    co_await respond(request, std::move(head), errorBody(space::redacted(*request.space, error.text())));
  }

  // Deadlines and clients that left. Runs while there is something in flight.
  Task<void> tick() {
    ticking_ = true;
    while (!inFlight_.empty()) {
      ticker_.expires_after(std::chrono::milliseconds(kTickMs));
      co_await ticker_.async_wait(boost::asio::use_awaitable);
      const std::int64_t now = monotonicNs();
      for (InFlight& entry : inFlight_) {
        const std::int64_t ageMs = (now - entry.startNs) / 1'000'000;
        if (ageMs < kTickMs / 2) break;  // the list is in order of age
        if (ageMs > entry.deadlineMs) entry.relay->cancel(ErrorCode::timeout, "timeout");
        if (entry.watchesClient) continue;
        entry.watchesClient = true;
        entry.exchange->onClientGone([relay = std::weak_ptr(entry.relay)] {
          if (const auto alive = relay.lock()) alive->cancel(ErrorCode::cancelled, "client");
        });
      }
    }
    ticking_ = false;
  }

  // ---- answers of our own ----

  Task<void> respond(Request& request, http::ResponseHead head, std::string body) {
    request.status = head.status;
    static const std::vector<std::string> kEveryOrigin;
    addCorsHeaders(head.headers, request.head().headers, request.space ? request.space->settings.corsOrigins : kEveryOrigin);
    (void)co_await request.exchange.respond(std::move(head), std::move(body));
  }

  Task<void> answerError(Request& request, int status, std::string_view text) {
    co_await respond(request, jsonHead(status), errorBody(text));
  }

  Task<void> refuse(Request& request, const Refusal& refusal) {
    request.reason = refusal.reason;
    request.reasonClass = refusal.reasonClass;
    request.expected = refusal.expected;
    request.found = refusal.found;
    http::ResponseHead head = jsonHead(refusal.status);
    if (!refusal.challenge.empty()) head.headers.add("www-authenticate", refusal.challenge);
    if (refusal.retryAfterS > 0) head.headers.add("retry-after", std::to_string(refusal.retryAfterS));
    head.headers.add("x-request-id", request.id);
    if (request.head().headers.find("origin")) head.headers.add("access-control-expose-headers", "WWW-Authenticate, X-Request-Id");
    std::string body = errorBody(refusal.error);
    if (options_.explain == Explain::everything) {
      body = R"({"error":)" + json::quoted(refusal.error) + R"(,"reason":)" + json::quoted(refusal.reason) + R"(,"requestId":)" +
             json::quoted(request.id) + "}";
    }
    co_await respond(request, std::move(head), std::move(body));
  }

  Task<void> alive(Request& request) {
    http::ResponseHead head{200, {}};
    head.headers.add("content-type", "text/plain; charset=utf-8");
    co_await respond(request, std::move(head), "Alive");
  }

  // Spec 10.12: spaces that call each other (or themselves) without end.
  Task<void> tooDeep(Request& request) {
    request.reason = fmt::format("calls of spaces to each other are {} deep, at most {} are allowed", request.depth, kCallDepthMax);
    request.reasonClass = "call depth";
    co_await answerError(request, 508, fmt::format("Loop detected: {}. Fix: a space must not call itself without end", request.reason));
  }

  // SEC-41: no CORS headers, so that a page under a foreign name learns nothing.
  Task<void> misdirected(Request& request) {
    (void)co_await request.exchange.respond(
        jsonHead(421), errorBody("This server does not answer for that host name; the operator can list it with --host-name"));
  }

  static bool hasHealthRoute(const space::Space& space) {
    if (!space.deployment) return false;
    return std::ranges::any_of(space.deployment->manifest.routes, [](const std::string& key) { return key.ends_with(" /health"); });
  }

  Loop& loop_;
  Floor floor_;
  GatewayOptions options_;
  const Limits& limits_;
  SpaceLog log_;
  std::list<InFlight> inFlight_;
  boost::asio::steady_timer ticker_;
  bool ticking_ = false;
  std::string idPrefix_;
  std::uint32_t idCounter_ = 0;
};

}  // namespace

std::unique_ptr<Gateway> Gateway::create(Loop& loop, Floor floor, GatewayOptions options, const Limits& limits, Metrics& metrics) {
  return std::make_unique<GatewayImpl>(loop, floor, std::move(options), limits, metrics);
}

}  // namespace redd::gateway
