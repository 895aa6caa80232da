// Which version of a split space a client meets (space::Split). The choice is made from who the client is and from nothing else, so it
// holds from request to request and over restarts, and a larger percentage only ever moves clients to the split's deployment.
#pragma once

#include <string_view>

#include "access.h"
#include "space/space.h"

namespace redd::gateway {

// What a client is known by: the subject of a verified token, else its bearer token, else its address. An API key says nothing: the
// pages of one app share it. The views are those of the arguments.
std::string_view clientOf(std::string_view claims, const Credentials& credentials, std::string_view address);

// `space` itself, or its alternative.
space::SpacePtr versionFor(const space::SpacePtr& space, std::string_view client);

}  // namespace redd::gateway
