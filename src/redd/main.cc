// redd, the server: reads what the operator set and hands it to serve().
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "audit_command.h"
#include "backup_command.h"
#include "base/log.h"
#include "secrets.h"
#include "serve.h"
#include "settings.h"
#include "store/sqlite/database.h"

extern char** environ;

namespace {

redd::log::Level levelOf(const std::string& name) {
  for (const auto& [text, level] : {std::pair{"debug", redd::log::Level::debug}, {"info", redd::log::Level::info}, {"warn", redd::log::Level::warn}, {"error", redd::log::Level::error}}) {
    if (name == text) return level;
  }
  return redd::log::Level::off;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  redd::forbidCoreDumps();
  CLI::App app{"Redd: a self-hosted serverless backend for code written against codehooks-js.", "redd"};
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("redd {} (SQLite {})", REDD_VERSION, redd::store::sqlite::Database::version()));
  app.footer("Every setting is also a variable (REDD_LISTEN) and a line of the --config file (listen = \"…\").\n"
             "REDD_OWNER_TOKEN presets the owner's token at the first start.");

  redd::Settings serveSettings, devSettings;
  CLI::App* serve = app.add_subcommand("serve", "Run the server");
  CLI::App* dev = app.add_subcommand("dev", "Run the server for this machine, with a development identity provider and coho logged in");
  bool asJson = false;
  for (CLI::App* command : {serve, dev}) command->add_flag("--json", asJson, "Print one JSON line when ready instead of text");
  redd::BackupCommand backupWish;
  redd::RestoreCommand restoreWish;
  CLI::App* backup = app.add_subcommand("backup", "Put a whole data directory into one archive, while its server runs or not");
  CLI::App* restore = app.add_subcommand("restore", "Make a data directory of a backup, or put one space back");
  for (CLI::App* command : {backup, restore}) command->add_flag("--json", asJson, "Print the outcome as one JSON line");
  redd::defineBackup(*backup, backupWish);
  redd::defineRestore(*restore, restoreWish);
  redd::defineSettings(*serve, serveSettings, redd::Mode::serve);
  redd::defineSettings(*dev, devSettings, redd::Mode::dev);
  std::string rotateData, rotateKeyFile;
  CLI::App* rotate = app.add_subcommand("secrets", "The key that seals secrets")->require_subcommand(1)->add_subcommand(
      "rotate", "Make a new key and seal every secret with it; while the server runs: coho secrets rotate");
  rotate->add_option("--data", rotateData, "Data directory")->envname("REDD_DATA")->required();
  rotate->add_option("--secret-key-file", rotateKeyFile, "The key, when it is kept apart from the data")->envname("REDD_SECRET_KEY_FILE");
  rotate->add_flag("--json", asJson, "Print JSON");
  std::string auditData, auditKeyFile;
  CLI::App* audit = app.add_subcommand("audit", "The log of logins and changes")->require_subcommand(1);
  CLI::App* verify = audit->add_subcommand("verify", "Check that the log is as it was written; names the first bad row. Exit code 1: it is not");
  verify->add_option("--data", auditData, "The server's data directory; the server may run")->envname("REDD_DATA")->required();
  verify->add_option("--secret-key-file", auditKeyFile, "The key, when it is kept apart from the data")->envname("REDD_SECRET_KEY_FILE");
  verify->add_flag("--json", asJson, "Print one JSON object");
  CLI11_PARSE(app, argc, argv);
  const auto output = asJson ? redd::Output::json : redd::Output::forPeople;
  if (rotate->parsed()) return redd::rotateSecrets(rotateData, rotateKeyFile, output);
  if (verify->parsed()) return redd::verifyAudit(auditData, auditKeyFile, output);
  if (backup->parsed()) return redd::runBackup(backupWish, output);
  if (restore->parsed()) return redd::runRestore(restoreWish, output);

  const bool isDev = dev->parsed();
  CLI::App& command = isDev ? *dev : *serve;
  redd::Settings& settings = isDev ? devSettings : serveSettings;
  auto ready = redd::checkEnvironment({serve, dev}, environ);
  if (ready) ready = redd::readConfigFile(command, settings.config);
  if (!ready) {
    std::fprintf(stderr, "redd: %s\n", std::string(ready.error().text()).c_str());
    return 2;
  }
  redd::log::setLevel(levelOf(settings.logLevel));
  return redd::serve(settings, isDev ? redd::Mode::dev : redd::Mode::serve, output);
}
