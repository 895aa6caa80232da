#include "login.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "files.h"
#include "http/url.h"
#include "json_text.h"
#include "text.h"

namespace redd::coho {
namespace fs = std::filesystem;
namespace {

constexpr int kParentsMax = 64;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

Result<std::optional<Login>> readLogin(const fs::path& path) {
  REDD_TRY(const auto text, readFile(path, kConfigBytesMax));
  if (!text) return std::nullopt;
  const auto json = parseJson(*text);
  const auto broken = [&](std::string_view why) {
    return invalid(fmt::format("{}: {}. Fix: coho login URL --token TOKEN", path.string(), why));
  };
  if (!json) return broken(json.error().text());
  Login login;
  login.url = textOf(*json, "url");
  login.token = textOf(*json, "token");
  login.caFile = textOf(*json, "caFile");
  login.plainHttp = flagOf(*json, "insecure") ? PlainHttp::anywhere : PlainHttp::loopbackOnly;
  login.origin = path.string();
  if (login.url.empty() || login.token.empty()) return broken(R"(needs "url" and "token")");
  return login;
}

// The file that `redd dev` writes. Whoever can put a file into a parent folder must not choose where a deployment goes.
Result<std::optional<Login>> readFolderLogin(const fs::path& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  const bool own = info.st_uid == geteuid() && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  if (!own)
    return Error::make(ErrorCode::forbidden, fmt::format("{} belongs to somebody else or others may write to it, so it is not used. "
                                                         "Fix: name the server with --url and --token, or remove the file",
                                                         path.string()));
  REDD_TRY(auto login, readLogin(path));
  if (!login) return login;
  auto url = checkServerUrl(login->url, PlainHttp::loopbackOnly);
  if (!url) return invalid(fmt::format("{}: {}", path.string(), url.error().text()));
  const auto host = url->substr(url->find("//") + 2);
  if (!http::isLoopbackName(http::splitHost(host).name)) {
    return Error::make(ErrorCode::forbidden,
                       fmt::format("{} names {}, which is not this machine, so it is not used. Fix: coho login {} --token TOKEN",
                                   path.string(), inertLine(*url), inertLine(*url)));
  }
  login->plainHttp = PlainHttp::loopbackOnly;
  return login;
}

Result<std::optional<Login>> nearestFolderLogin(fs::path folder) {
  for (int i = 0; i < kParentsMax; ++i) {
    REDD_TRY(auto login, readFolderLogin(folder / ".redd" / "coho.json"));
    if (login || folder == folder.parent_path()) return login;
    folder = folder.parent_path();
  }
  return std::nullopt;
}

Result<std::optional<Login>> storedLogin(const Environment& environment) {
  const auto path = storedLoginPath(environment);
  if (!path) return std::nullopt;
  return readLogin(*path);
}

Error notLoggedIn() {
  return Error::make(
      ErrorCode::unauthorized,
      "You need to log in first. Fix: coho login URL --token TOKEN (redd prints the line when it first starts), or set COHO_URL "
      "and COHO_TOKEN");
}

struct Given {
  std::string value;
  std::string from;
};

Given firstOf(std::string_view option, std::string_view optionName, const Environment& environment, std::string_view variable) {
  if (!option.empty()) return {std::string(option), std::string(optionName)};
  return {environment.get(variable), std::string(variable)};
}

// The login whose address is `url`: its token may go there.
Result<std::optional<Login>> loginFor(std::string_view url, const Environment& environment, const fs::path& folder) {
  REDD_TRY(auto near, nearestFolderLogin(folder));
  if (near && checkServerUrl(near->url, PlainHttp::anywhere).value_or("") == url) return near;
  REDD_TRY(auto stored, storedLogin(environment));
  if (!stored) return std::nullopt;
  if (checkServerUrl(stored->url, PlainHttp::anywhere).value_or("") == url) return stored;
  return std::nullopt;
}

Result<Login> withGivenUrl(const Given& url, const Given& token, const Environment& environment, const fs::path& folder) {
  auto checked = checkServerUrl(url.value, PlainHttp::anywhere);
  if (!checked) return invalid(fmt::format("{}: {}", url.from, checked.error().text()));
  Login login{.url = *checked, .token = token.value, .origin = token.from};
  if (token.value.empty()) {
    REDD_TRY(const auto known, loginFor(*checked, environment, folder));
    if (!known) {
      return Error::make(ErrorCode::unauthorized,
                         fmt::format("No token is known for {} (from {}). Fix: set COHO_TOKEN, or coho login {} --token TOKEN", *checked,
                                     url.from, *checked));
    }
    login = *known;
  }
  return login;
}

Result<Login> withoutGivenUrl(const Given& token, const Environment& environment, const fs::path& folder) {
  if (token.value.empty()) {
    REDD_TRY(auto near, nearestFolderLogin(folder));
    if (near) return *near;
  }
  REDD_TRY(auto stored, storedLogin(environment));
  if (stored && !token.value.empty()) {
    stored->token = token.value;
    stored->origin = token.from;
  }
  if (stored) return *stored;
  if (token.value.empty()) return notLoggedIn();
  return Error::make(ErrorCode::unauthorized,
                     fmt::format("{} is set, but no server is named. Fix: set COHO_URL, or give --url", token.from));
}

}  // namespace

Result<std::string> checkServerUrl(std::string_view url, PlainHttp plainHttp) {
  const auto wrong = [&](std::string_view why) { return invalid(fmt::format("the server's address '{}' {}", inertLine(url), why)); };
  const auto colon = url.find("://");
  if (colon == std::string_view::npos) return wrong("needs a scheme, as in https://redd.example.org or http://127.0.0.1:4000");
  const auto scheme = lower(url.substr(0, colon));
  if (scheme != "http" && scheme != "https") return wrong("must begin with https:// or http://");
  auto host = url.substr(colon + 3);
  while (host.ends_with('/')) host.remove_suffix(1);
  if (host.contains('@')) return wrong("holds a user name or password; give the token with --token");
  if (host.find_first_of("/?#") != std::string_view::npos) return wrong("has a path; give only scheme, host and port");
  if (host.empty() || !http::isValidHost(host)) return wrong("has no valid host");
  const auto name = lower(http::splitHost(host).name);
  if (scheme == "http" && plainHttp == PlainHttp::loopbackOnly && !http::isLoopbackName(name)) {
    return Error::make(ErrorCode::forbidden,
                       fmt::format("{} is plain http to another machine: whoever listens on the way reads the token. Fix: use https, "
                                   "or say --insecure when the network is trusted",
                                   inertLine(url)));
  }
  return scheme + "://" + lower(host);
}

Result<Login> findLogin(const LoginOptions& options, const Environment& environment, const fs::path& folder) {
  const auto url = firstOf(options.url, "--url", environment, "COHO_URL");
  const auto token = firstOf(options.token, "--token", environment, "COHO_TOKEN");
  REDD_TRY(auto login, url.value.empty() ? withoutGivenUrl(token, environment, folder) : withGivenUrl(url, token, environment, folder));
  if (options.plainHttp == PlainHttp::anywhere) login.plainHttp = PlainHttp::anywhere;
  if (!options.caFile.empty()) login.caFile = options.caFile;
  REDD_TRY(login.url, checkServerUrl(login.url, login.plainHttp));
  if (std::ranges::any_of(login.token, [](char c) { return c <= ' ' || c > '~'; })) {
    return invalid(fmt::format("the token from {} holds characters that no token has (spaces, line ends?)", login.origin));
  }
  return login;
}

Result<fs::path> storedLoginPath(const Environment& environment) {
  if (const auto own = environment.get("COHO_CONFIG_DIR"); !own.empty()) return fs::path(own) / "coho.json";
  if (const auto xdg = environment.get("XDG_CONFIG_HOME"); xdg.starts_with('/')) return fs::path(xdg) / "redd" / "coho.json";
  if (const auto home = environment.get("HOME"); !home.empty()) return fs::path(home) / ".config" / "redd" / "coho.json";
  return invalid("HOME is not set, so there is no place for the login. Fix: set COHO_CONFIG_DIR to a folder");
}

Result<fs::path> storeLogin(const Login& login, const Environment& environment) {
  REDD_TRY(const auto path, storedLoginPath(environment));
  Json json{{"url", login.url}, {"token", login.token}};
  if (login.plainHttp == PlainHttp::anywhere) json["insecure"] = true;
  if (!login.caFile.empty()) json["caFile"] = fs::absolute(login.caFile).string();
  REDD_TRY_VOID(writeFile(path, prettyJson(json), Access::ownerOnly));
  return path;
}

Result<fs::path> forgetLogin(const Environment& environment) {
  REDD_TRY(auto path, storedLoginPath(environment));
  std::error_code failure;
  const bool removed = fs::remove(path, failure);
  if (failure) return Error::make(ErrorCode::forbidden, fmt::format("cannot remove {}: {}", path.string(), failure.message()));
  return removed ? path : fs::path();
}

}  // namespace redd::coho
