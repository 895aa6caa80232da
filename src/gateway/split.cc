#include "split.h"

#include <fmt/format.h>

#include "crypto/hash.h"

namespace redd::gateway {
namespace {

// The text of the member "sub" as it stands in the JSON; empty when it has none. Whoever writes claims that fool this only chooses
// a version for themselves.
std::string_view subjectOf(std::string_view claims) {
  constexpr std::string_view name = "\"sub\"";
  auto at = claims.find(name);
  if (at == std::string_view::npos) return {};
  at = claims.find_first_not_of(" \t\r\n:", at + name.size());
  if (at == std::string_view::npos || claims[at] != '"') return {};
  const auto end = claims.find('"', at + 1);
  return end == std::string_view::npos ? std::string_view() : claims.substr(at + 1, end - at - 1);
}

}  // namespace

std::string_view clientOf(std::string_view claims, const Credentials& credentials, std::string_view address) {
  if (const auto subject = subjectOf(claims); !subject.empty()) return subject;
  return credentials.bearer.value_or(address);
}

space::SpacePtr versionFor(const space::SpacePtr& space, std::string_view client) {
  if (!space->alternative) return space;
  constexpr unsigned hundredths = 10'000;
  const auto digest = crypto::sha256(fmt::format("{}\n{}", space->split->deployment->id, client));
  const auto number = static_cast<unsigned>(digest[0]) << 16 | static_cast<unsigned>(digest[1]) << 8 | digest[2];
  return number % hundredths < space->split->percent * (hundredths / 100) ? space->alternative : space;
}

}  // namespace redd::gateway
