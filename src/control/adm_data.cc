// Spec 70.8 and 70.9: keys and indexes.
#include <charconv>

#include "adm_endpoints.h"
#include "adm_relay.h"
#include "base/json.h"
#include "query/value.h"

namespace redd::control {
namespace {

constexpr std::uint64_t kIndexBodyBytesMax = 64 << 10;

Arguments keyPlace(const AdmQuery& query, std::string key) {
  Arguments out;
  out.set("key", std::move(key));
  if (auto keyspace = query.get("keyspace"); !keyspace.empty()) out.set("keyspace", std::move(keyspace));
  return out;
}

// The client sends ttl=undefined when none was given.
std::optional<std::uint64_t> ttlOf(const std::string& text) {
  std::uint64_t ms = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), ms);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? std::optional(ms) : std::nullopt;
}

Task<Result<Arguments>> indexBody(const AdmCall& adm) {
  REDD_CO_TRY(auto body, co_await adm.bodyArguments(kIndexBodyBytesMax, {{"collection", Kind::text, Need::required}, {"index", Kind::texts, Need::required}}));
  if (body.texts("index").empty()) co_return invalid("'index' must name at least one field, as in [\"name\"].");
  co_return body;
}

Arguments indexOf(const Arguments& body, const std::string& field) {
  Arguments out;
  out.set("collection", body.text("collection"));
  out.set("fields", std::vector<std::string>{field});
  return out;
}

Task<Result<std::uint64_t>> documentsIn(const AdmCall& adm, const Arguments& body) {
  Arguments all;
  all.set("collection", body.text("collection"));
  REDD_CO_TRY(const auto answer, co_await adm.run("document.count", std::move(all)));
  query::Parser parser;
  REDD_CO_TRY(const auto* told, parser.parse(answer.body));
  co_return static_cast<std::uint64_t>(query::find(*told, "count")->number);
}

}  // namespace

Task<Result<void>> admGetKey(const AdmCall& adm) {
  REDD_CO_TRY(const auto query, admQuery(adm.head().query(), {"key", "keyspace"}));
  auto key = query.get("key");
  if (key.empty()) co_return invalid("The parameter key is missing. Fix: ?key=NAME, or ?key=PREFIX* for all that begin so");
  if (key.ends_with('*')) {
    key.pop_back();
    auto arguments = keyPlace(query, {});
    arguments.set("prefix", std::move(key));
    KeyRelay relay(adm.exchange);
    co_return co_await adm.stream("key.list", std::move(arguments), relay);
  }
  REDD_CO_TRY(const auto answer, co_await adm.run("key.get", keyPlace(query, std::move(key))));
  REDD_CO_TRY(auto pair, withVal(answer.body));
  co_return co_await adm.print(std::move(pair));
}

Task<Result<void>> admSetKey(const AdmCall& adm) {
  REDD_CO_TRY(const auto query, admQuery(adm.head().query(), {"keyspace", "ttl"}));
  REDD_CO_TRY(auto body, co_await adm.bodyArguments(adm.services.limits.bufferedBodyBytesMax,
                                                    {{"key", Kind::text, Need::required}, {"value", Kind::text, Need::required}}));
  auto arguments = keyPlace(query, body.takeText("key"));
  arguments.set("value", body.takeText("value"));
  // With a keyspace and no ttl the client writes ?keyspace=K?ttl=undefined.
  if (auto keyspace = arguments.text("keyspace"); keyspace.ends_with("?ttl=undefined")) {
    arguments.set("keyspace", keyspace.substr(0, keyspace.rfind('?')));
  }
  if (const auto ttl = ttlOf(query.get("ttl"))) arguments.set("ttl", *ttl);
  REDD_CO_TRY(const auto answer, co_await adm.run("key.set", std::move(arguments)));
  REDD_CO_TRY(auto pair, withVal(answer.body));
  co_return co_await adm.print(std::move(pair));
}

Task<Result<void>> admRemoveKey(const AdmCall& adm) {
  REDD_CO_TRY(const auto query, admQuery(adm.head().query(), {"keyspace"}));
  REDD_CO_TRY(auto body, co_await adm.bodyArguments(kIndexBodyBytesMax, {{"key", Kind::text, Need::required}}));
  REDD_CO_TRY(auto answer, co_await adm.run("key.remove", keyPlace(query, body.takeText("key"))));
  co_return co_await adm.print(std::move(answer.body));
}

// One after the other: the answer is one stream. One that fails behind the first bytes breaks it off.
Task<Result<void>> admCreateIndexes(const AdmCall& adm) {
  REDD_CO_TRY(const auto body, co_await indexBody(adm));
  REDD_CO_TRY(const auto count, co_await documentsIn(adm, body));
  for (const auto& field : body.texts("index")) {
    IndexRelay relay(adm.exchange, field, count);
    const auto done = co_await adm.stream("index.create", indexOf(body, field), relay);
    if (!done) co_return done;
    if (!relay.isBuilt()) co_return Result<void>{};
  }
  REDD_CO_TRY_VOID(co_await adm.exchange.sendBody(R"({"finished":true})"));
  co_return co_await adm.exchange.finish();
}

Task<Result<void>> admRemoveIndexes(const AdmCall& adm) {
  REDD_CO_TRY(const auto body, co_await indexBody(adm));
  std::string removed;
  for (const auto& field : body.texts("index")) {
    REDD_CO_TRY(const auto answer, co_await adm.run("index.remove", indexOf(body, field)));
    removed += (removed.empty() ? "" : ",") + json::quoted(field);
  }
  co_return co_await adm.print(R"({"ok":true,"collection":)" + json::quoted(body.text("collection")) + R"(,"index":[)" + removed + "]}");
}

}  // namespace redd::control
