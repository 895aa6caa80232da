// What a collection is beside its documents: indexes, schema, cap. Immutable; whoever changes one makes a new one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "query/path.h"
#include "store/store.h"

namespace redd::query {
class Schema;
}

namespace redd::store {

struct Index {
  std::int64_t number = 0;  // names its keys; never used again
  std::vector<std::string> fields;
  std::vector<query::Path> paths;  // of the fields
  IndexInfo::State state = IndexInfo::State::building;
  // Some document had more or less than one key: the order of keys is no order of documents, and a document may be met twice.
  bool many = false;
};

struct Collection {
  std::int64_t number = 0;
  UnixMs createdMs = 0;
  std::vector<Index> indexes;
  std::optional<std::string> schemaText;
  std::shared_ptr<const query::Schema> schema;  // of schemaText
  std::optional<std::uint64_t> cap;             // documents
};
using CollectionPtr = std::shared_ptr<const Collection>;

}  // namespace redd::store
