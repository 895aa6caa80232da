// Every write of a document: checks size and schema, and keeps keys of indexes, expiry and caps in step with the rows. For one
// collection, inside one operation; knows the collection as it was when made.
//
// Errors: payloadTooLarge, alreadyExists, invalidArgument "Schema validation failed" with `schemaError` (spec 40.9, 40.12).
#pragma once

#include <string>
#include <string_view>

#include "document_rows.h"
#include "query/value.h"

namespace redd::store {

inline constexpr std::size_t kDocumentBytesMax = 16 << 20;

class DocumentWriter {
 public:
  static Result<DocumentWriter> make(DocumentRows& rows, std::string collection);

  Result<void> insert(std::string_view id, std::string_view json);
  Result<void> put(std::string_view id, std::string_view before, std::string_view after);  // it is there, as `before`
  Result<void> erase(std::string_view id, std::string_view before);
  Result<void> enforceCap();  // once, after inserts: the oldest go (spec 40.9)

 private:
  DocumentWriter(DocumentRows& rows, std::string name, CollectionPtr collection)
      : rows_(rows), name_(std::move(name)), collection_(std::move(collection)) {}
  Result<void> known();  // the collection is made when it is not there
  Result<void> check(const query::Value& document) const;
  Result<void> addKeys(const query::Value& document, std::string_view id);
  Result<void> changeKeys(const query::Value& before, const query::Value& after, std::string_view id);
  Result<void> setExpiry(const query::Value& document, std::string_view id);
  bool plain() const { return collection_->indexes.empty() && !collection_->schema; }

  DocumentRows& rows_;
  std::string name_;
  CollectionPtr collection_;  // nullptr: there is none yet
};

// Adds the keys of one document to one index, and notes when they are not exactly one.
Result<void> addIndexKeys(DocumentRows& rows, const std::string& collection, const Index& index, const query::Value& document,
                          std::string_view id);

// Whether the document asks to go by itself (`_ttl`, spec 40.2): at its expiry one that does not took the place of one that did.
bool hasTtl(std::string_view json);

}  // namespace redd::store
