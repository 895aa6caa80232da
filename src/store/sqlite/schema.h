// The layout of a space's data.sqlite, step by step (Database::migrate). A step that has been released never changes.
#pragma once

#include <array>

namespace redd::store::sqlite {

inline constexpr std::array<const char*, 1> kDataFormat = {
    // A value is TEXT, or REAL when incr wrote it last. Documents are JSON text; `id` repeats their _id.
    "CREATE TABLE kv(keyspace TEXT NOT NULL, key TEXT NOT NULL, value NOT NULL, expires_at INTEGER,"
    "  PRIMARY KEY(keyspace, key)) WITHOUT ROWID;"
    "CREATE INDEX kv_expiry ON kv(expires_at) WHERE expires_at IS NOT NULL;"
    "CREATE TABLE collection(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE document(collection INTEGER NOT NULL REFERENCES collection, id TEXT NOT NULL, json TEXT NOT NULL,"
    "  PRIMARY KEY(collection, id)) WITHOUT ROWID;",
};

}  // namespace redd::store::sqlite
