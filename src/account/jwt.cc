#include "jwt.h"

#include <fmt/format.h>

#include "base/json.h"
#include "crypto/base64url.h"
#include "crypto/hash.h"

namespace redd::account {

std::string makeJwt(std::string_view key, const User& user, std::string_view tokenId, UnixMs issuedMs, UnixMs expiresMs) {
  const auto payload = fmt::format(R"({{"sub":{},"name":{},"email":{},"iat":{},"exp":{},"jti":{}}})", json::quoted(user.id), json::quoted(user.name),
                                   json::quoted(user.email), issuedMs / 1000, expiresMs / 1000, json::quoted(tokenId));
  const auto text = crypto::base64urlEncode(R"({"alg":"HS256","typ":"JWT"})") + "." + crypto::base64urlEncode(payload);
  const auto signature = crypto::hmacSha256(key, text);
  return text + "." + crypto::base64urlEncode({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

}  // namespace redd::account
