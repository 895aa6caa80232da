#include "handlers.h"
#include "json_writer.h"
#include "views.h"

namespace redd::control {
namespace {

std::string namesJson(const space::Project& project) {
  std::vector<std::string> spaces;
  for (const auto& [name, space] : project.spaces) spaces.push_back(name);
  return JsonObject().text("name", project.name).text("uniqueName", project.uniqueName).texts("spaces", spaces).end();
}

Answer show(const Call& call, const space::Space& space) {
  return Answer{spaceJson(*call.services.catalogue.snapshot(), space, call.services.hosts, call.host)};
}

}  // namespace

Task<Result<Answer>> listProjects(Call call) {
  const auto snapshot = call.services.catalogue.snapshot();
  co_return Answer{
      JsonObject().raw("projects", jsonList(snapshot->projects, [](const auto& entry) { return namesJson(*entry.second); })).end()};
}

Task<Result<Answer>> createProject(Call call) {
  auto& services = call.services;
  const auto name = call.arguments.text("name");
  REDD_CO_TRY(const auto project,
              co_await services.lane.run<space::ProjectPtr>([&services, name] { return services.catalogue.createProject(name); }));
  co_return Answer{projectJson(*services.catalogue.snapshot(), *project, services.hosts, call.host)};
}

Task<Result<Answer>> getProject(Call call) {
  const auto snapshot = call.services.catalogue.snapshot();
  const auto project = snapshot->projects.find(call.arguments.text("project"));
  if (project == snapshot->projects.end()) co_return notFound("Unknown project");
  co_return Answer{projectJson(*snapshot, *project->second, call.services.hosts, call.host)};
}

Task<Result<Answer>> createSpace(Call call) {
  auto& catalogue = call.services.catalogue;
  const auto project = call.arguments.text("project");
  const auto name = call.arguments.text("name");
  REDD_CO_TRY(const auto space, co_await call.services.lane.run<space::SpacePtr>(
                                    [&catalogue, project, name] { return catalogue.createSpace(project, name); }));
  co_return show(call, *space);
}

Task<Result<Answer>> getSpace(Call call) {
  REDD_CO_TRY(const auto space, call.space());
  co_return show(call, *space);
}

}  // namespace redd::control
