// What names, addresses and passwords may look like, and how many of everything there may be. Every refusal says what was given and
// what is allowed, but for passwords, which are never said.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace redd::account {

struct AccountLimits {
  std::size_t usersMax = 10'000;
  std::size_t teamsMax = 10'000;
  std::size_t membersMax = 1'000;      // of a team or a project
  std::size_t invitationsMax = 10'000;
  std::size_t tokensMax = 100;         // of a person or a team, of each kind
  std::size_t sessionsMax = 20;        // of a person; the oldest ends
  std::size_t cliLoginsMax = 20;
  std::size_t nameBytesMax = 200;
  std::size_t emailBytesMax = 254;     // RFC 5321 4.5.3
  std::size_t passwordBytesMin = 12, passwordBytesMax = 1024;  // SEC-31
  UnixMs sessionMs = 12 * 3'600'000LL;      // SEC-34
  UnixMs cliLoginMs = 30 * 86'400'000LL;    // spec 70.2
  UnixMs invitationMs = 14 * 86'400'000LL;
  UnixMs passwordLinkMs = 3 * 86'400'000LL;
  UnixMs setupCodeMs = 30 * 60'000LL;       // SEC-30
};
inline constexpr AccountLimits kLimits;

Result<std::string> checkedEmail(std::string_view email);  // in lower case
Result<std::string> checkedName(std::string_view name, std::string_view ofWhat);  // "" is refused; no control bytes
Result<void> checkPassword(std::string_view password);

}  // namespace redd::account
