#include <fmt/format.h>

#include "data_access.h"
#include "json_writer.h"
#include "query/value.h"

namespace redd::control {
namespace {

constexpr std::string_view kOk = R"({"ok":true})";

Error unknownDocument() { return notFound("Unknown document"); }

std::string filterOf(const Call& call) {
  auto filter = call.arguments.text("filter");
  return filter.empty() ? "{}" : filter;
}

// The options of a find as the store reads them (spec 40.5).
std::string findOptions(const Arguments& arguments) {
  JsonObject out;
  for (const std::string_view name : {"limit", "offset"}) {
    if (const auto number = arguments.count(name)) out.number(name, static_cast<double>(*number));
  }
  for (const std::string_view name : {"sort", "fields", "start", "end", "hints"}) {
    if (arguments.has(name)) out.raw(name, arguments.text(name));
  }
  if (arguments.has("useIndex")) out.text("useIndex", arguments.text("useIndex"));
  for (const std::string_view name : {"reverse", "explain"}) {
    if (const auto value = arguments.flag(name)) out.flag(name, *value);
  }
  return out.end();
}

// Closes what was not read to its end.
struct OpenCursor {
  StorePtr store;
  std::uint64_t number = 0;
  OpenCursor(StorePtr from, std::uint64_t cursor) : store(std::move(from)), number(cursor) {}
  OpenCursor(const OpenCursor&) = delete;
  ~OpenCursor() {
    if (number != 0) store->closeCursor(number);
  }
};

Task<Result<void>> sendAll(Call& call, http::Exchange& exchange) {
  REDD_CO_TRY(const auto format, linesFormat(call));
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  store::Find find{filterOf(call), findOptions(call.arguments)};
  REDD_CO_TRY(auto page, co_await suspend<store::Page>([&](Completion<store::Page> done) { store->find(collection, std::move(find), std::move(done)); }));
  LineSender sender(exchange, format);
  OpenCursor cursor(store, page.cursor);
  while (true) {
    for (const auto& item : page.items) sender.add(item);
    if (cursor.number == 0) co_return co_await sender.finish();
    REDD_CO_TRY_VOID(co_await sender.send());
    if (call.services.stopping) co_return stoppingError();
    REDD_CO_TRY(page, co_await suspend<store::Page>([&](Completion<store::Page> done) { store->next(cursor.number, std::move(done)); }));
    cursor.number = page.cursor;
  }
}

store::Selector oneById(const Call& call) {
  store::Selector selector{.id = call.arguments.text("id")};
  if (call.arguments.has("expect")) selector.expect = call.arguments.text("expect");
  return selector;
}
store::Selector byFilter(const Call& call) { return {.filter = filterOf(call)}; }

// Changes all that match, or the one with the id of the path.
Task<Result<store::Change>> change(Call& call, store::Selector selector, store::Many many) {
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  const auto upsert = call.arguments.flag("upsert").value_or(false) ? store::Upsert::yes : store::Upsert::no;
  co_return co_await suspend<store::Change>([&](Completion<store::Change> done) {
    if (call.arguments.has("change")) {
      store->update(collection, std::move(selector), call.arguments.takeText("change"), many, upsert, std::move(done));
    } else {
      store->replace(collection, std::move(selector), call.arguments.takeText("document"), many, upsert, std::move(done));
    }
  });
}

Task<Result<Answer>> changeOne(Call call) {
  REDD_CO_TRY(auto changed, co_await change(call, oneById(call), store::Many::one));
  if (!changed.document) co_return unknownDocument();
  co_return Answer{std::move(*changed.document)};
}

Task<Result<Answer>> changeAll(Call call) {
  REDD_CO_TRY(const auto changed, co_await change(call, byFilter(call), store::Many::all));
  co_return Answer{countJson(changed.count)};
}

Task<Result<std::vector<std::string>>> remove(Call& call, store::Selector selector, store::Many many) {
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  co_return co_await suspend<std::vector<std::string>>(
      [&](Completion<std::vector<std::string>> done) { store->remove(collection, std::move(selector), many, std::move(done)); });
}

// Some at a time, so that others write in between; what the filter does not match any more when its turn comes stays.
Task<Result<void>> purge(Call& call, http::Exchange& exchange) {
  constexpr std::string_view kIdsOnly = R"({"fields":{"_id":1}})";
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  const auto filter = filterOf(call);
  REDD_CO_TRY(const auto total, co_await suspend<std::uint64_t>([&](Completion<std::uint64_t> done) { store->count(collection, filter, std::move(done)); }));
  REDD_CO_TRY(auto page, co_await suspend<store::Page>([&](Completion<store::Page> done) {
                store->find(collection, {filter, std::string(kIdsOnly)}, std::move(done));
              }));
  LineSender sender(exchange, Lines::each);
  OpenCursor cursor(store, page.cursor);
  std::uint64_t removed = 0;
  while (true) {
    std::string ids;
    for (const auto& item : page.items) {
      query::Parser parser;
      REDD_CO_TRY(const auto* document, parser.parse(item));
      const auto* id = query::find(*document, "_id");
      if (id != nullptr) ids.append(ids.empty() ? "" : ",").append(query::textOf(*id));
    }
    const auto these = fmt::format(R"({{"$and":[{},{{"_id":{{"$in":[{}]}}}}]}})", filter, ids);
    using Ids = std::vector<std::string>;
    REDD_CO_TRY(const auto gone, co_await suspend<Ids>([&](Completion<Ids> done) {
                  store->remove(collection, {.filter = these}, store::Many::all, std::move(done));
                }));
    removed += gone.size();
    if (cursor.number == 0) break;
    sender.add(JsonObject().raw("done", std::to_string(removed)).raw("total", std::to_string(total)).end());
    REDD_CO_TRY_VOID(co_await sender.send());
    if (call.services.stopping) co_return stoppingError();
    REDD_CO_TRY(page, co_await suspend<store::Page>([&](Completion<store::Page> done) { store->next(cursor.number, std::move(done)); }));
    cursor.number = page.cursor;
  }
  sender.add(countJson(removed));
  co_return co_await sender.finish();
}

}  // namespace

Task<void> purgeDocuments(Call call, http::Exchange& exchange) {
  auto done = co_await purge(call, exchange);
  co_await endStream("documents.purge", std::move(done), exchange);
}

Task<void> findDocuments(Call call, http::Exchange& exchange) {
  auto done = co_await sendAll(call, exchange);
  co_await endStream("document.find", std::move(done), exchange);
}

Task<Result<Answer>> countDocuments(Call call) {
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  REDD_CO_TRY(const auto count, co_await suspend<std::uint64_t>([&](Completion<std::uint64_t> done) {
                store->count(collection, filterOf(call), std::move(done));
              }));
  co_return Answer{countJson(count)};
}

Task<Result<Answer>> getDocument(Call call) {
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  using Found = std::optional<std::string>;
  REDD_CO_TRY(auto found, co_await suspend<Found>([&](Completion<Found> done) { store->findOne(collection, oneById(call), "{}", std::move(done)); }));
  if (!found) co_return unknownDocument();
  co_return Answer{std::move(*found)};
}

Task<Result<Answer>> insertDocument(Call call) {
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  REDD_CO_TRY(auto stored, co_await suspend<std::vector<std::string>>([&](Completion<std::vector<std::string>> done) {
                store->insert(collection, {call.arguments.takeText("document")}, std::move(done));
              }));
  co_return Answer{std::move(stored.front())};
}

Task<Result<Answer>> updateDocument(Call call) { return changeOne(std::move(call)); }
Task<Result<Answer>> replaceDocument(Call call) { return changeOne(std::move(call)); }
Task<Result<Answer>> updateDocuments(Call call) { return changeAll(std::move(call)); }
Task<Result<Answer>> replaceDocuments(Call call) { return changeAll(std::move(call)); }

Task<Result<Answer>> removeDocument(Call call) {
  REDD_CO_TRY(const auto ids, co_await remove(call, oneById(call), store::Many::one));
  if (ids.empty()) co_return unknownDocument();
  co_return Answer{std::string(kOk)};
}

Task<Result<Answer>> removeDocuments(Call call) {
  REDD_CO_TRY(const auto ids, co_await remove(call, byFilter(call), store::Many::all));
  co_return Answer{countJson(ids.size())};
}

}  // namespace redd::control
