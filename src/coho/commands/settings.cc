#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>

#include "base/clock.h"
#include "commands.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::size_t kEnvValueBytesMax = 1 << 20;

Result<std::string> readStandardInput() {
  std::string text;
  char c = 0;
  while (std::cin.get(c)) {
    text += c;
    if (text.size() > kEnvValueBytesMax) return Error::make(ErrorCode::payloadTooLarge, "the value on standard input is larger than 1 MiB");
  }
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

void confirm(const Context& context, const Json& json, std::string_view sentence) {
  if (context.wantsJson()) {
    context.result(json);
  } else {
    context.terminal.out(sentence);
  }
}

std::string envPath(const Target& target, const std::string& name) { return target.path("/env/" + segment(name)); }

void printImpact(Terminal& terminal, const Json& impact) {
  const auto callers = numberOf(impact, "callers"), refused = numberOf(impact, "refused");
  if (callers == 0) {
    terminal.out("Nobody has called with a Bearer token in the last day. Nothing was changed.");
  } else if (refused == 0) {
    terminal.out(fmt::format("None of the {} callers of the last day would be refused. Nothing was changed.", callers));
  } else {
    terminal.out(fmt::format("{} of the {} callers of the last day would be refused. Nothing was changed.", refused, callers));
  }
  if (const auto problem = textOf(impact, "keysProblem"); !problem.empty()) terminal.out("Keys are not judged: " + inertLine(problem));
  if (refused == 0) return;
  Table table({"REASON", "CALLERS", "AS IN ISSUER", "AUDIENCE", "ALGORITHM", "KEY", "LAST CALL"});
  for (const auto& one : memberOf(impact, "reasons")) {
    const auto example = memberOf(one, "example");
    table.add({textOf(one, "reason"), std::to_string(numberOf(one, "callers")), textOf(example, "issuer"),
               fmt::format("{}", fmt::join(textsOf(example, "audience"), ", ")), textOf(example, "algorithm"), textOf(example, "kid"),
               isoTime(numberOf(example, "lastMs"))});
  }
  terminal.out("");
  print(terminal, table);
}

}  // namespace

Result<void> setJwks(const Context& context, const JwksArguments& arguments) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  auto url = arguments.url;
  if (!url.empty() && !url.contains("://")) url = "https://" + url;
  Json body{{"url", url}};
  if (!arguments.issuer.empty()) body["issuer"] = arguments.issuer;
  if (!arguments.audience.empty()) body["audience"] = arguments.audience;
  if (!arguments.algorithms.empty()) body["algorithms"] = arguments.algorithms;
  if (arguments.isDryRun) {
    REDD_TRY(const auto impact, context.call(client, target, {.method = "POST", .path = target.path("/auth/impact"), .body = std::move(body)}));
    confirm(context, impact, target.label());
    if (!context.wantsJson()) printImpact(context.terminal, impact);
    return {};
  }
  REDD_TRY(const auto space, context.call(client, target, {.method = "PUT", .path = target.path("/jwks"), .body = std::move(body)}));
  const auto jwks = memberOf(space, "jwks");
  const Json json{{"project", target.project}, {"space", target.space}, {"jwks", jwks}};
  confirm(context, json, target.label());
  if (context.wantsJson()) return {};
  if (url.empty()) {
    context.terminal.out("The JWKS address is removed: Bearer tokens are not accepted any more, API tokens are.");
  } else {
    context.terminal.out(fmt::format("Requests now need a Bearer token signed by a key of {}", inertLine(textOf(jwks, "url"))));
  }
  return {};
}

Result<void> setEnv(const Context& context, const EnvArguments& arguments) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  auto value = arguments.value ? Result<std::string>(*arguments.value) : readStandardInput();
  if (!value) return value.error();
  const bool encrypted = arguments.secrecy == Secrecy::encrypted;
  REDD_TRY(const auto answer,
           context.call(client, target,
                        {.method = "PUT", .path = envPath(target, arguments.name), .body = {{"value", *value}, {"encrypted", encrypted}}}));
  confirm(context, {{"project", target.project}, {"space", target.space}, {"name", textOf(answer, "name")}, {"encrypted", encrypted}},
          fmt::format("{}\nSet {}{}", target.label(), inertLine(arguments.name), encrypted ? " (encrypted)" : ""));
  return {};
}

Result<void> removeEnv(const Context& context, const std::string& name) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  auto removed = client.call({.method = "DELETE", .path = envPath(target, name)});
  if (!removed && removed.error().text().contains("no variable")) {
    return notFound(fmt::format("{}, {} has no variable '{}'. Fix: coho info lists the variables", target.project, target.space, inertLine(name)));
  }
  if (!removed) return context.explain(client, target, removed.error());
  confirm(context, {{"project", target.project}, {"space", target.space}, {"name", name}, {"removed", true}},
          fmt::format("{}\nRemoved {}", target.label(), inertLine(name)));
  return {};
}

}  // namespace redd::coho
