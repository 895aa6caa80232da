#include <fmt/format.h>

#include "commands.h"
#include "text.h"

namespace redd::coho {
namespace {

constexpr std::size_t kShownOfKey = 6;
constexpr std::size_t kPrefixMin = 4;

Result<Json> tokensOf(const Context& context, const Client& client, const Target& target) {
  REDD_TRY(const auto space, context.call(client, target, {.path = target.path()}));
  auto tokens = memberOf(space, "tokens");
  return tokens.is_array() ? std::move(tokens) : Json::array();
}

}  // namespace

std::string maskedKey(const std::string& key) { return key.size() <= kShownOfKey ? key : key.substr(0, kShownOfKey) + "…"; }

Result<void> listTokens(const Context& context, Keys keys) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(auto tokens, tokensOf(context, client, target));
  for (auto& token : tokens) {
    if (keys == Keys::masked && token.is_object()) token["key"] = maskedKey(textOf(token, "key"));
  }
  if (context.wantsJson()) {
    context.result({{"tokens", std::move(tokens)}});
    return {};
  }
  if (tokens.empty()) {
    context.terminal.out(fmt::format("{}\nNo API tokens yet. Make one: {} add-token", target.label(), commandName(context.environment)));
    return {};
  }
  Table table({"KEY", "ACCESS", "DESCRIPTION"});
  for (const auto& token : tokens) table.add({textOf(token, "key"), textOf(token, "access"), textOf(token, "description")});
  print(context.terminal, table);
  return {};
}

Result<void> addToken(const Context& context, const TokenArguments& arguments) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto token, context.call(client, target,
                                          {.method = "POST",
                                           .path = target.path("/tokens"),
                                           .body = {{"access", arguments.access}, {"description", arguments.description}}}));
  if (context.wantsJson()) {
    context.result(token);
    return {};
  }
  context.terminal.out(target.label());
  context.terminal.out(fmt::format("Token ({}): {}", arguments.access, inertLine(textOf(token, "key"))));
  context.terminal.out("Send it as the header x-apikey.");
  return {};
}

Result<void> removeToken(const Context& context, const std::string& key) {
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(const auto tokens, tokensOf(context, client, target));
  std::vector<std::string> matches;
  for (const auto& token : tokens) {
    const auto one = textOf(token, "key");
    if (one == key || (key.size() >= kPrefixMin && one.starts_with(key))) matches.push_back(one);
  }
  if (matches.empty()) {
    return notFound(fmt::format("no token of {}, {} begins with '{}'. Fix: coho tokens --show lists them", target.project, target.space, inertLine(key)));
  }
  if (matches.size() > 1) {
    return notFound(fmt::format("{} tokens of {}, {} begin with '{}'. Fix: coho tokens --show lists them", matches.size(), target.project,
                                target.space, inertLine(key)));
  }
  REDD_TRY(const auto answer, client.call({.method = "DELETE", .path = target.path("/tokens/" + segment(matches[0]))}));
  if (context.wantsJson()) {
    context.result(answer);
  } else {
    context.terminal.out(fmt::format("{}\nRemoved the token {}", target.label(), inertLine(maskedKey(matches[0]))));
  }
  return {};
}

}  // namespace redd::coho
