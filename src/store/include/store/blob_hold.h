// Keeps the blobs of a space where they are while somebody copies them: a snapshot of data.sqlite names blobs, and each of them must still
// be there when its turn comes, though the row that named it has gone meanwhile.
//
// The hold is a lock on blobs/hold (flock): a reader's share of it here, and the whole of it by whoever removes a blob, for that moment.
// It works between processes, and a process that dies drops it. What could not be removed meanwhile goes with the next removal after the
// hold, or when the store is opened anew.
//
//   hold first, then the snapshot, then the blobs. Blocks for as long as a removal takes (microseconds).
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace redd::store {

class BlobHold {
 public:
  // `spaceFolder` holds data.sqlite and blobs/. Nothing to hold when it has no blobs yet.
  static Result<BlobHold> take(const std::filesystem::path& spaceFolder);
  BlobHold(BlobHold&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  BlobHold& operator=(BlobHold&&) = delete;
  ~BlobHold();

 private:
  explicit BlobHold(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace redd::store
