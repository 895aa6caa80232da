// From Host header (space/host.h) and path to a space (spec 20.1, SEC-41).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "space/space.h"

namespace redd::http {
struct RequestHead;
}

namespace redd::gateway {

struct Target {
  space::SpacePtr space;
  std::string path;     // normalised, with the space
  std::string apiPath;  // normalised, without the space; "/" at least
};

// Whether a host that names no project may be served by the default one: loopback names, literal addresses, listed hosts.
bool servesDefaultProject(std::string_view host, const std::vector<std::string>& listedHosts);

// The target of a space that the host itself names (space/host.h): the space is not in the path. Error: invalidArgument for a malformed path.
Result<Target> targetOfDomain(space::SpacePtr space, const http::RequestHead& head);

// Errors: notFound with the texts of spec 20.1 (404), invalidArgument for a malformed path (400).
Result<Target> resolveTarget(const space::Snapshot& catalogue, const http::RequestHead& head, std::string_view project);

}  // namespace redd::gateway
