// Documents on their way into a collection: gathered into requests of a few MiB, each sent while the next one is gathered, one after the
// other, so that what the server has stored is always the beginning of the input. Uses one further thread at a time.
#pragma once

#include <cstdint>
#include <future>
#include <string>
#include <string_view>
#include <vector>

#include "client.h"

namespace redd::coho {

class ImportBatches {
 public:
  static constexpr std::size_t kBatchBytes = 2 << 20;
  static constexpr std::size_t kBatchDocuments = 10'000;

  ImportBatches(const Client& client, std::string path) : client_(client), path_(std::move(path)) {}
  ~ImportBatches() { std::ignore = settle(); }
  ImportBatches(const ImportBatches&) = delete;
  ImportBatches& operator=(const ImportBatches&) = delete;

  Result<void> add(std::string_view document, std::uint64_t line);  // error: of an earlier batch; names the line
  Result<void> finish();
  std::uint64_t stored() const { return stored_; }  // acknowledged

 private:
  struct Batch {
    std::string text;
    std::vector<std::uint64_t> lines;  // of the input, one for each document
  };
  Result<void> send();
  Result<void> settle();  // waits for the batch under way
  Error failure(const Batch& batch, const ServerAnswer& answer);

  const Client& client_;
  std::string path_;
  Batch gathering_;
  std::shared_ptr<const Batch> underWay_;
  std::future<Result<ServerAnswer>> answer_;
  std::uint64_t stored_ = 0;
};

}  // namespace redd::coho
