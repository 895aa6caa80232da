#include "command_line.h"

#include "project_config.h"

namespace redd::coho {
namespace {

std::string problem(const Result<void>& checked) { return checked ? std::string() : std::string(checked.error().text()); }
std::string spaceProblem(const std::string& name) { return problem(checkSpaceName(name)); }
std::string projectProblem(const std::string& name) { return problem(checkUniqueName(name)); }

}  // namespace

void addServerOptions(CLI::App& command, CommonOptions& common) {
  command.add_option("--token", common.login.token, "The token to show to the server (before COHO_TOKEN)");
  command.add_flag_callback(
      "--insecure", [&common] { common.login.plainHttp = PlainHttp::anywhere; }, "Allow plain http to other machines");
  command.add_option("--ca-file", common.login.caFile, "PEM file of authorities to trust beside the system's (before SSL_CERT_FILE)");
  command.add_flag_callback("--json", [&common] { common.output = Output::json; }, "Print JSON");
}

CLI::App* addCommand(CLI::App& app, Parsed& parsed, std::string name, std::string description, Action action) {
  auto* command = app.add_subcommand(std::move(name), std::move(description));
  auto& common = parsed.common;
  command->add_option("-p,--project", common.project, "The project, instead of config.json's")->check(projectProblem);
  command->add_option("-s,--space", common.space, "The space, instead of config.json's")->check(spaceProblem);
  command->add_option("--url", common.login.url, "The server's address (before COHO_URL)");
  addServerOptions(*command, common);
  command->callback([&parsed, run = std::move(action)] { parsed.action = run; });
  return command;
}

void addConfirmation(CLI::App& command, Confirmation& confirmation) {
  command.add_flag("-y,--yes", confirmation.isWaived, "Do not ask");
  command.add_option("--confirm", confirmation.name, "The name, instead of typing it");
}

CLI::App& commandGroup(CLI::App& app, const std::string& name, const std::string& description) {
  const auto known = app.get_subcommands([&name](const CLI::App* one) { return one->get_name() == name; });
  return known.empty() ? *app.add_subcommand(name, description)->require_subcommand(1) : *known.front();
}

}  // namespace redd::coho
