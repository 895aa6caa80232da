// What the collection operations of Store mean (spec 40.8, 40.9), over any rows; each inside one transaction of its caller.
// Errors: invalidArgument, texts of spec 40.12.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "document_rows.h"

namespace redd::store {

Result<std::shared_ptr<const query::Schema>> compileSchema(const std::string& text);
std::string textOfFields(const std::vector<std::string>& fields);  // JSON array of texts
std::vector<std::string> fieldsOfText(std::string_view text);

Result<void> createCollection(DocumentRows& rows, const std::string& name, const CollectionOptions& options);
Result<bool> dropCollection(DocumentRows& rows, const std::string& name);
Result<void> setSchema(DocumentRows& rows, const std::string& collection, const std::optional<std::string>& schema);
Result<void> setCap(DocumentRows& rows, const std::string& collection, std::optional<std::uint64_t> cap);

// An index is begun, then built piece by piece, and ready when a piece finds no more documents.
struct IndexBegun {
  std::int64_t number = 0;
  bool ready = false;  // it was there and complete
};
Result<IndexBegun> beginIndex(DocumentRows& rows, const std::string& collection, const std::vector<std::string>& fields);
struct IndexPiece {
  std::string last;             // continue behind this _id
  std::uint64_t documents = 0;  // in this piece
  bool ready = false;
};
// Errors: cancelled when the index was removed meanwhile.
Result<IndexPiece> buildIndexPiece(DocumentRows& rows, const std::string& collection, std::int64_t index, const std::string& after);
Result<bool> removeIndex(DocumentRows& rows, const std::string& collection, const std::vector<std::string>& fields);

Result<CollectionInfo> describe(DocumentRows& rows, const std::string& name, const Collection& collection);

}  // namespace redd::store
