// What names and values in the catalogue may look like and how many there may be (spec 70.4, 30.8). Every refusal says what was
// given and what is allowed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace redd::space {

struct CatalogueLimits {
  std::size_t projectsMax = 1'000;
  std::size_t spacesPerProjectMax = 100;
  std::size_t tokensPerSpaceMax = 100;
  std::size_t tokenDescriptionBytesMax = 500;
  std::size_t envPerSpaceMax = 200;
  std::size_t envNameBytesMax = 128;
  std::size_t envValueBytesMax = 64 << 10;
  std::size_t envBytesMax = 512 << 10;  // names and values of one space together: they become a process environment
  std::size_t urlBytesMax = 2 << 10;
  std::size_t issuerBytesMax = 1 << 10;
  std::size_t audiencesMax = 20;
  std::size_t audienceBytesMax = 1 << 10;
  std::size_t allowedHostsMax = 500;
  std::size_t corsOriginsMax = 100;
  std::size_t domainsMax = 20;
  std::size_t deploymentsKept = 20;
  std::size_t trashPerProjectMax = 100;
  std::size_t deploymentFieldBytesMax = 500;  // author, gitHash …: longer ones are cut, they are for display only
};
inline constexpr CatalogueLimits kLimits;

Result<void> checkProjectName(std::string_view name);  // 4 to 15 letters or digits
Result<void> checkSpaceName(std::string_view name);    // [a-z0-9-]{1,30}
Result<void> checkEnvName(std::string_view name);      // [A-Za-z_][A-Za-z0-9_]*, not reserved
Result<void> checkEnvValue(std::string_view value);    // no NUL, bounded
Result<void> checkTokenPolicy(std::string_view url, std::string_view issuer, const std::vector<std::string>& audience);  // sizes only
Result<void> checkAllowedHosts(const std::vector<std::string>& ranges);  // what AddressRange takes
Result<void> checkCorsOrigins(const std::vector<std::string>& origins);  // SCHEME://HOST[:PORT], as browsers send them
Result<void> checkDomains(const std::vector<std::string>& domains);      // host names in lower case that mean nothing else here

std::string lowerCase(std::string_view text);
std::string cutUtf8(std::string_view text, std::size_t bytesMax);  // never inside a character

}  // namespace redd::space
