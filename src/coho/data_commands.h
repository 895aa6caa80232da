// The commands on a space's data: documents, collections, indexes, keys, import and export. As those of commands.h: they print their
// result and answer whether it worked. Names and options follow spec 70.12.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "context.h"
#include "document_printer.h"

namespace redd::coho {

// Which documents: COLLECTION [FILTER…], or -c COLLECTION and -q FILTER.
struct Selection {
  std::string collection;          // -c
  std::string query;               // -q
  std::vector<std::string> words;  // without -c the first one is the collection; the others are conditions
  Result<std::string> collectionName() const;
  Result<std::string> filter() const;  // JSON
  bool hasFilter() const;
};

// The options of a find (spec 40.5).
struct FindArguments {
  Selection selection;
  std::optional<std::uint64_t> limit, offset;
  std::string sort, fields, useIndex, start, end;
  bool wantsReverse = false;
  bool wantsExplain = false;
};
Result<std::string> findBody(const FindArguments& arguments, std::string_view format);  // of the operation document.find
std::string collectionPath(const Target& target, const std::string& collection, std::string_view rest = {});
std::vector<std::string> namesIn(std::string_view list);  // "a, b" → a, b

// commands/query.cc
enum class QueryAction { find, count, remove, update, replace };
struct QueryArguments {
  FindArguments find;
  QueryAction action = QueryAction::find;
  std::string change;  // of update and replace: JSON
  std::optional<DocumentForm> form;
};
Result<void> query(const Context& context, const QueryArguments& arguments);
Result<void> count(const Context& context, const Selection& selection);

// commands/collections.cc
enum class SystemCollections { hidden, shown };
struct CollectionArguments {
  std::string name;                // -c or positional
  std::vector<std::string> words;  // without -c the first one is the collection
  std::vector<std::string> indexes;  // -i: fields of one index, separated by commas
  std::string schemaFile;
  std::optional<std::uint64_t> cap;
};
Result<void> listCollections(const Context& context, SystemCollections system);
Result<void> listAdvice(const Context& context);  // indexes that slow queries want
Result<void> createCollection(const Context& context, const CollectionArguments& arguments);
Result<void> dropCollection(const Context& context, const CollectionArguments& arguments);
Result<void> addSchema(const Context& context, const CollectionArguments& arguments);
Result<void> removeSchema(const Context& context, const CollectionArguments& arguments);
Result<void> capCollection(const Context& context, const CollectionArguments& arguments);
Result<void> uncapCollection(const Context& context, const CollectionArguments& arguments);
Result<void> createIndex(const Context& context, const CollectionArguments& arguments);
Result<void> removeIndex(const Context& context, const CollectionArguments& arguments);

// commands/keys.cc
struct KeyArguments {
  std::string key;     // one that ends in '*' stands for all that begin so
  std::optional<std::string> value;  // of set; absent: read from standard input
  std::string keyspace, prefix;
  std::optional<std::uint64_t> ttlMs, limit;
  bool wantsText = false;
  bool wantsReverse = false;
};
Result<void> getKey(const Context& context, const KeyArguments& arguments);
Result<void> setKey(const Context& context, const KeyArguments& arguments);
Result<void> deleteKey(const Context& context, const KeyArguments& arguments);
Result<void> listKeys(const Context& context, const KeyArguments& arguments);

// commands/import.cc, commands/export.cc
enum class DataFormat { detected, json, jsonLines, csv };
struct ImportArguments {
  std::string collection, file, encoding, separator;
  std::vector<std::string> words;  // COLLECTION FILE, as far as -c and -f do not name them
  DataFormat format = DataFormat::detected;
  std::optional<std::uint64_t> rows;  // at most so many
  std::uint64_t skip = 0;             // so many documents are stored already
  bool isDryRun = false;
  std::string fromCodehooks;          // a folder of files, one a collection; then nothing else names a file
};
Result<void> importDocuments(const Context& context, const ImportArguments& arguments);

struct ImportSummary {
  std::string collection;
  std::uint64_t documents = 0, bytes = 0;
  std::string columnsLeftOut;  // of CSV
  std::string text;            // how much in which time
};
Result<ImportSummary> importFile(const Context& context, const ImportArguments& arguments);    // prints nothing
Result<void> importFolder(const Context& context, const ImportArguments& arguments);  // commands/import_folder.cc

struct ExportArguments {
  FindArguments find;
  std::string file, separator;
  DataFormat format = DataFormat::detected;
};
Result<void> exportDocuments(const Context& context, const ExportArguments& arguments);

}  // namespace redd::coho
