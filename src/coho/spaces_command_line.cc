#include "command_line.h"
#include "project_config.h"
#include "space_commands.h"

namespace redd::coho {
namespace {

struct Arguments {
  std::string from, to, domain;
  CopyArguments copy;
  LimitArguments limits;
  Confirmation confirmation;
};
using Shared = std::shared_ptr<Arguments>;

void addRemove(CLI::App& app, Parsed& parsed, const Shared& a, const char* name) {
  auto* remove = addCommand(app, parsed, name, "Put a space into the trash, from where it can be restored for a while",
                            [a](const Context& c) { return removeSpace(c, a->from, a->confirmation); });
  remove->add_option("name", a->from, "A space of the project")->required();
  addConfirmation(*remove, a->confirmation);
}

void addProject(CLI::App& app, Parsed& parsed, const Shared& a) {
  auto* remove = addCommand(app, parsed, "remove-project", "Remove a project in which no spaces are left",
                            [a](const Context& c) { return removeProject(c, a->from, a->confirmation); });
  remove->add_option("name", a->from, "The project (default: that of the folder)");
  addConfirmation(*remove, a->confirmation);
  addCommand(app, parsed, "stats", "Show what the spaces of the project have served and store", [](const Context& c) { return stats(c); });
}

void addLife(CLI::App& spaces, Parsed& parsed, const Shared& a) {
  addCommand(spaces, parsed, "list", "List the spaces of the project", [](const Context& c) { return listSpaces(c); })->alias("ls");
  auto* copy = addCommand(spaces, parsed, "copy", "Make a space with the code, settings, variables and tokens of another",
                          [a](const Context& c) { return copySpace(c, a->copy); });
  copy->add_option("from", a->copy.from, "A space of the project")->required();
  copy->add_option("to", a->copy.to, "The name of the new one")->required();
  copy->add_flag("--data", a->copy.withData, "Its data and files too, as they are at one moment");
  auto* rename = addCommand(spaces, parsed, "rename", "Give a space another name; its address changes with it",
                            [a](const Context& c) { return renameSpace(c, a->from, a->to); });
  rename->add_option("from", a->from, "A space of the project")->required();
  rename->add_option("to", a->to, "Its new name")->required();
  addRemove(spaces, parsed, a, "remove");
  addCommand(spaces, parsed, "trash", "List the spaces that can be restored", [](const Context& c) { return listTrash(c); });
  auto* restore = addCommand(spaces, parsed, "restore", "Take a space out of the trash", [a](const Context& c) { return restoreSpace(c, a->from, a->to); });
  restore->add_option("name", a->from, "Its name or id, as coho space trash lists it")->required();
  restore->add_option("--as", a->to, "Another name for it");
  auto* purge = addCommand(spaces, parsed, "purge", "Delete a removed space for good",
                           [a](const Context& c) { return purgeSpace(c, a->from, a->confirmation); });
  purge->add_option("name", a->from, "Its name or id, as coho space trash lists it")->required();
  addConfirmation(*purge, a->confirmation);
}

void addSettings(CLI::App& spaces, Parsed& parsed, const Shared& a) {
  addCommand(spaces, parsed, "settings", "Show all settings of the space; what is sealed stays so", [](const Context& c) { return showSettings(c); });
  auto* diff = addCommand(spaces, parsed, "diff", "Show in which settings two spaces differ", [a](const Context& c) { return diffSpaces(c, a->from, a->to); });
  diff->add_option("left", a->from, "A space of the project")->required();
  diff->add_option("right", a->to, "Another")->required();
  auto* bounds = addCommand(spaces, parsed, "limits", "Show the bounds of the space, or set those that are named; 0 is what the server allows",
                            [a](const Context& c) { return limits(c, a->limits); });
  bounds->add_option("--deadline", a->limits.requestDeadlineMs, "How long a request may take, in milliseconds");
  bounds->add_option("--requests", a->limits.requestsMax, "How many requests run at once");
  bounds->add_option("--heap", a->limits.workerHeapMiB, "JavaScript heap of a worker, in MiB");
  auto* move = addCommand(spaces, parsed, "take-domain", "Take a domain over from another space of the project, at once",
                          [a](const Context& c) { return moveDomain(c, a->domain); });
  move->add_option("domain", a->domain, "As in www.example.com")->required();
}

}  // namespace

void addSpaceCommands(CLI::App& app, Parsed& parsed) {
  const auto a = std::make_shared<Arguments>();
  auto& spaces = commandGroup(app, "space", kSpaceGroup);
  addLife(spaces, parsed, a);
  addSettings(spaces, parsed, a);
  addRemove(app, parsed, a, "remove-space");
  addProject(app, parsed, a);
}

}  // namespace redd::coho
