#include "token.h"

#include <algorithm>

#include "crypto/base64url.h"
#include "strict_json.h"

namespace redd::auth {
namespace {

std::unexpected<Verdict> malformed(std::string expected, std::string found) {
  return std::unexpected(failure(Check::malformed, std::move(expected), std::move(found)));
}

std::expected<void, Verdict> readHeader(std::string_view text, Token& token) {
  StrictJson json;
  const auto header = json.readObject(text);
  if (!header) return malformed("a header that is one JSON object", header.error().publicText);
  // RFC 7797 6, RFC 7515 4.1.11: we understand no extension, and tokens never use b64.
  if (has(*header, "crit") || has(*header, "b64")) return malformed("a header without crit and b64", excerpt(text));
  if (has(*header, "kid")) {
    const auto keyId = stringMember(*header, "kid");
    if (!keyId) return malformed("kid is a string", excerpt(text));
    token.keyId = std::string(*keyId);
  }
  if (has(*header, "typ")) {
    const auto type = stringMember(*header, "typ");
    if (!type) return malformed("typ is a string", excerpt(text));
    token.type = std::string(*type);
  }
  const auto name = stringMember(*header, "alg");
  if (!name) return malformed("alg is a string", excerpt(text));
  const auto algorithm = crypto::signatureAlgorithm(*name);
  if (!algorithm) {
    return std::unexpected(failure(Check::algorithm, "alg is RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA",
                                   "alg = " + excerpt(*name)));
  }
  token.algorithm = *algorithm;
  return {};
}

}  // namespace

Verdict failure(Check check, std::string expected, std::string found) {
  Verdict verdict;
  verdict.failed = check;
  verdict.expected = std::move(expected);
  verdict.found = std::move(found);
  return verdict;
}

std::expected<Token, Verdict> readToken(std::string_view text, std::size_t bytesMax) {
  if (text.size() > bytesMax) {
    return malformed("at most " + std::to_string(bytesMax) + " bytes", std::to_string(text.size()) + " bytes");
  }
  const auto dots = std::ranges::count(text, '.');
  if (dots != 2) return malformed("three parts", std::to_string(dots + 1) + (dots == 0 ? " part" : " parts"));
  const auto first = text.find('.');
  const auto second = text.find('.', first + 1);
  if (first > kHeaderBytesMax / 3 * 4 + 4) return malformed("a header of at most 4096 bytes", std::to_string(first) + " characters");
  const auto header = crypto::base64urlDecode(text.substr(0, first));
  auto payload = crypto::base64urlDecode(text.substr(first + 1, second - first - 1));
  auto signature = crypto::base64urlDecode(text.substr(second + 1));
  if (!header || !payload || !signature) {
    return malformed("base64url without padding", std::string(!header    ? "another header"
                                                              : !payload ? "another payload"
                                                                         : "another signature"));
  }
  if (header->size() > kHeaderBytesMax) return malformed("a header of at most 4096 bytes", std::to_string(header->size()) + " bytes");
  if (signature->empty()) return malformed("a signature", "none");
  Token token{.algorithm = {},
              .keyId = {},
              .type = {},
              .signedPart = text.substr(0, second),
              .payload = std::move(*payload),
              .signature = std::move(*signature)};
  if (auto read = readHeader(*header, token); !read) return std::unexpected(std::move(read).error());
  return token;
}

}  // namespace redd::auth
