// The operations table as an OpenAPI 3.1 document, for clients and their generators (GET /_/api/v1/openapi.json). Made from the table
// alone, so that it cannot differ from it; answers are described loosely, API.md says more. Pure, any thread.
#pragma once

#include <string>
#include <string_view>

namespace redd::control {

std::string openApiJson(std::string_view serverVersion);

// What an operation's arguments may look like, as one JSON object of body or query members; "" when there is nothing worth showing.
std::string_view exampleOf(std::string_view operation);

}  // namespace redd::control
