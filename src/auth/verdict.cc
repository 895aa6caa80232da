#include "auth/verdict.h"

namespace redd::auth {

std::string_view className(Check check) {
  switch (check) {
    case Check::none: return "accepted";
    case Check::missing: return "missing";
    case Check::malformed: return "malformed";
    case Check::algorithm: return "algorithm";
    case Check::unknownKey: return "unknown key";
    case Check::signature: return "signature";
    case Check::expired: return "expired";
    case Check::notYetValid: return "not yet valid";
    case Check::issuer: return "issuer";
    case Check::audience: return "audience";
    case Check::keysUnavailable: return "keys unavailable";
  }
  return "malformed";
}

}  // namespace redd::auth
