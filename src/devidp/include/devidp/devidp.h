// The development identity provider: an Auth0-shaped login on one's own machine (server/README.md), started and watched by `redd dev`.
// It is a Node program of ours that listens on loopback only and ends when its standard input closes, so it never outlives us.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/task.h"

namespace redd::devidp {

struct Options {
  std::filesystem::path node;      // the executable
  std::filesystem::path program;   // server/main.mjs
  std::filesystem::path stateDir;  // its keys, its certificate authority, made at first start
  std::uint16_t httpPort = 4010, httpsPort = 4011;  // 0: any free one
};

class DevIdp {
 public:
  // Waits until it listens. Errors: its own sentence (a port in use, …), or what kept it from starting.
  static Task<Result<std::unique_ptr<DevIdp>>> start(Loop& loop, Options options);
  virtual ~DevIdp() = default;  // ends it and waits for its end
  virtual const std::string& issuer() const = 0;                // http://localhost:4010/
  virtual const std::filesystem::path& caFile() const = 0;      // PEM of its certificate authority, for https
  virtual std::uint16_t httpPort() const = 0;
  virtual std::uint16_t httpsPort() const = 0;
};

}  // namespace redd::devidp
