// A write of documents or collections: work(rows) -> Result<T>, inside the lane's transaction.
#pragma once

#include "sqlite/sqlite_rows.h"
#include "sqlite/sqlite_store.h"

namespace redd::store::sqlite {

template <class T, class Work>
class DocumentOp final : public WriteOpOf<T> {
 public:
  DocumentOp(Work work, std::shared_ptr<KnownCollections> known, Completion<T> done)
      : WriteOpOf<T>(std::move(done)), work_(std::move(work)), known_(std::move(known)) {}
  Result<void> apply(Writer& writer) override {
    SqliteRows rows(writer.database, *known_);
    this->result_ = work_(rows);
    if (!this->result_) return this->result_.error();
    return {};
  }

 private:
  Work work_;
  std::shared_ptr<KnownCollections> known_;
};

template <class T, class Work>
void SqliteStore::writeTo(const std::string& collection, Work work, std::size_t bytes, Completion<T> done) {
  writeDocuments(collection, std::make_unique<DocumentOp<T, Work>>(std::move(work), known_, std::move(done)), bytes);
}

}  // namespace redd::store::sqlite
