#include "cursors.h"

#include <utility>

namespace redd::host {

void Cursors::close(const Cursor& cursor) {
  const auto* documents = std::get_if<DocumentsLeft>(&cursor.left);
  if (!documents) return;
  if (const auto store = cursor.store.lock()) store->closeCursor(documents->storeCursor);
}

std::uint64_t Cursors::open(Cursor cursor) {
  OfWorker& own = byWorker_[cursor.workerId];
  if (own.size() == kPerWorkerMax) {
    close(own.begin()->second);
    own.erase(own.begin());
  }
  own.emplace(++lastId_, std::move(cursor));
  return lastId_;
}

std::optional<Cursor> Cursors::take(std::uint64_t id, std::uint64_t workerId) {
  const auto own = byWorker_.find(workerId);
  if (own == byWorker_.end()) return std::nullopt;
  auto node = own->second.extract(id);
  if (own->second.empty()) byWorker_.erase(own);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

const Cursor* Cursors::find(std::uint64_t id, std::uint64_t workerId) const {
  const auto own = byWorker_.find(workerId);
  if (own == byWorker_.end()) return nullptr;
  const auto found = own->second.find(id);
  return found == own->second.end() ? nullptr : &found->second;
}

void Cursors::invocationEnded(std::uint64_t workerId, std::uint32_t invocation) {
  const auto own = byWorker_.find(workerId);
  if (own == byWorker_.end()) return;
  std::erase_if(own->second, [invocation](const auto& entry) {
    if (entry.second.invocation != invocation) return false;
    close(entry.second);
    return true;
  });
  if (own->second.empty()) byWorker_.erase(own);
}

void Cursors::workerEnded(std::uint64_t workerId) {
  const auto own = byWorker_.extract(workerId);
  if (own.empty()) return;
  for (const auto& [id, cursor] : own.mapped()) close(cursor);
}

}  // namespace redd::host
