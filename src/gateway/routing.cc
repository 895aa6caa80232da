#include "routing.h"

#include <algorithm>

#include "http/message.h"
#include "http/url.h"
#include "space/catalogue.h"

namespace redd::gateway {

bool servesDefaultProject(std::string_view host, const std::vector<std::string>& listedHosts) {
  const std::string_view name = http::splitHost(host).name;
  return http::isLoopbackName(name) || http::isAddressLiteral(name) || std::ranges::find(listedHosts, name) != listedHosts.end();
}

Result<Target> targetOfDomain(space::SpacePtr space, const http::RequestHead& head) {
  REDD_TRY(std::string apiPath, http::normalisePath(head.path()));
  std::string path = "/" + space->name + apiPath;
  return Target{std::move(space), std::move(path), std::move(apiPath)};
}

Result<Target> resolveTarget(const space::Snapshot& catalogue, const http::RequestHead& head, std::string_view project) {
  REDD_TRY(std::string path, http::normalisePath(head.path()));
  const std::size_t nameEnd = std::min(path.find('/', 1), path.size());
  const std::string_view name = std::string_view(path).substr(1, nameEnd == 0 ? 0 : nameEnd - 1);
  REDD_TRY(auto space, space::findSpace(catalogue, project.empty() ? catalogue.defaultProject : project, name));
  std::string apiPath = nameEnd >= path.size() ? std::string("/") : path.substr(nameEnd);
  return Target{std::move(space), std::move(path), std::move(apiPath)};
}

}  // namespace redd::gateway
