// Spec 70.5 and 70.11: deploys, their history, usage.
#include <fmt/format.h>

#include "adm_endpoints.h"
#include "answers.h"
#include "base/clock.h"
#include "json_writer.h"
#include "query/value.h"

namespace redd::control {
namespace {

using query::Value;

std::string headerOf(const AdmCall& adm, std::string_view name) {
  const auto value = adm.head().headers.find(name);
  auto text = value ? headerText(*value) : std::string();
  return text == "null" || text == "undefined" ? std::string() : text;  // what the client writes when it knows none
}

// "Ann Able <ann@example.com>", and back.
std::string authorOf(const std::string& name, const std::string& email) {
  if (name.empty() || email.empty()) return name + email;
  return name + " <" + email + ">";
}

struct Author {
  std::string_view name, email;
};
Author splitAuthor(std::string_view author) {
  const auto at = author.rfind(" <");
  if (at == std::string_view::npos || !author.ends_with('>')) return {author, {}};
  return {author.substr(0, at), author.substr(at + 2, author.size() - at - 3)};
}

std::string_view textIn(const Value& object, std::string_view name) {
  const auto* value = query::find(object, name);
  return value == nullptr ? std::string_view{} : value->text;
}

double numberIn(const Value& object, std::string_view name) {
  const auto* value = query::find(object, name);
  return value == nullptr ? 0 : value->number;
}

// Lists of deploy.list, as they are called in _hooks.
constexpr std::pair<std::string_view, std::string_view> kHookNames[] = {
    {"routes", "routehooks"}, {"auth", "authhooks"}, {"queues", "queuehooks"}, {"jobs", "jobhooks"}, {"realtime", "realtime"}};

// A document of _hooks. What is not known is left out: the client prints '-' then.
std::string hooksDocument(const Value& deployment) {
  const auto author = splitAuthor(textIn(deployment, "author"));
  JsonObject headers;
  headers.text("x-file-name", "bundle.js");
  const auto add = [&headers](std::string_view name, std::string_view value) {
    if (!value.empty()) headers.text(name, value);
  };
  add("x-githash", textIn(deployment, "gitHash"));
  add("x-gitbranch", textIn(deployment, "gitBranch"));
  add("x-userfullname", author.name);
  add("x-useremail", author.email);
  add("x-date", isoTime(static_cast<UnixMs>(numberIn(deployment, "createdMs"))));
  add("x-language", textIn(deployment, "language"));
  JsonObject out;
  out.text("_id", textIn(deployment, "id")).raw("headers", headers.end());
  if (const auto* hooks = query::find(deployment, "hooks")) {
    for (const auto& [from, to] : kHookNames) {
      if (const auto* keys = query::find(*hooks, from)) out.raw(to, query::textOf(*keys));
    }
  }
  return out.end();
}

std::optional<std::uint64_t> limitOf(const AdmCall& adm) {
  const auto header = adm.head().headers.find("x-options");
  if (!header) return std::nullopt;
  query::Parser parser;
  const auto text = headerText(*header);
  const auto options = parser.parse(text);
  const double limit = options ? numberIn(**options, "limit") : 0;
  return limit >= 1 ? std::optional(static_cast<std::uint64_t>(limit)) : std::nullopt;
}

Task<Result<Arguments>> deployArguments(const AdmCall& adm, const Operation& deploy) {
  const auto bytesMax = static_cast<std::uint64_t>(adm.services.limits.deployBodyBytesMax);
  Arguments out;
  if (adm.head().headers.find("content-type") == deploy.archiveType) {  // its description says the rest
    REDD_CO_TRY(auto archive, co_await readBody(adm.exchange, bytesMax));
    out.set("archive", std::move(archive));
    co_return out;
  }
  REDD_CO_TRY(out, co_await adm.bodyArguments(bytesMax, {{"bundle", Kind::text, Need::required}}));
  out.set("author", authorOf(headerOf(adm, "x-userfullname"), headerOf(adm, "x-useremail")));
  out.set("gitHash", headerOf(adm, "x-githash"));
  out.set("gitBranch", headerOf(adm, "x-gitbranch"));
  out.set("language", headerOf(adm, "x-language"));
  co_return out;
}

}  // namespace

Task<Result<void>> admDeploy(const AdmCall& adm) {
  REDD_CO_TRY(auto arguments, co_await deployArguments(adm, *findOperation("deploy")));
  REDD_CO_TRY(auto answer, co_await adm.run("deploy", std::move(arguments)));
  if (!isGood(answer)) {  // the script's own failure: the client prints its member `error`
    co_await respondJson(adm.exchange, answer.status, std::move(answer.body));
    co_return Result<void>{};
  }
  query::Parser parser;
  REDD_CO_TRY(const auto* told, parser.parse(answer.body));
  const auto* routes = query::find(*told, "routes");
  co_return co_await adm.print(
      JsonObject().flag("ok", true).text("_id", textIn(*told, "id")).raw("routes", std::to_string(routes == nullptr ? 0 : routes->elements.size())).end());
}

Task<Result<void>> admUndeploy(const AdmCall& adm) {
  const auto* operation = adm.head().headers.find("x-undeploy") ? "deploy.undeploy" : "deploy.rollback";
  REDD_CO_TRY(auto answer, co_await adm.run(operation, {}));
  co_await respondJson(adm.exchange, isGood(answer) ? 200 : answer.status, std::move(answer.body));
  co_return Result<void>{};
}

// The first is shown as the active one: without an active deployment there is none to show (spec 70.5).
Task<Result<void>> admDeployments(const AdmCall& adm) {
  REDD_CO_TRY(const auto answer, co_await adm.run("deploy.list", {}));
  query::Parser parser;
  REDD_CO_TRY(const auto* told, parser.parse(answer.body));
  std::vector<std::string> newestFirst;
  bool isBehindActive = false;
  for (const auto& deployment : query::find(*told, "deployments")->elements) {
    isBehindActive = isBehindActive || query::find(deployment, "active")->boolean;
    if (isBehindActive) newestFirst.push_back(hooksDocument(deployment));
  }
  if (const auto limit = limitOf(adm); limit && *limit < newestFirst.size()) newestFirst.resize(static_cast<std::size_t>(*limit));
  co_return co_await adm.print(jsonList(newestFirst, [](const std::string& one) { return one; }));
}

Task<Result<void>> admUsage(const AdmCall& adm) {
  REDD_CO_TRY(const auto answer, co_await adm.run("project.usage", {}));
  query::Parser parser;
  REDD_CO_TRY(const auto* told, parser.parse(answer.body));
  const auto one = [](const Value& space) {
    return JsonObject()
        .text("_id", textIn(space, "name"))
        .number("api", numberIn(space, "requests"))
        .number("codehook_invocation", numberIn(space, "invocations"))
        .number("datastore_objects", numberIn(space, "documents"))
        .number("datastore_size", numberIn(space, "bytes"))
        .number("codehook_time", numberIn(space, "codeMs"))
        .end();
  };
  co_return co_await adm.print(jsonList(query::find(*told, "spaces")->elements, one));
}

}  // namespace redd::control
