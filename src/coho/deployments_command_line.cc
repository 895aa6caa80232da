#include "command_line.h"
#include "deployment_commands.h"

namespace redd::coho {
namespace {

struct Arguments {
  std::string target;  // of rollback
  Confirmation confirmation;
  SplitArguments split;
  SourceArguments source;
};
using Shared = std::shared_ptr<Arguments>;

void addSource(CLI::App& app, Parsed& parsed, const Shared& a) {
  auto* source = addCommand(app, parsed, "source", "Fetch the source files of a deployment into a folder", [a](const Context& c) { return coho::source(c, a->source); });
  source->add_option("-o,--out", a->source.out, "The folder; nothing in it is overwritten")->required();
  source->add_option("--deployment", a->source.deployment, "Its id (default: the active one)");
  auto* bundle = addCommand(app, parsed, "bundle", "Fetch the script of a deployment", [a](const Context& c) { return coho::bundle(c, a->source); });
  bundle->add_option("-o,--out", a->source.out, "The file (default: standard output)");
  bundle->add_option("--deployment", a->source.deployment, "Its id (default: the active one)");
}

}  // namespace

void addDeploymentCommands(CLI::App& app, Parsed& parsed) {
  const auto a = std::make_shared<Arguments>();
  addCommand(app, parsed, "deployments", "List the deployments that are kept, newest first", [](const Context& c) { return deployHistory(c); });

  auto* back = addCommand(app, parsed, "rollback", "Put the code before the active one back, or that of a deployment",
                          [a](const Context& c) { return rollBack(c, a->target); });
  back->add_option("deployment", a->target, "Its id, as coho deployments lists it; without one the last deployment is undone");

  auto* off = addCommand(app, parsed, "undeploy", "Take the code out of service; data and deployments stay",
                         [a](const Context& c) { return undeploy(c, a->confirmation); });
  off->alias("unde")->alias("undep");
  addConfirmation(*off, a->confirmation);

  auto* share = addCommand(app, parsed, "split", "Let some of the clients meet another deployment than the active one",
                           [a](const Context& c) { return split(c, a->split); });
  share->add_option("deployment", a->split.deployment, "Its id, as coho deployments lists it")->required();
  share->add_option("percent", a->split.percent, "How many of a hundred clients; 0 ends the split, 100 makes it the active one")
      ->required()
      ->check(CLI::Range(0u, 100u));
  addSource(app, parsed, a);
}

}  // namespace redd::coho
