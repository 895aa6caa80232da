#include "space/catalogue.h"

namespace redd::space {

Result<SpacePtr> findSpace(const Snapshot& snapshot, std::string_view project, std::string_view name) {
  const auto owner = snapshot.projects.find(project);
  if (owner == snapshot.projects.end()) return notFound("Unknown project");
  const auto space = owner->second->spaces.find(name);
  if (space == owner->second->spaces.end()) return notFound("Unknown space");
  return space->second;
}

}  // namespace redd::space
