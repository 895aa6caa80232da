#include <fmt/format.h>

#include "document_ops.h"
#include "sqlite/document_op.h"

namespace redd::store::sqlite {
namespace {

constexpr std::size_t kOpOverheadBytes = 256;

}  // namespace

void SqliteStore::writeDocuments(const std::string& collection, std::unique_ptr<WriteOp> op, std::size_t bytes) {
  const auto number = write(std::move(op), kOpOverheadBytes + collection.size() + bytes);
  if (number == 0) return;
  constexpr std::size_t kMany = 1'000;
  if (documentsWritten_.size() > kMany) {
    std::erase_if(documentsWritten_, [this](const auto& one) { return one.second <= settled_; });
  }
  documentsWritten_[collection] = number;
}

std::uint64_t SqliteStore::writtenIn(const std::string& collection) const {
  const auto found = documentsWritten_.find(collection);
  return found == documentsWritten_.end() ? 0 : found->second;
}

void SqliteStore::insert(std::string collection, std::vector<std::string> documents, Completion<std::vector<std::string>> done) {
  std::size_t bytes = 0;
  for (const auto& document : documents) bytes += document.size();
  auto work = [collection, documents = std::move(documents)](DocumentRows& rows) {
    return insertDocuments(rows, collection, documents);
  };
  writeTo<std::vector<std::string>>(collection, std::move(work), bytes, std::move(done));
}

void SqliteStore::put(std::string collection, std::vector<std::string> documents, Completion<std::uint64_t> done) {
  std::size_t bytes = 0;
  for (const auto& document : documents) bytes += document.size();
  auto work = [collection, documents = std::move(documents)](DocumentRows& rows) { return putDocuments(rows, collection, documents); };
  writeTo<std::uint64_t>(collection, std::move(work), bytes, std::move(done));
}

void SqliteStore::update(std::string collection, Selector selector, std::string change, Many many, Upsert upsert,
                         Completion<Change> done) {
  const auto bytes = selector.filter.size() + change.size();
  auto work = [collection, selector = std::move(selector), change = std::move(change), many, upsert](DocumentRows& rows) {
    return updateDocuments(rows, collection, selector, change, many, upsert);
  };
  writeTo<Change>(collection, std::move(work), bytes, std::move(done));
}

void SqliteStore::replace(std::string collection, Selector selector, std::string document, Many many, Upsert upsert,
                          Completion<Change> done) {
  const auto bytes = selector.filter.size() + document.size();
  auto work = [collection, selector = std::move(selector), document = std::move(document), many, upsert](DocumentRows& rows) {
    return replaceDocuments(rows, collection, selector, document, many, upsert);
  };
  writeTo<Change>(collection, std::move(work), bytes, std::move(done));
}

void SqliteStore::remove(std::string collection, Selector selector, Many many, Completion<std::vector<std::string>> doneIds) {
  const auto bytes = selector.filter.size();
  auto work = [collection, selector = std::move(selector), many](DocumentRows& rows) {
    return removeDocuments(rows, collection, selector, many);
  };
  writeTo<std::vector<std::string>>(collection, std::move(work), bytes, std::move(doneIds));
}

void SqliteStore::findOne(std::string collection, Selector selector, std::string options,
                          Completion<std::optional<std::string>> done) {
  const auto number = writtenIn(collection);
  auto job = [known = known_, slow = slow_, collection = std::move(collection), selector = std::move(selector), options = std::move(options)](Database& database) {
    SqliteRows rows(database, *known, slow.get());
    return findOneDocument(rows, collection, selector, options);
  };
  readAfter<std::optional<std::string>>(number, std::move(job), std::move(done));
}

void SqliteStore::count(std::string collection, std::string filter, Completion<std::uint64_t> done) {
  const auto number = writtenIn(collection);
  auto job = [known = known_, slow = slow_, collection = std::move(collection), filter = std::move(filter)](Database& database) {
    SqliteRows rows(database, *known, slow.get());
    return countDocuments(rows, collection, filter);
  };
  readAfter<std::uint64_t>(number, std::move(job), std::move(done));
}

// ---- cursors ----

void SqliteStore::find(std::string collection, Find find, Completion<Page> done) {
  const auto number = writtenIn(collection);
  auto job = [known = known_, slow = slow_, collection = std::move(collection), find = std::move(find)](Database& database) -> Result<PageRead> {
    SqliteRows rows(database, *known, slow.get());
    REDD_TRY(Finder finder, Finder::make(collection, find));
    REDD_TRY(auto items, finder.page(rows));
    return PageRead{std::move(items), std::move(finder)};
  };
  readAfter<PageRead>(number, std::move(job), [this, done = std::move(done)](Result<PageRead> read) mutable {
    if (!read) return done(std::move(read).error());
    Page page{std::move(read->items), 0};
    if (!read->finder.done()) {
      page.cursor = cursors_.add(std::move(read->finder));
      if (page.cursor == 0) {
        return done(Error::make(ErrorCode::tooManyRequests, fmt::format("More than {} cursors are open", Cursors::kMax)));
      }
    }
    done(std::move(page));
  });
}

void SqliteStore::next(std::uint64_t cursor, Completion<Page> done) {
  auto finder = cursors_.take(cursor);
  if (!finder) return failLater(std::move(done), finder.error());
  auto job = [known = known_, slow = slow_, finder = *std::move(finder)](Database& database) mutable -> Result<PageRead> {
    SqliteRows rows(database, *known, slow.get());
    REDD_TRY(auto items, finder.page(rows));
    return PageRead{std::move(items), std::move(finder)};
  };
  read<PageRead>(std::move(job), [this, cursor, done = std::move(done)](Result<PageRead> read) mutable {
    const bool more = read && !read->finder.done();
    if (!more) {
      cursors_.close(cursor);
    } else if (!cursors_.putBack(cursor, std::move(read->finder))) {
      return done(notFound("5 NOT_FOUND: the cursor was closed"));
    }
    if (!read) return done(std::move(read).error());
    done(Page{std::move(read->items), more ? cursor : 0});
  });
}

void SqliteStore::closeCursor(std::uint64_t cursor) { cursors_.close(cursor); }

}  // namespace redd::store::sqlite
