// Lists of a space: the clients that may call it, the origins whose pages may, its domains.
#include <fmt/format.h>

#include <algorithm>

#include "commands.h"
#include "text.h"

namespace redd::coho {
namespace {

struct List {
  std::string_view path, argument;  // of the operation that sets it
  std::string_view member;          // of the space
  std::string_view title, everybody;
  std::string_view command;  // that shows it
};
constexpr List kAllowedHosts{"/allowed-hosts", "addresses", "allowedHosts", "Allowed hosts", "every client may call the space", "whitelist"};
constexpr List kCorsOrigins{"/cors-origins", "origins", "corsOrigins", "CORS origins", "pages of every origin may call the space", "cors"};
constexpr List kDomains{"/domains", "domains", "domains", "Domains", "the space is reached by its endpoint only", "domain"};

enum class Edit { add, remove };

void show(const Context& context, const Target& target, const List& list, const Json& entries) {
  if (context.wantsJson()) return context.result({{"project", target.project}, {"space", target.space}, {std::string(list.member), entries}});
  context.terminal.out(target.label());
  context.terminal.out(fmt::format("{}:{}", list.title, entries.empty() ? fmt::format(" none, so {}", list.everybody) : ""));
  for (const auto& one : entries) context.terminal.out("  " + inertLine(one.get<std::string>()));
}

Result<Json> entriesOf(const Context& context, const Client& client, const Target& target, const List& list) {
  REDD_TRY(const auto space, context.call(client, target, {.path = target.path("")}));
  auto entries = memberOf(space, list.member);
  return entries.is_array() ? entries : Json::array();
}

// The list is set whole, if it still is `before`.
Result<Json> change(const Context& context, const Client& client, const Target& target, const List& list, Edit edit, const std::string& value, const Json& before) {
  auto entries = before;
  const auto found = std::ranges::find(entries, Json(value));
  if (edit == Edit::remove && found == entries.end()) {
    return notFound(fmt::format("'{}' is not in the list of {}, {}. Fix: coho {} shows it", inertLine(value), target.project, target.space, list.command));
  }
  if (edit == Edit::remove) entries.erase(found);
  if (edit == Edit::add && found == entries.end()) entries.push_back(value);
  const Json body{{std::string(list.argument), entries}, {"expect", before}};
  REDD_TRY_VOID(context.call(client, target, {.method = "PUT", .path = target.path(std::string(list.path)), .body = body}));
  return entries;
}

Result<void> edit(const Context& context, const List& list, Edit edit, const std::string& value) {
  constexpr int kAttemptsMax = 10;
  REDD_TRY(const auto target, context.target());
  REDD_TRY(const auto client, context.connect());
  REDD_TRY(auto entries, entriesOf(context, client, target, list));
  for (int attempts = 1; !value.empty(); ++attempts) {
    const auto changed = change(context, client, target, list, edit, value, entries);
    if (changed) {
      entries = *changed;
      break;
    }
    if (changed.error().code != ErrorCode::alreadyExists || attempts == kAttemptsMax) return changed.error();
    REDD_TRY(auto now, entriesOf(context, client, target, list));
    if (now == entries) return changed.error();  // nobody came between: another space has the domain
    entries = std::move(now);
  }
  show(context, target, list, entries);
  return {};
}

}  // namespace

Result<void> whitelist(const Context& context, const ListArguments& arguments) { return edit(context, kAllowedHosts, Edit::add, arguments.value); }
Result<void> removeWhitelist(const Context& context, const ListArguments& arguments) {
  return edit(context, kAllowedHosts, Edit::remove, arguments.value);
}
Result<void> domain(const Context& context, const ListArguments& arguments) { return edit(context, kDomains, Edit::add, arguments.value); }
Result<void> removeDomain(const Context& context, const ListArguments& arguments) { return edit(context, kDomains, Edit::remove, arguments.value); }
Result<void> cors(const Context& context, const ListArguments& arguments) { return edit(context, kCorsOrigins, Edit::add, arguments.value); }
Result<void> removeCors(const Context& context, const ListArguments& arguments) { return edit(context, kCorsOrigins, Edit::remove, arguments.value); }

}  // namespace redd::coho
