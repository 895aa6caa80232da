#include "document_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "query/index_key.h"
#include "query/schema.h"

namespace redd::store {
namespace {

constexpr double kTtlMsMax = 1e14;

Result<void> checkSize(std::string_view json) {
  if (json.size() <= kDocumentBytesMax) return {};
  return Error::make(ErrorCode::payloadTooLarge, fmt::format("3 INVALID_ARGUMENT: the document has {} bytes, at most {} are allowed",
                                                             json.size(), kDocumentBytesMax));
}

// A document that cannot have the member needs no reading.
bool mayHaveTtl(std::string_view json) { return json.contains("\"_ttl\"") || json.contains('\\'); }

std::optional<std::int64_t> ttlOf(const query::Value& document) {
  const auto* ttl = query::find(document, "_ttl");
  if (!ttl || ttl->kind != query::Kind::number || !(ttl->number > 0)) return std::nullopt;
  return static_cast<std::int64_t>(std::min(ttl->number, kTtlMsMax));
}

bool oneKey(const std::vector<std::string>& keys) { return keys.size() == 1 && keys.front() != query::kWideKey; }

Result<void> noteMany(DocumentRows& rows, const std::string& collection, const Index& index, const std::vector<std::string>& keys) {
  if (index.many || oneKey(keys)) return {};
  return rows.markMany(collection, index.number);
}

}  // namespace

Result<void> addIndexKeys(DocumentRows& rows, const std::string& collection, const Index& index, const query::Value& document,
                          std::string_view id) {
  const auto keys = query::indexKeys(index.paths, document);
  for (const auto& key : keys) REDD_TRY_VOID(rows.addKey(index.number, key, id));
  return noteMany(rows, collection, index, keys);
}

bool hasTtl(std::string_view json) {
  query::Parser parser;
  const auto document = parser.parse(json);
  return document && ttlOf(**document).has_value();
}

Result<DocumentWriter> DocumentWriter::make(DocumentRows& rows, std::string collection) {
  REDD_TRY(auto known, rows.find(collection));
  return DocumentWriter(rows, std::move(collection), std::move(known));
}

Result<void> DocumentWriter::known() {
  if (collection_) return {};
  REDD_TRY(collection_, rows_.findOrMake(name_));
  return {};
}

Result<void> DocumentWriter::insert(std::string_view id, std::string_view json) {
  REDD_TRY_VOID(checkSize(json));
  REDD_TRY_VOID(known());
  query::Parser parser;
  const query::Value* document = nullptr;
  if (!plain() || mayHaveTtl(json)) {
    REDD_TRY(document, parser.parse(json));
    REDD_TRY_VOID(check(*document));
  }
  REDD_TRY(const bool isNew, rows_.insert(name_, id, json));
  if (!isNew) return Error::make(ErrorCode::alreadyExists, "6 ALREADY_EXISTS: duplicate _id");
  if (collection_->cap) REDD_TRY_VOID(rows_.arrived(name_, id));
  if (!document) return {};
  REDD_TRY_VOID(addKeys(*document, id));
  return setExpiry(*document, id);
}

Result<void> DocumentWriter::put(std::string_view id, std::string_view before, std::string_view after) {
  if (before == after) return {};
  REDD_TRY_VOID(checkSize(after));
  if (!plain() || mayHaveTtl(after)) {
    query::Parser oldParser, newParser;
    REDD_TRY(const query::Value* old, oldParser.parse(before));
    REDD_TRY(const query::Value* fresh, newParser.parse(after));
    REDD_TRY_VOID(check(*fresh));
    REDD_TRY_VOID(changeKeys(*old, *fresh, id));
    if (ttlOf(*fresh) != ttlOf(*old)) REDD_TRY_VOID(setExpiry(*fresh, id));
  }
  return rows_.put(name_, id, after);
}

Result<void> DocumentWriter::erase(std::string_view id, std::string_view before) {
  if (!collection_->indexes.empty()) {
    query::Parser parser;
    REDD_TRY(const query::Value* document, parser.parse(before));
    for (const auto& index : collection_->indexes) {
      for (const auto& key : query::indexKeys(index.paths, *document)) REDD_TRY_VOID(rows_.removeKey(index.number, key, id));
    }
  }
  if (collection_->cap) REDD_TRY_VOID(rows_.left(name_, id));
  return rows_.erase(name_, id);
}

Result<void> DocumentWriter::enforceCap() {
  if (!collection_ || !collection_->cap) return {};
  REDD_TRY(const auto count, rows_.arrivals(name_));
  if (count <= *collection_->cap) return {};
  REDD_TRY(const auto ids, rows_.oldest(name_, count - *collection_->cap));
  for (const auto& id : ids) {
    REDD_TRY(const auto json, rows_.get(name_, id));
    if (json) REDD_TRY_VOID(erase(id, *json));
  }
  return {};
}

Result<void> DocumentWriter::check(const query::Value& document) const {
  if (!collection_->schema) return {};
  auto faults = collection_->schema->faults(document);
  if (!faults) return {};
  auto error = invalid("Schema validation failed");
  error.members = R"("schemaError":)" + *std::move(faults);
  return error;
}

Result<void> DocumentWriter::addKeys(const query::Value& document, std::string_view id) {
  for (const auto& index : collection_->indexes) REDD_TRY_VOID(addIndexKeys(rows_, name_, index, document, id));
  return {};
}

Result<void> DocumentWriter::changeKeys(const query::Value& before, const query::Value& after, std::string_view id) {
  for (const auto& index : collection_->indexes) {
    const auto old = query::indexKeys(index.paths, before);
    const auto fresh = query::indexKeys(index.paths, after);
    if (old == fresh) continue;
    for (const auto& key : old) {
      if (!std::ranges::binary_search(fresh, key)) REDD_TRY_VOID(rows_.removeKey(index.number, key, id));
    }
    for (const auto& key : fresh) {
      if (!std::ranges::binary_search(old, key)) REDD_TRY_VOID(rows_.addKey(index.number, key, id));
    }
    REDD_TRY_VOID(noteMany(rows_, name_, index, fresh));
  }
  return {};
}

Result<void> DocumentWriter::setExpiry(const query::Value& document, std::string_view id) {
  const auto ttl = ttlOf(document);
  return ttl ? rows_.setExpiry(name_, id, nowMs() + *ttl) : Result<void>();
}

}  // namespace redd::store
