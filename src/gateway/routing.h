// From Host header and path to a space (spec 20.1, SEC-41).
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

// Which project a Host names: `PROJECT.api.ANY` and `PROJECT.localhost`, whatever the port. Empty: none is named.
std::string_view projectInHost(std::string_view host);

// Whether a host that names no project may be served by the default one: loopback names, literal addresses, listed hosts.
bool servesDefaultProject(std::string_view host, const std::vector<std::string>& listedHosts);

// The space that the host itself names (a domain of Settings::domains); nullptr: none.
space::SpacePtr spaceOfHost(const space::Snapshot& catalogue, std::string_view host);
// Its target: the space is not in the path. Error: invalidArgument for a malformed path.
Result<Target> targetOfDomain(space::SpacePtr space, const http::RequestHead& head);

// Errors: notFound with the texts of spec 20.1 (404), invalidArgument for a malformed path (400).
Result<Target> resolveTarget(const space::Snapshot& catalogue, const http::RequestHead& head, std::string_view project);

}  // namespace redd::gateway
