#include "settings.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstring>
#include <set>
#include <toml++/toml.h>

namespace redd {
namespace {

// --listen → REDD_LISTEN
std::string variableName(std::string_view option) {
  std::string name = "REDD_";
  for (const char c : option) name.push_back(c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  return name;
}

template <class T>
CLI::Option* setting(CLI::App& app, const std::string& name, T& value, const std::string& help) {
  return app.add_option("--" + name, value, help)->envname(variableName(name))->capture_default_str();
}

Result<std::vector<std::string>> configValues(const std::string& name, const toml::node& node, const std::string& file) {
  std::vector<std::string> values;
  const auto add = [&](const toml::node& item) {
    if (const auto text = item.value_exact<std::string>()) return values.push_back(*text), true;
    if (const auto number = item.value_exact<std::int64_t>()) return values.push_back(std::to_string(*number)), true;
    if (const auto flag = item.value_exact<bool>()) return values.emplace_back(*flag ? "true" : "false"), true;
    return false;
  };
  bool good = true;
  if (const auto* array = node.as_array()) {
    for (const auto& item : *array) good = good && add(item);
  } else {
    good = add(node);
  }
  if (!good) return invalid(fmt::format("{}:{}: setting '{}' must be text, a whole number, true/false, or a list of them", file, node.source().begin.line, name));
  return values;
}

}  // namespace

Result<ListenAddress> parseListen(std::string_view text) {
  const auto bad = [&] {
    return invalid(fmt::format("--listen '{}' is not HOST:PORT. Examples: 127.0.0.1:4000, [::1]:4000, 0.0.0.0:80, 4000 (port 0 takes any free one)", text));
  };
  ListenAddress address{"127.0.0.1", 0};
  std::string_view port = text;
  if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    if (colon > 0) address.host = std::string(text.substr(0, colon));
    port = text.substr(colon + 1);
  }
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  } else if (address.host.find(':') != std::string::npos) {
    return bad();
  }
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc{} || end != port.data() + port.size() || port.empty()) return bad();
  return address;
}

Result<std::int64_t> parseEvery(std::string_view text) {
  if (text.empty()) return 0;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const std::int64_t minutes = unit == "m" ? 1 : unit == "h" ? 60 : unit == "d" ? 24 * 60 : 0;
  if (error != std::errc{} || minutes == 0 || number == 0 || number > 100'000) {
    return invalid(fmt::format("--backup-every '{}' is no time. Examples: 30m, 24h, 7d", text));
  }
  return number * minutes * 60'000;
}

void defineSettings(CLI::App& app, Settings& settings, Mode mode) {
  if (mode == Mode::serve) {
    setting(app, "data", settings.data, "Data directory; made when it does not exist")->required();
  } else {
    settings.data = "./.redd";
    setting(app, "data", settings.data, "Data directory");
    setting(app, "idp-port", settings.idpPort, "Port of the development identity provider, http");
    setting(app, "idp-https-port", settings.idpHttpsPort, "Port of the development identity provider, https");
  }
  setting(app, "secret-key-file", settings.secretKeyFile, "The key that seals secrets, kept apart from the data (default: secret.key in the data directory)");
  setting(app, "owner-email", settings.ownerEmail, "The owner's address, for the password of --owner-password-file; used while nobody has a password");
  setting(app, "owner-password-file", settings.ownerPasswordFile, "File with the password that the owner of a new server logs in with (its first line)")
      ->check(CLI::ExistingFile);
  setting(app, "listen", settings.listen, "Address to listen on, HOST:PORT; port 0 takes any free one");
  setting(app, "ca-file", settings.caFile, "PEM file of certificate authorities to trust beside the system's, for key sets and workers")->check(CLI::ExistingFile);
  setting(app, "allow-private", settings.allowPrivate, "Private host name or network (CIDR) that key-set fetches may reach; repeatable");
  setting(app, "host-name", settings.hostNames, "Host name this server answers for beside loopback and addresses; repeatable");
  setting(app, "trusted-proxy", settings.trustedProxies, "Address or network (CIDR) of a proxy in front, whose X-Forwarded-For, -Proto and -Host are believed; repeatable");
  setting(app, "node", settings.node, "Node executable for workers instead of the pinned one")->check(CLI::ExistingFile);
  setting(app, "log-level", settings.logLevel, "debug, info, warn, error or off")->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}));
  setting(app, "request-timeout-ms", settings.limits.requestDeadlineMs, "A request still running after so long is answered with 504");
  setting(app, "requests-per-space", settings.limits.requestsPerSpaceMax, "Requests of one space that run at once; more wait shortly, then get 503");
  setting(app, "worker-heap-mib", settings.limits.workerHeapMiB, "JavaScript heap of one worker");
  setting(app, "worker-idle-ms", settings.limits.workerIdleMs, "A worker without requests for so long is stopped; the next request starts one");
  setting(app, "graphql-idle-ms", settings.graphql.idleMs, "The worker behind /graphql is stopped after so long without requests");
  setting(app, "graphql-timeout-ms", settings.graphql.deadlineMs, "A request to /graphql still running after so long is answered with an error");
  setting(app, "log-lines", settings.limits.logLinesPerSpaceMax, "Lines kept of each space's log")->check(CLI::Range(std::size_t{100}, std::size_t{1'000'000}));
  setting(app, "log-days", settings.logDays, "Days for which lines of a space's log are kept")->check(CLI::Range(std::size_t{1}, std::size_t{3'650}));
  setting(app, "trash-days", settings.trashDays, "A removed space can be restored for so many days; then it is deleted");
  setting(app, "backup-dir", settings.backupDir, "Where backups go (default: backups in the data directory)");
  setting(app, "backup-every", settings.backupEvery, "Make a backup so often, as in 30m, 24h or 7d");
  setting(app, "backup-keep", settings.backupKeep, "Keep the newest so many backups")->check(CLI::Range(1, 10'000));
  setting(app, "backup-s3", settings.backupS3, "Send backups there too: https://HOST/BUCKET; keys in REDD_BACKUP_S3_KEY_ID and REDD_BACKUP_S3_SECRET");
  setting(app, "backup-s3-region", settings.backupS3Region, "Region that requests to it are signed for");
  setting(app, "backup-s3-keep", settings.backupS3Keep, "Keep the newest so many backups there, and remove older ones; 0: remove nothing")->check(CLI::Range(0, 10'000));
  setting(app, "pitr-hours", settings.pitrHours, "Keep what is needed to put a space back to any moment of so many hours; 0: do not");
  app.add_option("--config", settings.config, "TOML file with the same settings, e.g. listen = \"0.0.0.0:4000\"")
      ->envname("REDD_CONFIG")
      ->check(CLI::ExistingFile);
}

Result<void> readConfigFile(CLI::App& app, const std::string& file) {
  if (file.empty()) return {};
  toml::table table;
  try {
    table = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    return invalid(fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
  }
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    CLI::Option* option = app.get_option_no_throw("--" + name);
    if (!option || name == "config" || name == "help") {
      return invalid(fmt::format("{}:{}: unknown setting '{}'. `redd {} --help` lists all", file, node.source().begin.line, name, app.get_name()));
    }
    if (option->count() > 0) continue;  // the command line or a variable has spoken
    REDD_TRY(const auto values, configValues(name, node, file));
    try {
      for (const std::string& value : values) option->add_result(value);
      option->run_callback();
    } catch (const CLI::Error& error) {
      return invalid(fmt::format("{}:{}: {}", file, node.source().begin.line, error.what()));
    }
  }
  return {};
}

Result<void> checkEnvironment(const std::vector<const CLI::App*>& commands, const char* const* environment) {
  std::set<std::string> known{"REDD_OWNER_TOKEN", "REDD_BACKUP_S3_KEY_ID", "REDD_BACKUP_S3_SECRET"};
  for (const CLI::App* command : commands) {
    for (const CLI::Option* option : command->get_options()) known.insert(option->get_envname());
  }
  for (; *environment; ++environment) {
    const std::string_view entry(*environment);
    if (!entry.starts_with("REDD_") || entry.starts_with("REDD_TEST_")) continue;
    const std::string name(entry.substr(0, entry.find('=')));
    if (!known.contains(name)) return invalid(fmt::format("unknown setting {} in the environment. `redd serve --help` lists all", name));
  }
  return {};
}

}  // namespace redd
