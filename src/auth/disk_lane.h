// The one thread on which key sets are read from and written to disk, so that the loop never waits for it.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <string>

#include "base/suspend.h"

namespace redd::auth {

class DiskLane {
 public:
  DiskLane() = default;
  ~DiskLane() { thread_.join(); }  // what was given to write is written
  // Error: notFound, or payloadTooLarge for a file of more than `bytesMax` bytes.
  Task<Result<std::string>> read(std::filesystem::path file, std::size_t bytesMax);
  // Whole or not at all: written beside, synced, renamed. A failure is logged; the next set tries again.
  void write(std::filesystem::path file, std::string text);
  void remove(std::filesystem::path file);

 private:
  boost::asio::thread_pool thread_{1};
};

}  // namespace redd::auth
