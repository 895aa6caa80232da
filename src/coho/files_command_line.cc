#include "command_line.h"
#include "file_commands.h"

namespace redd::coho {
namespace {

using Shared = std::shared_ptr<FileArguments>;

void addList(CLI::App& app, Parsed& parsed, const Shared& a, const char* name) {
  auto* command = addCommand(app, parsed, name, "List a directory of the file store", [a](const Context& c) { return listFiles(c, *a); });
  command->add_option("path", a->paths, "The directory (default: /)")->expected(0, 1);
}

void addPut(CLI::App& app, Parsed& parsed, const Shared& a, const char* name) {
  auto* command = addCommand(app, parsed, name, "Store files, and what folders hold", [a](const Context& c) { return putFiles(c, *a); });
  command->add_option("source,--src", a->paths, "Files and folders")->required();
  command->add_option("--target", a->target, "The directory to store them in (default: /); for one file, a path with an extension is its own");
}

void addRemove(CLI::App& app, Parsed& parsed, const Shared& a, const char* name) {
  auto* command = addCommand(app, parsed, name, "Remove files of the file store", [a](const Context& c) { return removeFiles(c, *a); });
  command->add_option("path,--filename", a->paths, "The files");
  command->add_option("--match", a->match, "All files in whose path this regular expression is found");
  command->add_flag("--dryrun", a->isDryRun, "List them, remove nothing");
}

}  // namespace

void addFileCommands(CLI::App& app, Parsed& parsed) {
  const auto arguments = std::make_shared<FileArguments>();
  auto* files = app.add_subcommand("files", "The file store that app.storage serves: ls, put, get, rm");
  files->require_subcommand(1);
  addList(*files, parsed, arguments, "ls");
  addPut(*files, parsed, arguments, "put");
  addRemove(*files, parsed, arguments, "rm");
  auto* get = addCommand(*files, parsed, "get", "Fetch a file of the file store", [arguments](const Context& c) { return getFile(c, *arguments); });
  get->add_option("path", arguments->paths, "The file")->required()->expected(1);
  get->add_option("-f,--file", arguments->file, "Where to; - is standard output (default: its own name, here)");
  addList(app, parsed, arguments, "file-list");
  addPut(app, parsed, arguments, "file-upload");
  addRemove(app, parsed, arguments, "file-delete");
}

}  // namespace redd::coho
