#include <fmt/format.h>

#include <iostream>

#include "auth_commands.h"
#include "base/clock.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::size_t kTokenBytesMax = 64 << 10;

Result<std::string> tokenFrom(const std::string& given) {
  if (given != "-") return given;
  std::string text;
  char c = 0;
  while (std::cin.get(c) && text.size() <= kTokenBytesMax) text += c;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  if (text.empty()) return invalid("there is no token on standard input");
  return text;
}

std::string spanText(std::int64_t seconds) {
  const auto positive = seconds < 0 ? -seconds : seconds;
  if (positive < 120) return fmt::format("{} s", positive);
  if (positive < 7'200) return fmt::format("{} min", positive / 60);
  return positive < 172'800 ? fmt::format("{} h", positive / 3'600) : fmt::format("{} days", positive / 86'400);
}

std::string whenText(std::int64_t seconds) { return seconds < 0 ? spanText(seconds) + " ago" : "in " + spanText(seconds); }

void printChecks(const Context& context, const Json& told) {
  const auto& terminal = context.terminal;
  for (const auto& check : memberOf(told, "checks")) {
    const auto outcome = textOf(check, "outcome");
    const auto mark = outcome == "passed" ? terminal.paint(Colour::green, "✓") : outcome == "failed" ? terminal.paint(Colour::red, "✗") : terminal.paint(Colour::dim, "-");
    auto line = fmt::format("{} {:<16}", mark, inertLine(textOf(check, "check")));
    const auto expected = inertLine(textOf(check, "expected"));
    const auto found = inertLine(textOf(check, "found"));
    if (outcome == "failed") line += fmt::format(" expected {}, found {}", expected, found);
    if (outcome == "passed") line += " " + found;
    if (outcome == "skipped") line += " " + terminal.paint(Colour::dim, expected.empty() ? "not reached" : expected);
    context.terminal.out(line);
  }
}

void printParts(const Context& context, const Json& told) {
  for (const char* part : {"header", "claims"}) {
    const auto json = memberOf(told, part);
    if (json.is_object()) context.terminal.out(fmt::format("\n{}\n{}", context.terminal.paint(Colour::bold, part), inert(prettyJson(json))));
  }
}

void printKeys(const Context& context, const Json& keys) {
  if (!keys.is_array() || keys.empty()) return;
  Table table({"KEY", "KIND", "ALGORITHM", "OF THIS TOKEN"});
  for (const auto& key : keys) table.add({textOf(key, "kid"), textOf(key, "kty"), textOf(key, "alg"), textOf(key, "outcome")});
  context.terminal.out("");
  print(context.terminal, table);
}

void printClock(const Context& context, const Json& clock) {
  if (!clock.is_object()) return;
  auto line = fmt::format("\nThe server's clock: {}", isoTime(numberOf(clock, "serverMs")));
  if (memberOf(clock, "issuedInS").is_number()) line += "; issued " + whenText(numberOf(clock, "issuedInS"));
  if (memberOf(clock, "expiresInS").is_number()) {
    const auto left = numberOf(clock, "expiresInS");
    line += (left < 0 ? "; expired " : "; expires ") + whenText(left);
  }
  context.terminal.out(line);
}

void printExplanation(const Context& context, const Json& told) {
  const auto& terminal = context.terminal;
  const auto check = inertLine(textOf(told, "check"));
  const bool accepted = flagOf(told, "accepted");
  context.terminal.out(accepted ? terminal.paint(Colour::green, "Accepted") : terminal.paint(Colour::red, "Refused: ") + check);
  if (const auto fix = textOf(told, "fix"); !fix.empty()) context.terminal.out("Fix: " + inertLine(fix));
  if (!memberOf(told, "checks").empty()) context.terminal.out("");
  printChecks(context, told);
  printKeys(context, memberOf(told, "keys"));
  printParts(context, told);
  printClock(context, memberOf(told, "clock"));
}

}  // namespace

Result<void> explainToken(const Context& context, const std::string& given) {
  REDD_TRY(const auto token, tokenFrom(given));
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto told, context.call(client, target, {.method = "POST", .path = target.path("/token/explain"), .body = {{"token", token}}}));
  if (context.wantsJson()) {
    context.result(told);
  } else {
    context.terminal.out(target.label());
    printExplanation(context, told);
  }
  if (flagOf(told, "accepted")) return {};
  return alreadyTold();
}

Result<void> listRefusals(const Context& context, std::uint32_t count) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, context.call(client, target, {.path = target.path(fmt::format("/auth/refusals?tail={}", count))}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  Table counts({"REASON", "REQUESTS"});
  for (const auto& one : memberOf(answer, "counts")) counts.add({textOf(one, "reason"), grouped(static_cast<std::uint64_t>(numberOf(one, "count")))});
  if (memberOf(answer, "counts").empty()) {
    context.terminal.out(target.label() + "\nNobody was refused.");
    return {};
  }
  print(context.terminal, counts);
  context.terminal.out("");
  Table table({"TIME", "STATUS", "REQUEST", "REASON", "EXPECTED", "FOUND", "ADDRESS", "REQUEST ID"});
  for (const auto& one : memberOf(answer, "refusals")) {
    table.add({isoTime(numberOf(one, "time")), std::to_string(numberOf(one, "status")), textOf(one, "method") + " " + textOf(one, "path"),
               textOf(one, "reason"), textOf(one, "expected"), textOf(one, "found"), textOf(one, "address"), textOf(one, "requestId")});
  }
  print(context.terminal, table);
  return {};
}

Result<void> authStatus(const Context& context, KeySetFetch fetch) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  const auto path = target.path(fetch == KeySetFetch::whenDue ? "/auth/status?fetch=true" : "/auth/status");
  REDD_TRY(const auto status, context.call(client, target, {.path = path}));
  if (context.wantsJson()) {
    context.result(status);
    return {};
  }
  if (textOf(status, "url").empty()) {
    context.terminal.out(target.label() + "\nThe space has no key set: API tokens open it. Fix: coho jwks URL");
    return {};
  }
  Table table({"Key set", textOf(status, "url")});
  if (!textOf(status, "issuer").empty()) table.add({"Issuer", textOf(status, "issuer")});
  for (const auto& audience : textsOf(status, "audience")) table.add({"Audience", audience});
  for (const auto& algorithm : textsOf(status, "algorithms")) table.add({"Algorithm", algorithm});
  const bool known = memberOf(status, "ageS").is_number();
  table.add({"Fetched", known ? whenText(-numberOf(status, "ageS")) : "not yet"});
  if (!textOf(status, "error").empty()) table.add({"Last error", textOf(status, "error")});
  for (const auto& why : textsOf(status, "unusable")) table.add({"Not used", why});
  print(context.terminal, table, Heading::none);
  Table keys({"KEY", "KIND", "ALGORITHM"});
  for (const auto& key : memberOf(status, "keys")) keys.add({textOf(key, "kid"), textOf(key, "kty"), textOf(key, "alg")});
  if (memberOf(status, "keys").empty()) return {};
  context.terminal.out("");
  print(context.terminal, keys);
  return {};
}

Result<void> rotateSecrets(const Context& context) {
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto answer, client.call({.method = "POST", .path = "/server/secrets/rotate"}));
  if (context.wantsJson()) {
    context.result(answer);
    return {};
  }
  context.terminal.out(fmt::format("A new secret key seals what is secret: encrypted variables: {}, API tokens: {}. Backups made before need the old key.",
                                   numberOf(answer, "variables"), numberOf(answer, "tokens")));
  return {};
}

}  // namespace redd::coho
