#include "names.h"

#include <fmt/format.h>

#include <algorithm>

#include "account/directory.h"

namespace redd::account {
namespace {

bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::string_view name(Role role) {
  switch (role) {
    case Role::viewer: return "viewer";
    case Role::developer: return "developer";
    case Role::owner: return "owner";
    default: return "none";
  }
}

std::optional<Role> roleNamed(std::string_view text) {
  for (const Role role : {Role::viewer, Role::developer, Role::owner}) {
    if (name(role) == text) return role;
  }
  return std::nullopt;
}

std::string_view name(TokenKind kind) {
  switch (kind) {
    case TokenKind::server: return "server";
    case TokenKind::personal: return "personal";
    case TokenKind::admin: return "admin";
    case TokenKind::session: return "session";
    default: return "cli";
  }
}

Result<std::string> checkedEmail(std::string_view email) {
  const auto at = email.find('@');
  const bool good = email.size() <= kLimits.emailBytesMax && at != std::string_view::npos && at > 0 && at + 1 < email.size() &&
                    email.find('@', at + 1) == std::string_view::npos &&
                    std::ranges::none_of(email, [](char c) { return isControl(c) || std::string_view(" <>\"(),;:\\[]").contains(c); });
  if (!good) return invalid(fmt::format("'{}' is no e-mail address. Fix: give one like name@example.org.", email.substr(0, 100)));
  std::string out(email);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

Result<std::string> checkedName(std::string_view text, std::string_view ofWhat) {
  if (text.empty() || text.size() > kLimits.nameBytesMax || std::ranges::any_of(text, isControl)) {
    return invalid(fmt::format("The name of {} must have 1 to {} bytes and no control characters.", ofWhat, kLimits.nameBytesMax));
  }
  return std::string(text);
}

Result<void> checkPassword(std::string_view password) {
  if (password.size() >= kLimits.passwordBytesMin && password.size() <= kLimits.passwordBytesMax) return {};
  return invalid(fmt::format("The password has {} bytes; {} to {} are allowed. Fix: choose a longer one, several words for example.", password.size(),
                             kLimits.passwordBytesMin, kLimits.passwordBytesMax));
}

}  // namespace redd::account
