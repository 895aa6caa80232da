#include <algorithm>

#include "base/log.h"
#include "collection_ops.h"
#include "sqlite/document_op.h"

namespace redd::store::sqlite {

namespace {

struct Named {
  std::string name;
  UnixMs createdMs;
};
Result<std::vector<Named>> namedCollections(Database& database, const std::optional<std::string>& only) {
  REDD_TRY(Statement rows, database.query("SELECT name, created FROM collection WHERE (?1 IS NULL OR name = ?1)"
                                          " AND number NOT IN (SELECT number FROM dropped_collection) ORDER BY name", only));
  std::vector<Named> out;
  while (true) {
    REDD_TRY(const bool more, rows.step());
    if (!more) return out;
    out.push_back({std::string(rows.text(0)), rows.integer(1)});
  }
}

Result<std::vector<CollectionInfo>> described(Database& database, KnownCollections& known, const std::optional<std::string>& only) {
  REDD_TRY(const auto names, namedCollections(database, only));
  SqliteRows rows(database, known);
  std::vector<CollectionInfo> out;
  for (const auto& [name, createdMs] : names) {
    REDD_TRY(const auto collection, rows.find(name));
    if (!collection) continue;
    REDD_TRY(auto info, describe(rows, name, *collection));
    info.createdMs = createdMs;
    out.push_back(std::move(info));
  }
  return out;
}

}  // namespace

void SqliteStore::collections(Completion<std::vector<CollectionInfo>> done) {
  auto job = [known = known_](Database& database) { return described(database, *known, std::nullopt); };
  readAfter<std::vector<CollectionInfo>>(called_, std::move(job), std::move(done));
}

void SqliteStore::collection(std::string name, Completion<std::optional<CollectionInfo>> done) {
  const auto number = writtenIn(name);
  auto job = [known = known_, name = std::move(name)](Database& database) -> Result<std::optional<CollectionInfo>> {
    REDD_TRY(auto found, described(database, *known, name));
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
  };
  readAfter<std::optional<CollectionInfo>>(number, std::move(job), std::move(done));
}

void SqliteStore::advice(Completion<std::vector<IndexAdvice>> done) {
  auto job = [known = known_, slow = slow_](Database& database) {
    SqliteRows rows(database, *known);
    return slow->list(rows);
  };
  readAfter<std::vector<IndexAdvice>>(called_, std::move(job), std::move(done));
}

void SqliteStore::createCollection(std::string name, CollectionOptions options, Completion<void> done) {
  const auto bytes = options.schema ? options.schema->size() : 0;
  auto work = [name, options = std::move(options)](DocumentRows& rows) { return store::createCollection(rows, name, options); };
  writeTo<void>(name, std::move(work), bytes, std::move(done));
}

void SqliteStore::dropCollection(std::string name, Completion<bool> done) {
  writeTo<bool>(name, [name](DocumentRows& rows) { return store::dropCollection(rows, name); }, 0, std::move(done));
}

void SqliteStore::setSchema(std::string collection, std::optional<std::string> schema, Completion<void> done) {
  const auto bytes = schema ? schema->size() : 0;
  auto work = [collection, schema = std::move(schema)](DocumentRows& rows) { return store::setSchema(rows, collection, schema); };
  writeTo<void>(collection, std::move(work), bytes, std::move(done));
}

void SqliteStore::setCap(std::string collection, std::optional<std::uint64_t> cap, Completion<void> done) {
  writeTo<void>(collection, [collection, cap](DocumentRows& rows) { return store::setCap(rows, collection, cap); }, 0, std::move(done));
}

// ---- indexes ----

struct SqliteStore::IndexBuild {
  std::string collection;
  std::int64_t number = 0;
  std::string last;  // _id of the last document that it knows
  std::uint64_t documents = 0;
  Progress progress;
  Completion<void> done;
};

void SqliteStore::createIndex(std::string collection, std::vector<std::string> fields, Progress progress, Completion<void> done) {
  auto build = std::make_shared<IndexBuild>(collection, 0, "", 0, std::move(progress), std::move(done));
  auto work = [collection, fields = std::move(fields)](DocumentRows& rows) { return beginIndex(rows, collection, fields); };
  writeTo<IndexBegun>(collection, std::move(work), 0, [this, build](Result<IndexBegun> begun) {
    if (!begun) return build->done(std::move(begun).error());
    if (begun->ready) return build->done({});
    build->number = begun->number;
    buildIndex(build);
  });
}

// A piece is a write like others: those that came meanwhile go first.
void SqliteStore::buildIndex(std::shared_ptr<IndexBuild> build) {
  auto work = [collection = build->collection, number = build->number, last = build->last](DocumentRows& rows) {
    return buildIndexPiece(rows, collection, number, last);
  };
  writeTo<IndexPiece>(build->collection, std::move(work), 0, [this, build](Result<IndexPiece> piece) {
    if (!piece) return build->done(std::move(piece).error());
    build->last = std::move(piece->last);
    build->documents += piece->documents;
    if (build->progress) build->progress(build->documents);
    if (piece->ready) return build->done({});
    buildIndex(build);
  });
}

void SqliteStore::removeIndex(std::string collection, std::vector<std::string> fields, Completion<bool> done) {
  auto work = [collection, fields = std::move(fields)](DocumentRows& rows) { return store::removeIndex(rows, collection, fields); };
  writeTo<bool>(collection, std::move(work), 0, std::move(done));
}

void SqliteStore::finishIndexes() {
  struct Unready {
    std::string collection;
    std::vector<std::string> fields;
  };
  using All = std::vector<Unready>;
  auto job = [](Database& database) -> Result<All> {
    REDD_TRY(Statement rows, database.query("SELECT name, fields FROM field_index JOIN collection ON collection.number = collection WHERE ready = 0"));
    All out;
    while (true) {
      REDD_TRY(const bool more, rows.step());
      if (!more) return out;
      out.push_back({std::string(rows.text(0)), fieldsOfText(rows.text(1))});
    }
  };
  read<All>(std::move(job), [this](Result<All> all) {
    if (!all) return;
    for (auto& [collection, fields] : *all) {
      createIndex(collection, fields, {}, [collection](Result<void> done) {
        if (!done && done.error().code != ErrorCode::unavailable) log::error("store", "index on {}: {}", collection, done.error().detail);
      });
    }
  });
}

}  // namespace redd::store::sqlite
