// The admin UI inside this executable.
#pragma once

#include <string_view>

namespace redd {

std::string_view adminUi();  // a pack (src/control/web_pack.h); "" in a build without it (REDD_ADMIN_UI=OFF)

}  // namespace redd
