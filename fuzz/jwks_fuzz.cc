// F-2, key sets: any answer of an endpoint gives a set of usable keys or a refusal; what is accepted once is accepted alike again,
// and no key of it accepts a signature that nobody made.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "jwk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto set = redd::auth::parseKeySet(text, 100);
  if (!set) return 0;
  if (set->keys.size() + set->refusals.size() > 100 || set->privateKeys > set->refusals.size()) std::abort();
  const auto again = redd::auth::parseKeySet(text, 100);
  if (!again || again->keys.size() != set->keys.size()) std::abort();
  for (std::size_t i = 0; i < set->keys.size(); ++i) {
    if (again->keys[i].digest != set->keys[i].digest) std::abort();
  }
  if (!set->keys.empty() && set->keys[0].key.kind() == redd::crypto::KeyKind::rsa &&
      set->keys[0].key.verify(redd::crypto::SignatureAlgorithm::rs256, "message", std::string(256, '\x5a'))) {
    std::abort();
  }
  return 0;
}
