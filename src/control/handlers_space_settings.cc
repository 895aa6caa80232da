// All settings of a space at once, what two spaces differ in, and the settings that handlers_settings.cc has no room for.
#include <fmt/format.h>

#include <map>

#include "account_views.h"
#include "handlers.h"
#include "json_writer.h"
#include "views.h"

namespace redd::control {
namespace {

// Name → JSON text; what is sealed is null, and told apart by `sealed` alone.
struct Setting {
  std::string shown;
  std::string sealed = {};
  bool operator==(const Setting&) const = default;
};
using AllSettings = std::map<std::string, Setting>;

std::string textsJson(const std::vector<std::string>& values) { return jsonList(values, [](const auto& one) { return json::quoted(one); }); }

AllSettings settingsOf(const space::Space& space) {
  const auto& own = space.settings;
  AllSettings out{
      {"jwks.url", {json::quoted(own.jwksUrl)}},
      {"jwks.issuer", {json::quoted(own.issuer)}},
      {"jwks.audience", {textsJson(own.audience)}},
      {"jwks.algorithms", {textsJson(own.algorithms)}},
      {"allowedHosts", {textsJson(own.allowedHosts)}},
      {"corsOrigins", {textsJson(own.corsOrigins)}},
      {"domains", {textsJson(own.domains)}},
      {"limits.requestDeadlineMs", {std::to_string(own.limits.requestDeadlineMs)}},
      {"limits.requestsMax", {std::to_string(own.limits.requestsMax)}},
      {"limits.workerHeapMiB", {std::to_string(own.limits.workerHeapMiB)}},
  };
  for (const auto& [name, value] : own.env) {
    const bool isSealed = value.secrecy == space::Secrecy::encrypted;
    out.emplace("env." + name, isSealed ? Setting{"null", value.value} : Setting{json::quoted(value.value)});
  }
  return out;
}

std::string differenceJson(const std::string& name, const Setting* left, const Setting* right) {
  JsonObject out;
  out.text("setting", name);
  const auto side = [&out](std::string_view label, const Setting* one) {
    if (one == nullptr) return;  // absent
    out.raw(label, one->shown);
    if (!one->sealed.empty()) out.flag(std::string(label) + "Sealed", true);
  };
  side("left", left);
  side("right", right);
  return out.end();
}

template <class Number>
Result<void> takeLimit(const Call& call, std::string_view name, Number serverMax, std::uint32_t& limit) {
  const auto given = call.arguments.count(name);
  if (!given) return {};
  if (*given > serverMax) {
    return invalid(fmt::format("'{}' is {}, and the server allows at most {}. Fix: give less, or 0 for what the server allows.", name, *given, serverMax));
  }
  limit = static_cast<std::uint32_t>(*given);
  return {};
}

}  // namespace

Task<Result<Answer>> getSettings(Call call) {
  REDD_CO_TRY(const auto space, call.space());
  JsonObject settings;
  for (const auto& [name, value] : settingsOf(*space)) settings.raw(name, value.sealed.empty() ? value.shown : R"({"sealed":true})");
  co_return Answer{JsonObject().text("project", space->project).text("space", space->name).raw("settings", settings.end()).end()};
}

Task<Result<Answer>> diffSpaces(Call call) {
  REDD_CO_TRY(const auto left, call.space());
  REDD_CO_TRY(const auto right, otherSpace(call, call.arguments.text("with")));
  const auto ours = settingsOf(*left), theirs = settingsOf(*right);
  std::vector<std::string> differences;
  auto a = ours.begin();
  auto b = theirs.begin();
  while (a != ours.end() || b != theirs.end()) {
    const bool leftOnly = b == theirs.end() || (a != ours.end() && a->first < b->first);
    const bool rightOnly = !leftOnly && (a == ours.end() || b->first < a->first);
    if (leftOnly) {
      differences.push_back(differenceJson(a->first, &a->second, nullptr));
    } else if (rightOnly) {
      differences.push_back(differenceJson(b->first, nullptr, &b->second));
    } else if (a->second != b->second) {
      differences.push_back(differenceJson(a->first, &a->second, &b->second));
    }
    if (!rightOnly) ++a;
    if (!leftOnly) ++b;
  }
  co_return Answer{JsonObject()
                       .text("project", left->project)
                       .text("left", left->name)
                       .text("right", right->name)
                       .raw("differences", jsonList(differences, [](const auto& one) { return one; }))
                       .end()};
}

Task<Result<Answer>> setLimits(Call call) {
  auto& services = call.services;
  REDD_CO_TRY(const auto space, call.space());
  auto limits = space->settings.limits;
  REDD_CO_TRY_VOID(takeLimit(call, "requestDeadlineMs", services.limits.requestDeadlineMs, limits.requestDeadlineMs));
  REDD_CO_TRY_VOID(takeLimit(call, "requestsMax", services.limits.requestsPerSpaceMax, limits.requestsMax));
  REDD_CO_TRY_VOID(takeLimit(call, "workerHeapMiB", services.limits.workerHeapMiB, limits.workerHeapMiB));
  constexpr std::uint32_t heapMin = 16;  // a worker with less does not start
  if (limits.workerHeapMiB != 0 && limits.workerHeapMiB < heapMin) co_return invalid(fmt::format("'workerHeapMiB' must be at least {}, or 0.", heapMin));
  REDD_CO_TRY(const auto changed, co_await services.lane.run<space::SpacePtr>(
                                      [&services, space, limits] { return services.catalogue.setLimits(space->project, space->name, limits); }));
  co_return Answer{spaceJson(*services.catalogue.snapshot(), *changed, services.hosts, call.client)};
}

Task<Result<Answer>> moveDomain(Call call) {
  auto& services = call.services;
  const auto domain = call.arguments.text("domain");
  REDD_CO_TRY(const auto space, call.space());
  const auto snapshot = services.catalogue.snapshot();
  const auto holder = snapshot->domains.find(domain);
  if (holder != snapshot->domains.end() && holder->second->project == space->project) REDD_CO_TRY_VOID(otherSpace(call, holder->second->name));
  REDD_CO_TRY(const auto changed, co_await services.lane.run<space::SpacePtr>(
                                      [&services, space, domain] { return services.catalogue.moveDomain(space->project, space->name, domain); }));
  co_return Answer{spaceJson(*services.catalogue.snapshot(), *changed, services.hosts, call.client)};
}

}  // namespace redd::control
