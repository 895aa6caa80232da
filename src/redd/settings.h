// What an operator can set. One definition per setting serves the command line (--name), the environment (REDD_NAME) and the
// configuration file (name = …), in this order of precedence. An unknown name is an error in all three.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "control/graphql_limits.h"

namespace CLI {
class App;
}

namespace redd {

struct Settings {
  std::string data;
  std::string secretKeyFile;  // empty: secret.key in the data directory
  std::string listen = "127.0.0.1:4000";
  std::string caFile;
  std::string ownerEmail, ownerPasswordFile;  // the owner's login, while nobody has a password
  std::string config;
  std::string node;                       // another Node than the pinned one
  std::vector<std::string> allowPrivate;  // private hosts and networks that key-set fetches may reach
  std::vector<std::string> hostNames;     // host names for which the default project and the control API answer
  std::vector<std::string> trustedProxies;  // whose X-Forwarded-* headers are believed
  std::string logLevel = "info";
  std::size_t logDays = 7;  // how long lines of spaces' logs are kept
  std::uint32_t trashDays = 7;  // a removed space can be restored for so long
  Limits limits;
  control::GraphqlLimits graphql;
  std::string backupDir;    // empty: backups/ in the data directory
  std::string backupEvery;  // empty: only when asked
  std::size_t backupKeep = 7;
  std::string backupS3, backupS3Region = "us-east-1";
  std::size_t backupS3Keep = 0;  // 0: all
  std::uint32_t pitrHours = 0;  // for so long each space can be put back to any moment

  // redd dev only
  std::uint16_t idpPort = 4010;
  std::uint16_t idpHttpsPort = 4011;
};

struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
};
Result<ListenAddress> parseListen(std::string_view text);  // HOST:PORT, [IPV6]:PORT, :PORT, PORT

Result<std::int64_t> parseEvery(std::string_view text);  // 30m, 24h, 7d → milliseconds; "" → 0

enum class Mode { serve, dev };
void defineSettings(CLI::App& app, Settings& settings, Mode mode);

// After the command line was parsed: fills in from --config what neither flag nor variable gave, and refuses unknown REDD_* names.
Result<void> readConfigFile(CLI::App& app, const std::string& file);
Result<void> checkEnvironment(const std::vector<const CLI::App*>& commands, const char* const* environment);

}  // namespace redd
