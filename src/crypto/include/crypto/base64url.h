// base64url without padding (RFC 4648 5, RFC 7515 2), strict: one text for each value and one value for each text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace redd::crypto {

std::string base64urlEncode(std::string_view bytes);
// nullopt for padding, white space, characters of another alphabet, impossible lengths and spare bits that are not zero (SEC-04).
std::optional<std::string> base64urlDecode(std::string_view text);

}  // namespace redd::crypto
