#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data_access.h"
#include "json_writer.h"

namespace redd::control {
namespace {

constexpr std::string_view kOk = R"({"ok":true})";

Error unknownCollection() { return notFound("Unknown collection"); }

std::string indexJson(const store::IndexInfo& index) {
  const auto state = index.state == store::IndexInfo::State::ready ? "ready" : "building";
  return JsonObject().texts("fields", index.fields).text("state", state).end();
}

std::string collectionJson(const store::CollectionInfo& collection) {
  return JsonObject()
      .text("name", collection.name)
      .raw("documents", std::to_string(collection.documents))
      .number("createdMs", static_cast<double>(collection.createdMs))
      .raw("schema", collection.options.schema.value_or("null"))
      .raw("cap", collection.options.cap ? std::to_string(*collection.options.cap) : "null")
      .raw("indexes", jsonList(collection.indexes, indexJson))
      .end();
}

std::string adviceJson(const store::IndexAdvice& advice) {
  const auto average = [&](std::uint64_t all) { return std::round(static_cast<double>(all) / static_cast<double>(advice.queries) * 10) / 10; };
  return JsonObject()
      .text("collection", advice.collection)
      .texts("fields", advice.fields)
      .number("queries", static_cast<double>(advice.queries))
      .number("readAverage", average(advice.documentsRead))
      .number("returnedAverage", average(advice.documentsReturned))
      .number("slowestMs", std::round(static_cast<double>(advice.slowestNs) / 1e5) / 10)
      .number("lastMs", static_cast<double>(advice.lastMs))
      .end();
}

Result<std::vector<std::string>> indexFields(const Call& call) {
  auto fields = call.arguments.texts("fields");
  const bool hasEmpty = std::ranges::any_of(fields, [](const auto& field) { return field.empty(); });
  if (fields.empty() || hasEmpty) return invalid("'fields' must name at least one field.");
  return fields;
}

Task<Result<Answer>> setSchemaTo(Call& call, std::optional<std::string> schema) {
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  REDD_CO_TRY_VOID(co_await suspend<void>([&](Completion<void> done) { store->setSchema(collection, std::move(schema), std::move(done)); }));
  co_return Answer{std::string(kOk)};
}

Task<Result<Answer>> setCapTo(Call& call, std::optional<std::uint64_t> cap) {
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  REDD_CO_TRY_VOID(co_await suspend<void>([&](Completion<void> done) { store->setCap(collection, cap, std::move(done)); }));
  co_return Answer{std::string(kOk)};
}

// How far an index has come; told to whoever waits.
struct Building {
  std::uint64_t processed = 0;
  std::uint64_t told = 0;
  std::optional<Result<void>> outcome;
  Completion<void> waiting;

  void wake() {
    if (waiting) std::exchange(waiting, nullptr)(Result<void>{});
  }
};

Task<Result<void>> build(Call& call, http::Exchange& exchange) {
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(auto fields, indexFields(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  const auto building = std::make_shared<Building>();
  store->createIndex(
      collection, std::move(fields),
      [building](std::uint64_t processed) {
        building->processed = processed;
        building->wake();
      },
      [building](Result<void> outcome) {
        building->outcome = std::move(outcome);
        building->wake();
      });
  LineSender sender(exchange, Lines::each);
  while (!building->outcome) {
    if (building->processed != building->told) {
      building->told = building->processed;
      sender.add(fmt::format(R"({{"processed":{}}})", building->told));
      REDD_CO_TRY_VOID(co_await sender.send());
      continue;
    }
    std::ignore = co_await suspend<void>([&building](Completion<void> done) { building->waiting = std::move(done); });
  }
  const auto& outcome = *building->outcome;
  if (!outcome && !exchange.headSent()) co_return outcome;
  if (!outcome) {
    sender.add(JsonObject().text("error", outcome.error().text()).text("code", name(outcome.error().code)).end());
  } else {
    sender.add(fmt::format(R"({{"processed":{},"finished":true}})", building->processed));
  }
  co_return co_await sender.finish();
}

}  // namespace

Task<Result<Answer>> listCollections(Call call) {
  using Infos = std::vector<store::CollectionInfo>;
  REDD_CO_TRY(const auto store, co_await openStore(call));
  REDD_CO_TRY(auto all, co_await suspend<Infos>([&](Completion<Infos> done) { store->collections(std::move(done)); }));
  if (!call.arguments.flag("system").value_or(false)) {
    std::erase_if(all, [](const auto& one) { return one.name.starts_with('_'); });
  }
  co_return Answer{JsonObject().raw("collections", jsonList(all, collectionJson)).end()};
}

Task<Result<Answer>> indexAdvice(Call call) {
  REDD_CO_TRY(const auto store, co_await openStore(call));
  REDD_CO_TRY(const auto all, co_await suspend<std::vector<store::IndexAdvice>>(
                                  [&](Completion<std::vector<store::IndexAdvice>> done) { store->advice(std::move(done)); }));
  co_return Answer{JsonObject().raw("advice", jsonList(all, adviceJson)).end()};
}

Task<Result<Answer>> createCollection(Call call) {
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  store::CollectionOptions options;
  if (call.arguments.has("schema")) options.schema = call.arguments.takeText("schema");
  options.cap = call.arguments.count("cap");
  REDD_CO_TRY_VOID(co_await suspend<void>([&](Completion<void> done) { store->createCollection(collection, std::move(options), std::move(done)); }));
  co_return Answer{JsonObject().text("name", collection).end()};
}

Task<Result<Answer>> dropCollection(Call call) {
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  REDD_CO_TRY(const auto was, co_await suspend<bool>([&](Completion<bool> done) { store->dropCollection(collection, std::move(done)); }));
  if (!was) co_return unknownCollection();
  co_return Answer{std::string(kOk)};
}

Task<Result<Answer>> setSchema(Call call) {
  auto schema = call.arguments.takeText("schema");
  co_return co_await setSchemaTo(call, std::move(schema));
}
Task<Result<Answer>> removeSchema(Call call) { co_return co_await setSchemaTo(call, std::nullopt); }
Task<Result<Answer>> setCap(Call call) { co_return co_await setCapTo(call, call.arguments.count("cap")); }
Task<Result<Answer>> removeCap(Call call) { co_return co_await setCapTo(call, std::nullopt); }

Task<void> createIndex(Call call, http::Exchange& exchange) {
  auto done = co_await build(call, exchange);
  co_await endStream("index.create", std::move(done), exchange);
}

Task<Result<Answer>> removeIndex(Call call) {
  REDD_CO_TRY(const auto collection, collectionName(call));
  REDD_CO_TRY(auto fields, indexFields(call));
  REDD_CO_TRY(const auto store, co_await openStore(call));
  REDD_CO_TRY(const auto was, co_await suspend<bool>([&](Completion<bool> done) { store->removeIndex(collection, std::move(fields), std::move(done)); }));
  if (!was) co_return notFound("Unknown index");
  co_return Answer{std::string(kOk)};
}

}  // namespace redd::control
