// Which server, and with which token. In this order: options, COHO_URL and COHO_TOKEN, the nearest .redd/coho.json (written by
// `redd dev`), the stored login.
//
// A token goes only to the address it came with; one that came alone (--token, COHO_TOKEN) goes to an address that was given by option or
// variable, or to the stored login's, never to one that a file in the working folder names. Such a file must belong to the user,
// be writable by nobody else and name a loopback address. http reaches other machines only when the user said so (SEC-39).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "environment.h"

namespace redd::coho {

enum class PlainHttp { loopbackOnly, anywhere };

struct Login {
  std::string url{};  // scheme://host[:port], no slash at the end
  std::string token{};
  PlainHttp plainHttp = PlainHttp::loopbackOnly;
  std::string caFile{};
  std::string origin{};  // where the token came from, for messages: "--token", "COHO_TOKEN", a file
};

struct LoginOptions {
  std::string url{};
  std::string token{};
  PlainHttp plainHttp = PlainHttp::loopbackOnly;
  std::string caFile{};
};

Result<Login> findLogin(const LoginOptions& options, const Environment& environment, const std::filesystem::path& folder);

// $COHO_CONFIG_DIR/coho.json, $XDG_CONFIG_HOME/redd/coho.json, ~/.config/redd/coho.json. Error: none of the variables is set.
Result<std::filesystem::path> storedLoginPath(const Environment& environment);
Result<std::filesystem::path> storeLogin(const Login& login, const Environment& environment);  // 0600
Result<std::filesystem::path> forgetLogin(const Environment& environment);                     // empty: there was none

// The address in its one spelling. Errors name what is wrong with it: scheme, user information, path, query, http to another machine.
Result<std::string> checkServerUrl(std::string_view url, PlainHttp plainHttp);

}  // namespace redd::coho
