// The layout of a space's data.sqlite, step by step (Database::migrate). A step that has been released never changes.
#pragma once

#include <array>

namespace redd::store::sqlite {

inline constexpr std::array<const char*, 3> kDataFormat = {
    // A value is TEXT, or REAL when incr wrote it last. Documents are JSON text; `id` repeats their _id.
    "CREATE TABLE kv(keyspace TEXT NOT NULL, key TEXT NOT NULL, value NOT NULL, expires_at INTEGER,"
    "  PRIMARY KEY(keyspace, key)) WITHOUT ROWID;"
    "CREATE INDEX kv_expiry ON kv(expires_at) WHERE expires_at IS NOT NULL;"
    "CREATE TABLE collection(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE document(collection INTEGER NOT NULL REFERENCES collection, id TEXT NOT NULL, json TEXT NOT NULL,"
    "  PRIMARY KEY(collection, id)) WITHOUT ROWID;",
    // `version` is new with every change of the collection, so that what was read of it can be kept. A dropped collection and a
    // removed index keep their numbers until the rows that carry them are gone. `keys` are those of query/index_key.h.
    // `arrival` holds the order of documents in capped collections only.
    "ALTER TABLE collection ADD COLUMN version INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE collection ADD COLUMN created INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE collection ADD COLUMN schema TEXT;"
    "ALTER TABLE collection ADD COLUMN cap INTEGER;"
    "CREATE TABLE dropped_collection(number INTEGER PRIMARY KEY);"
    "CREATE TABLE field_index(number INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, fields TEXT NOT NULL,"
    "  ready INTEGER NOT NULL DEFAULT 0, many INTEGER NOT NULL DEFAULT 0, UNIQUE(collection, fields));"
    "CREATE TABLE removed_index(number INTEGER PRIMARY KEY);"
    "CREATE TABLE index_key(field_index INTEGER NOT NULL, key BLOB NOT NULL, id TEXT NOT NULL,"
    "  PRIMARY KEY(field_index, key, id)) WITHOUT ROWID;"
    "CREATE TABLE document_expiry(collection INTEGER NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,"
    "  PRIMARY KEY(collection, id)) WITHOUT ROWID;"
    "CREATE INDEX document_expiry_at ON document_expiry(at);"
    "CREATE TABLE arrival(number INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, id TEXT NOT NULL);"
    "CREATE INDEX arrival_order ON arrival(collection, number);"
    "CREATE UNIQUE INDEX arrival_id ON arrival(collection, id);"
    "CREATE TABLE arrival_count(collection INTEGER PRIMARY KEY, documents INTEGER NOT NULL);",
    // Content stands in blobs/, named by `blob`. Scope "": the app's file store; else the deployment whose source file it is.
    "CREATE TABLE file(scope TEXT NOT NULL, path TEXT NOT NULL, blob TEXT NOT NULL, content_type TEXT NOT NULL, size INTEGER NOT NULL,"
    "  modified INTEGER NOT NULL, PRIMARY KEY(scope, path)) WITHOUT ROWID;"
    "CREATE INDEX file_blob ON file(blob);",
};

}  // namespace redd::store::sqlite
