// What a Host header says about where a request goes (spec 20.1): pure functions, for everybody who takes requests. Hosts are as
// http::RequestHead has them: lower case, with or without port.
#pragma once

#include <string_view>

#include "space/space.h"

namespace redd::space {

// Which project a Host names: `PROJECT.api.ANY` and `PROJECT.localhost`, whatever the port. Empty: none is named.
std::string_view projectInHost(std::string_view host);

// The space that the host itself names (a domain of Settings::domains); nullptr: none.
SpacePtr spaceOfHost(const Snapshot& catalogue, std::string_view host);

}  // namespace redd::space
