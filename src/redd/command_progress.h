// What the commands share: a line on the terminal that tells how far they are, secrets from files, the last word.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "backup/progress.h"
#include "base/json.h"
#include "serve.h"

namespace redd {

// Redrawn while it lives, on a terminal only.
class ProgressLine {
 public:
  ProgressLine(std::string verb, const backup::Progress& progress) {
    if (::isatty(STDERR_FILENO) == 0) return;
    thread_ = std::jthread([verb = std::move(verb), &progress](const std::stop_token& stop) {
      std::mutex mutex;
      std::condition_variable_any wake;
      std::unique_lock lock(mutex);
      while (!stop.stop_requested()) {
        const auto done = progress.bytesDone.load() >> 20, all = progress.bytesInAll.load() >> 20;
        fmt::print(stderr, "\r\x1b[K{} {} MiB{}", verb, done, all > 0 ? fmt::format(" of about {}", std::max(all, done)) : "");
        wake.wait_for(lock, stop, std::chrono::milliseconds(100), [] { return false; });
      }
      fmt::print(stderr, "\r\x1b[K");
    });
  }

 private:
  std::jthread thread_;
};

// The first line of a file; - is standard input. Never an argument: those are seen by everybody on the machine.
inline Result<std::string> secretFrom(const std::string& file) {
  std::string line;
  if (file.empty()) return line;
  std::ifstream opened;
  if (file != "-") opened.open(file);
  if (!std::getline(file == "-" ? std::cin : opened, line) || line.empty()) return invalid(fmt::format("{} holds no passphrase", file));
  return line;
}

inline int reportFailure(const Error& error, Output output) {
  if (output == Output::json) std::puts(fmt::format(R"({{"ok":false,"error":{}}})", json::quoted(error.text())).c_str());
  fmt::print(stderr, "redd: {}\n", error.text().empty() ? error.detail : error.text());
  return 1;
}

}  // namespace redd
