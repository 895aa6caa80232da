#include "archive_commands.h"
#include "command_line.h"

namespace redd::coho {
namespace {

void addBackups(CLI::App& app, Parsed& parsed) {
  const auto a = std::make_shared<BackupArguments>();
  auto* make = addCommand(app, parsed, "backup", "Back up the whole server, while it runs (its owner may)", [a](const Context& c) { return makeBackup(c, *a); });
  make->add_option("--to", a->to, "Fetch it too: a directory, or the file's name");
  make->add_option("--key-passphrase-file", a->passphraseFile, "Put the server's secret.key in, sealed under the passphrase in this file (- is standard input)");
  auto* backups = addCommand(app, parsed, "backups", "List the server's backups; verify, get, rm", [](const Context& c) { return listBackups(c); });
  backups->callback([&parsed, backups] {  // called after that of a command below it
    if (backups->get_subcommands().empty()) parsed.action = [](const Context& c) { return listBackups(c); };
  });
  const auto one = [&](const char* name, const char* description, Result<void> (*action)(const Context&, const BackupArguments&)) {
    auto* command = addCommand(*backups, parsed, name, description, [a, action](const Context& c) { return action(c, *a); });
    command->add_option("name", a->name, "As coho backups lists it")->required();
    return command;
  };
  one("verify", "Check every byte of a backup", verifyBackup);
  one("get", "Fetch a backup", getBackup)->add_option("--to", a->to, "A directory, or the file's name (default: here)");
  one("rm", "Remove a backup", removeBackup);
}

void addSpaces(CLI::App& app, Parsed& parsed) {
  const auto a = std::make_shared<SpaceArchiveArguments>();
  auto& group = commandGroup(app, "space", kSpaceGroup);
  auto* out = addCommand(group, parsed, "export", "The whole space as one archive: code, data, files, settings, secrets", [a](const Context& c) { return exportSpace(c, *a); });
  out->add_option("file", a->file, "Where to (default: PROJECT-SPACE.tar)");
  out->add_option("--passphrase-file", a->passphraseFile, "Take secrets along, sealed under the passphrase in this file (- is standard input)");
  auto* in = addCommand(group, parsed, "import", "Take an archive in as the space", [a](const Context& c) { return importSpace(c, *a); });
  in->add_option("file", a->file, "The archive")->required();
  in->add_option("--passphrase-file", a->passphraseFile, "Holds the passphrase of its secrets (- is standard input)");
  in->add_flag("--replace", a->shallReplace, "Take the place of the space of that name");
  auto* back = addCommand(group, parsed, "rewind", "Put the space back to a backup or to a moment", [a](const Context& c) { return rewindSpace(c, *a); });
  back->add_option("--backup", a->backup, "The name of a backup, as coho backups lists it");
  back->add_option("--at", a->at, "A time, as in 2026-11-24T18:01:02Z: documents, keys and files as they were; code and settings stay");
  back->add_option("--as", a->as, "Make another space of it instead, of this name");
  addCommand(group, parsed, "moments", "The times to which the space can be put back", [](const Context& c) { return listMoments(c); });
}

}  // namespace

void addArchiveCommands(CLI::App& app, Parsed& parsed) {
  addBackups(app, parsed);
  addSpaces(app, parsed);
}

}  // namespace redd::coho
