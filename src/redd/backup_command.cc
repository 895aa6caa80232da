#include "backup_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "backup/server_backup.h"
#include "command_progress.h"

namespace redd {
namespace fs = std::filesystem;

void defineBackup(CLI::App& app, BackupCommand& command) {
  app.add_option("--data", command.data, "The data directory; its server may run")->required();
  app.add_option("--to", command.to, "A directory, or the archive's own name")->required();
  auto* clear = app.add_flag("--with-key", command.withKey, "Put secret.key in: who has the archive reads all secrets");
  app.add_option("--key-passphrase-file", command.passphraseFile, "Put secret.key in, sealed under the passphrase in this file (- is standard input)")->excludes(clear);
  app.add_option("--secret-key-file", command.keyFile, "The key, when it is kept apart from the data")->envname("REDD_SECRET_KEY_FILE");
}

namespace {

Result<backup::Written> make(const BackupCommand& command, backup::Progress& progress) {
  fs::path target = fs::absolute(command.to).lexically_normal();
  std::error_code ignored;
  if (command.to.ends_with('/') || fs::is_directory(target, ignored)) target /= backup::archiveName("redd", nowMs());
  backup::BackUp wish{fs::absolute(command.data).lexically_normal(), target, REDD_VERSION};
  REDD_TRY(wish.passphrase, secretFrom(command.passphraseFile));
  wish.keyFile = command.keyFile;
  if (command.withKey) wish.key = backup::BackUp::Key::clear;
  if (!wish.passphrase.empty()) wish.key = backup::BackUp::Key::sealed;
  const ProgressLine line("backing up", progress);
  return backup::backUp(wish, progress);
}

}  // namespace

int runBackup(const BackupCommand& command, Output output) {
  backup::Progress progress;
  const auto made = make(command, progress);
  if (!made) return reportFailure(made.error(), output);
  const bool hasKey = command.withKey || !command.passphraseFile.empty();
  if (output == Output::json) {
    std::puts(fmt::format(R"({{"ok":true,"file":{},"bytes":{},"sha256":"{}","entries":{},"key":{}}})", json::quoted(made->file.string()), made->bytes,
                          made->sha256, made->entries, hasKey).c_str());
  } else {
    fmt::print("Backed up {} to {} ({:.1f} MiB, {} entries)\n", command.data, made->file.string(), static_cast<double>(made->bytes) / (1 << 20), made->entries);
    if (!hasKey) fmt::print("secret.key is not in it: keep a copy of {} elsewhere, without it encrypted variables and tokens cannot be read\n",
                             command.keyFile.empty() ? command.data + "/secret.key" : command.keyFile);
  }
  return 0;
}

}  // namespace redd
