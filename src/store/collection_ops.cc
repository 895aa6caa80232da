#include "collection_ops.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/json.h"
#include "document_writer.h"
#include "query/index_key.h"
#include "query/schema.h"
#include "query/value.h"

namespace redd::store {
namespace {

constexpr std::size_t kPieceDocuments = 1'000;
constexpr std::size_t kPieceBytes = 4 << 20;
constexpr std::size_t kSchemaBytesMax = 256 << 10;
constexpr std::size_t kFieldBytesMax = 255;

Error refused(std::string_view why) { return invalid(fmt::format("3 INVALID_ARGUMENT: {}", why)); }

Result<void> checkFields(const std::vector<std::string>& fields) {
  if (fields.empty()) return refused("an index needs at least one field");
  if (fields.size() > Store::kIndexFieldsMax) return refused(fmt::format("an index has at most {} fields", Store::kIndexFieldsMax));
  for (const auto& field : fields) {
    if (field.empty() || field.size() > kFieldBytesMax) return refused("the field of an index has 1 to 255 bytes");
  }
  if (std::set(fields.begin(), fields.end()).size() != fields.size()) return refused("an index names a field only once");
  return {};
}

const Index* indexOver(const Collection& collection, const std::vector<std::string>& fields) {
  const auto found = std::ranges::find(collection.indexes, fields, &Index::fields);
  return found == collection.indexes.end() ? nullptr : &*found;
}

Result<void> enforce(DocumentRows& rows, const std::string& collection) {
  REDD_TRY(auto writer, DocumentWriter::make(rows, collection));
  return writer.enforceCap();
}

}  // namespace

Result<std::shared_ptr<const query::Schema>> compileSchema(const std::string& text) {
  if (text.size() > kSchemaBytesMax) return refused(fmt::format("a schema has at most {} bytes", kSchemaBytesMax));
  auto schema = query::Schema::parse(text);
  if (!schema) return refused(schema.error().text());
  return std::make_shared<const query::Schema>(*std::move(schema));
}

std::string textOfFields(const std::vector<std::string>& fields) {
  std::string out = "[";
  for (const auto& field : fields) {
    if (out.size() > 1) out += ',';
    json::appendString(out, field);
  }
  return out += ']';
}

std::vector<std::string> fieldsOfText(std::string_view text) {
  query::Parser parser;
  std::vector<std::string> fields;
  const auto array = parser.parse(text);
  if (!array) return fields;
  for (const auto& field : (*array)->elements) fields.emplace_back(field.text);
  return fields;
}

Result<void> createCollection(DocumentRows& rows, const std::string& name, const CollectionOptions& options) {
  REDD_TRY_VOID(rows.findOrMake(name));
  if (options.schema) REDD_TRY_VOID(setSchema(rows, name, options.schema));
  if (options.cap) REDD_TRY_VOID(setCap(rows, name, options.cap));
  return {};
}

Result<bool> dropCollection(DocumentRows& rows, const std::string& name) {
  REDD_TRY(const auto known, rows.find(name));
  if (!known) return false;
  REDD_TRY_VOID(rows.drop(name));
  return true;
}

Result<void> setSchema(DocumentRows& rows, const std::string& collection, const std::optional<std::string>& schema) {
  if (schema) REDD_TRY_VOID(compileSchema(*schema));
  REDD_TRY_VOID(rows.findOrMake(collection));
  return rows.setSchema(collection, schema);
}

Result<void> setCap(DocumentRows& rows, const std::string& collection, std::optional<std::uint64_t> cap) {
  if (cap && (*cap == 0 || *cap > 1'000'000'000)) return refused("a cap is a number of documents from 1 to 1,000,000,000");
  REDD_TRY_VOID(rows.findOrMake(collection));
  REDD_TRY_VOID(rows.setCap(collection, cap));
  return enforce(rows, collection);
}

Result<IndexBegun> beginIndex(DocumentRows& rows, const std::string& collection, const std::vector<std::string>& fields) {
  REDD_TRY_VOID(checkFields(fields));
  REDD_TRY(const auto known, rows.findOrMake(collection));
  if (const auto* index = indexOver(*known, fields)) return IndexBegun{index->number, index->state == IndexInfo::State::ready};
  if (known->indexes.size() >= Store::kIndexesMax) return refused(fmt::format("a collection has at most {} indexes", Store::kIndexesMax));
  REDD_TRY(const auto number, rows.addIndex(collection, fields));
  return IndexBegun{number, false};
}

Result<IndexPiece> buildIndexPiece(DocumentRows& rows, const std::string& collection, std::int64_t number, const std::string& after) {
  REDD_TRY(const auto known, rows.find(collection));
  const auto index = known ? std::ranges::find(known->indexes, number, &Index::number) : std::vector<Index>::const_iterator();
  if (!known || index == known->indexes.end()) return Error::make(ErrorCode::cancelled, "1 CANCELLED: the index was removed while it was built");
  if (index->state == IndexInfo::State::ready) return IndexPiece{after, 0, true};

  struct Found {
    std::string id, json;
  };
  std::vector<Found> found;
  std::size_t bytes = 0;
  const auto gather = [&](std::string_view id, std::string_view json) -> Result<bool> {
    found.push_back({std::string(id), std::string(json)});
    bytes += json.size();
    return found.size() < kPieceDocuments && bytes < kPieceBytes;
  };
  REDD_TRY_VOID(rows.scan(collection, {after.empty() ? after : query::behindText(after)}, DocumentRows::Direction::forward, gather));
  IndexPiece piece{after, found.size(), found.empty()};
  query::Parser parser;
  for (const auto& [id, json] : found) {
    REDD_TRY(const query::Value* document, parser.parse(json));
    REDD_TRY_VOID(addIndexKeys(rows, collection, *index, *document, id));
  }
  if (!found.empty()) piece.last = found.back().id;
  if (piece.ready) REDD_TRY_VOID(rows.markReady(collection, number));
  return piece;
}

Result<bool> removeIndex(DocumentRows& rows, const std::string& collection, const std::vector<std::string>& fields) {
  REDD_TRY(const auto known, rows.find(collection));
  const auto* index = known ? indexOver(*known, fields) : nullptr;
  if (!index) return false;
  REDD_TRY_VOID(rows.removeIndex(collection, index->number));
  return true;
}

Result<CollectionInfo> describe(DocumentRows& rows, const std::string& name, const Collection& collection) {
  CollectionInfo info{.name = name, .createdMs = collection.createdMs, .options = {collection.schemaText, collection.cap}};
  REDD_TRY(info.documents, rows.count(name));
  for (const auto& index : collection.indexes) info.indexes.push_back({index.fields, index.state});
  return info;
}

}  // namespace redd::store
