#include "sqlite/sqlite_store.h"

namespace redd::store::sqlite {
namespace {
Error notYet() { return Error::make(ErrorCode::unavailable, "Documents are not there yet"); }
}  // namespace

void SqliteStore::insert(std::string, std::vector<std::string>, Completion<std::vector<std::string>> done) { failLater(std::move(done), notYet()); }
void SqliteStore::findOne(std::string, Selector, std::string, Completion<std::optional<std::string>> done) { failLater(std::move(done), notYet()); }
void SqliteStore::find(std::string, Find, Completion<Page> done) { failLater(std::move(done), notYet()); }
void SqliteStore::next(std::uint64_t, Completion<Page> done) { failLater(std::move(done), notYet()); }
void SqliteStore::closeCursor(std::uint64_t) {}
void SqliteStore::update(std::string, Selector, std::string, Many, Upsert, Completion<Change> done) { failLater(std::move(done), notYet()); }
void SqliteStore::replace(std::string, Selector, std::string, Many, Upsert, Completion<Change> done) { failLater(std::move(done), notYet()); }
void SqliteStore::remove(std::string, Selector, Many, Completion<std::vector<std::string>> done) { failLater(std::move(done), notYet()); }
void SqliteStore::count(std::string, std::string, Completion<std::uint64_t> done) { failLater(std::move(done), notYet()); }
void SqliteStore::collections(Completion<std::vector<std::pair<std::string, std::uint64_t>>> done) { failLater(std::move(done), notYet()); }

}  // namespace redd::store::sqlite
