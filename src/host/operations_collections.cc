// Collections, their schemas and indexes (spec 40.8, 40.9).
#include <fmt/format.h>

#include "base/json.h"
#include "operation_tools.h"

namespace redd::host {
namespace {

std::string ok() { return "null"; }

std::string fieldsJson(const std::vector<std::string>& fields) {
  std::string out = "[";
  for (const auto& field : fields) {
    if (out.size() > 1) out += ',';
    json::appendString(out, field);
  }
  return out += ']';
}

std::string infoJson(const store::CollectionInfo& info) {
  std::string indexes = "[";
  for (const auto& index : info.indexes) {
    if (indexes.size() > 1) indexes += ',';
    indexes += fmt::format(R"({{"fields":{},"state":"{}"}})", fieldsJson(index.fields),
                           index.state == store::IndexInfo::State::ready ? "ready" : "building");
  }
  return fmt::format(R"({{"name":{},"count":{},"schema":{},"cap":{},"indexes":{}]}})", json::quoted(info.name), info.documents,
                     info.options.schema.value_or("null"), info.options.cap ? std::to_string(*info.options.cap) : "null", indexes);
}

Result<std::optional<std::uint64_t>> capOf(Call& call) {
  REDD_TRY(const auto cap, call.arguments.milliseconds("cap"));
  if (cap && *cap < 1) return invalid("cap must be at least 1 document");
  return cap ? std::optional(static_cast<std::uint64_t>(*cap)) : std::nullopt;
}

Result<std::optional<std::string>> schemaOf(Call& call) {
  REDD_TRY(std::string schema, call.arguments.objectOrEmpty("schema"));
  return schema == "{}" ? std::nullopt : std::optional(std::move(schema));
}

}  // namespace

Result<void> collectionCreate(Call& call) {
  REDD_TRY(std::string name, collectionName(call));
  store::CollectionOptions options;
  REDD_TRY(options.schema, schemaOf(call));
  REDD_TRY(options.cap, capOf(call));
  auto json = fmt::format(R"({{"name":{}}})", json::quoted(name));
  call.store->createCollection(std::move(name), std::move(options), answering<void>(call, [json = std::move(json)] { return json; }));
  return {};
}

Result<void> collectionDrop(Call& call) {
  REDD_TRY(std::string name, collectionName(call));
  call.store->dropCollection(std::move(name), answering<bool>(call, [](bool there) { return std::string(there ? "true" : "false"); }));
  return {};
}

Result<void> collectionGet(Call& call) {
  REDD_TRY(std::string name, collectionName(call));
  using Info = std::optional<store::CollectionInfo>;
  call.store->collection(std::move(name), answering<Info>(call, [](const Info& info) { return info ? infoJson(*info) : "null"; }));
  return {};
}

Result<void> collectionList(Call& call) {
  using All = std::vector<store::CollectionInfo>;
  call.store->collections(answering<All>(call, [](const All& all) {
    std::string out = "[";
    for (const auto& info : all) {
      if (out.size() > 1) out += ',';
      out += infoJson(info);
    }
    return out += ']';
  }));
  return {};
}

Result<void> collectionCap(Call& call) {
  REDD_TRY(std::string name, collectionName(call));
  REDD_TRY(const auto cap, capOf(call));
  call.store->setCap(std::move(name), cap, answering<void>(call, ok));
  return {};
}

Result<void> schemaGet(Call& call) {
  REDD_TRY(std::string name, collectionName(call));
  using Info = std::optional<store::CollectionInfo>;
  call.store->collection(std::move(name), answering<Info>(call, [](const Info& info) { return info ? info->options.schema.value_or("null") : "null"; }));
  return {};
}

Result<void> schemaSet(Call& call) {
  REDD_TRY(std::string name, collectionName(call));
  REDD_TRY(auto schema, schemaOf(call));
  call.store->setSchema(std::move(name), std::move(schema), answering<void>(call, ok));
  return {};
}

Result<void> indexCreate(Call& call) {
  REDD_TRY(std::string name, collectionName(call));
  REDD_TRY(auto fields, call.arguments.texts("fields", kNameBytesMax));
  call.store->createIndex(std::move(name), std::move(fields), {}, answering<void>(call, ok));
  return {};
}

Result<void> indexRemove(Call& call) {
  REDD_TRY(std::string name, collectionName(call));
  REDD_TRY(auto fields, call.arguments.texts("fields", kNameBytesMax));
  call.store->removeIndex(std::move(name), std::move(fields), answering<bool>(call, [](bool there) { return std::string(there ? "true" : "false"); }));
  return {};
}

}  // namespace redd::host
