// Projects, spaces and what belongs to them as API.md prints them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host_check.h"
#include "http/client_side.h"
#include "space/space.h"

namespace redd::control {

// The addresses of a space that work from where a request came, best first. `client`: who asks, and how it wrote this server's name.
std::vector<std::string> endpoints(const space::Snapshot& snapshot, const space::Space& space, const AllowedHosts& hosts,
                                   const http::ClientSide& client);

enum class Keys : std::uint8_t { shown, begun };  // of API tokens: the whole, or the first eight characters

std::string splitJson(const space::Space& space);  // {deployment, percent} or null
std::string spaceJson(const space::Snapshot& snapshot, const space::Space& space, const AllowedHosts& hosts, const http::ClientSide& client,
                      Keys keys = Keys::shown);
std::string tokenJson(const space::ApiToken& token, Keys keys = Keys::shown);
std::string deploymentJson(const space::Deployment& deployment);  // the short form inside a space
std::string hooksJson(const space::Manifest& manifest);          // what a deployment registered
std::string_view accessName(space::TokenAccess access);           // READ, READWRITE

}  // namespace redd::control
