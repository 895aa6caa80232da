// Whom a change of a space's token policy would turn away, told before it is made.
#include <algorithm>
#include <map>

#include "auth/authenticator.h"
#include "dispatcher.h"
#include "handlers.h"
#include "json_writer.h"
#include "token_policy.h"

namespace redd::control {
namespace {

std::string exampleJson(const store::Caller& caller) {
  return JsonObject()
      .text("issuer", caller.issuer)
      .raw("audience", caller.audience)
      .text("algorithm", caller.algorithm)
      .text("kid", caller.keyId)
      .number("lastMs", static_cast<double>(caller.lastMs))
      .end();
}

struct Reason {
  std::string name;
  std::size_t callers = 0;
  const store::Caller* example = nullptr;  // the last to call
};

std::string reasonJson(const Reason& reason) {
  return JsonObject()
      .text("reason", reason.name)
      .number("callers", static_cast<double>(reason.callers))
      .raw("example", exampleJson(*reason.example))
      .end();
}

// The most frequent first. Callers come with the last to call first.
std::vector<Reason> reasonsOf(const std::vector<store::Caller>& callers, const std::vector<std::string_view>& refusals) {
  std::map<std::string_view, Reason> byName;
  for (std::size_t i = 0; i < callers.size(); ++i) {
    if (refusals[i].empty()) continue;
    auto& reason = byName.try_emplace(refusals[i], std::string(refusals[i]), 0, &callers[i]).first->second;
    ++reason.callers;
  }
  std::vector<Reason> out;
  for (auto& [name, reason] : byName) out.push_back(std::move(reason));
  std::ranges::sort(out, [](const Reason& a, const Reason& b) { return a.callers != b.callers ? a.callers > b.callers : a.name < b.name; });
  return out;
}

std::string impactJson(UnixMs sinceMs, const std::vector<store::Caller>& callers, const std::vector<std::string_view>& refusals,
                       const std::string& keysProblem) {
  const auto refused = callers.size() - static_cast<std::size_t>(std::ranges::count(refusals, std::string_view()));
  JsonObject out;
  out.number("sinceMs", static_cast<double>(sinceMs))
      .number("callers", static_cast<double>(callers.size()))
      .number("refused", static_cast<double>(refused))
      .raw("reasons", jsonList(reasonsOf(callers, refusals), reasonJson));
  if (!keysProblem.empty()) out.text("keysProblem", keysProblem);
  return out.end();
}

// The server fetches from an address that a caller names only for those who may name it for good.
Result<void> mayFetch(const Call& call) { return Dispatcher(call.services).permit(*findOperation("jwks.set"), call.caller, call.arguments); }

}  // namespace

Task<Result<Answer>> authImpact(Call call) {
  REDD_CO_TRY(const auto space, call.space());
  REDD_CO_TRY(const auto proposed, wantedPolicy(call));
  const auto sinceMs = nowMs() - store::LogBook::kCallersKeptMs;
  REDD_CO_TRY(const auto callers, co_await suspend<std::vector<store::Caller>>(
                                      [&](Completion<std::vector<store::Caller>> done) { call.services.logBook.callers(space->id, std::move(done)); }));
  if (proposed.jwksUrl.empty()) co_return Answer{impactJson(sinceMs, callers, std::vector<std::string_view>(callers.size(), "no JWKS URL"), {})};
  REDD_CO_TRY(auto* const authenticator, authenticatorOf(call));
  std::vector<auth::Caller> asked;
  for (const auto& one : callers) asked.push_back({one.digest, one.issuer, one.audience, one.algorithm, one.keyId});
  const auto fetches = mayFetch(call);
  auto told = co_await authenticator->foresee(space->id, fetches ? space->settings.jwksUrl : proposed.jwksUrl, proposed, std::move(asked));
  if (!fetches && proposed.jwksUrl != space->settings.jwksUrl) told.keysProblem = "The keys of another url are fetched for those who may set it.";
  std::vector<std::string_view> refusals;
  for (const auto check : told.checks) refusals.push_back(check == auth::Check::none ? std::string_view() : auth::className(check));
  co_return Answer{impactJson(sinceMs, callers, refusals, told.keysProblem)};
}

}  // namespace redd::control
