// The folder of blobs beside a space's data.sqlite: blobs/ab/HASH, and blobs/new/N while one is being written. All calls block.
// A blob gets its name and loses it on the writer lane only, so that no writer can lose one that another just named.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/hash.h"
#include "store/sqlite/database.h"

namespace redd::store::sqlite {

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();
  int get() const { return fd_; }

 private:
  int fd_;
};

class BlobFiles {
 public:
  static constexpr const char* kHoldName = "hold";
  using Background = std::function<void(std::move_only_function<void()>)>;  // runs what it gets on another thread, or at once
  // What is removed goes to `retired` when there is one: moments name it still (sqlite/moment_log.h). Large blobs are removed in the background.
  explicit BlobFiles(std::filesystem::path folder, std::filesystem::path retired = {}, Background background = [](auto work) { work(); })
      : folder_(std::move(folder)), retired_(std::move(retired)), background_(std::move(background)) {}

  Result<void> sweep(Database& database) const;     // removes what no row names, and what was never finished
  Result<Fd> open(std::string_view hash) const;     // notFound when it has gone
  Result<void> name(const std::filesystem::path& unnamed, std::string_view hash) const;  // twice does no harm
  void remove(std::string_view hash);               // later, while somebody copies the blobs (store/blob_hold.h)
  std::vector<std::string> takeLeft();              // what could not be removed then, for another try; empty while the hold lasts
  std::filesystem::path unnamed(std::uint64_t number) const;

 private:
  std::filesystem::path at(std::string_view hash) const;
  Fd lockForRemoval() const;  // -1: it is held
  void takeAway(std::string_view hash) const;
  std::filesystem::path folder_, retired_;
  Background background_;
  std::vector<std::string> left_;
};

// A blob while it is written.
class NewBlob {
 public:
  static Result<std::unique_ptr<NewBlob>> create(std::filesystem::path file);
  ~NewBlob();  // removes it, unless it got its name
  Result<void> append(std::string_view bytes);
  Result<std::string> finish();  // synced; its hash
  std::uint64_t size() const { return size_; }
  const std::filesystem::path& file() const { return file_; }

 private:
  NewBlob(std::filesystem::path file, Fd fd) : file_(std::move(file)), fd_(std::move(fd)) {}
  std::filesystem::path file_;
  Fd fd_;
  crypto::Sha256 hash_;
  std::uint64_t size_ = 0;
};

}  // namespace redd::store::sqlite
