// What a connection has received and not used yet: one block that is kept from request to request and grows only while data waits.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace redd::http {

class InBuffer {
 public:
  static constexpr std::size_t kIdleBytes = 4 << 10;
  static constexpr std::size_t kReadBytesMax = 64 << 10;

  std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void consume(std::size_t bytes) { begin_ += bytes; }

  // Room for the next read, never empty. Views taken before are void.
  std::span<char> room() {
    if (empty()) begin_ = end_ = 0;
    if (end_ == capacity_ || (filledUp_ && empty())) makeRoom();
    return {data_.get() + end_, capacity_ - end_};
  }
  void received(std::size_t bytes) {
    end_ += bytes;
    filledUp_ = end_ == capacity_;
  }

  // Between requests nobody needs a large block.
  void shrink() {
    if (!empty() || capacity_ <= kIdleBytes) return;
    *this = InBuffer();
  }

 private:
  void makeRoom() {
    const std::size_t kept = end_ - begin_;
    if (begin_ < capacity_ / 2 || kept == 0) grow(kept);
    if (begin_ > 0) std::memmove(data_.get(), data_.get() + begin_, kept);
    begin_ = 0;
    end_ = kept;
  }
  void grow(std::size_t kept) {
    if (kept == 0 && capacity_ >= kReadBytesMax) return;
    const std::size_t capacity = capacity_ == 0 ? kIdleBytes : capacity_ * 2;
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (kept > 0) std::memcpy(larger.get(), data_.get() + begin_, kept);
    data_ = std::move(larger);
    capacity_ = capacity;
    begin_ = 0;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool filledUp_ = false;
};

}  // namespace redd::http
