// F-1, tokens: whatever bytes stand in a header, the checks end, stay in bounds, and accept nothing that the key did not sign.
// An accepted token must carry the payload of the one good token of the corpus.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "claims.h"
#include "jwk.h"
#include "verifier.h"

namespace {

// The set of the corpus (its private half was thrown away), and the payload that its key signed.
constexpr std::string_view kSet =
    R"({"keys":[{"kty":"RSA","n":"y2sjhUmlqDFdul5JcplFCO6Gp0TZNsKb0h-6XK9mKaXhdjQaPt0_csQQQOx0rwdxRJaZw9IG-9Ir-OGgUxhrPM9WoBhkGmx5mQprnxn4o_zbZ_BivjCpsjXc-5WknSSSqH-3yA8RqyZukbAncA4LmDwJkh1kp1Ue71osQ_pTk3Ft64NMobKvh6mYQFb5-44XN8oGEuh8FRPDMtdY8vIsQK2laiIof_FVkIb8Pg1BEtlLLZygq6Nvg-BtKETM0MAyuuxL78G7uWU9cVtpGitTM93Hytc3ORUCSpwbmG6WhknJGXkr0sBdgWOBKPqczlVxKwEr2OR2PitO6zEOXz4ZsQ","e":"AQAB","kid":"rsa-1","alg":"RS256","use":"sig"},{"kty":"RSA","n":"uEw06HH1tYxdAX7q2i0b4QuX7cXabuwcrlaeaQRX3GV5Nplz_I62U9J9d7DXLb67RRpoVzdS2Gemsoey4uWSCykU1Dza5v9lW4LvGqIqVe2I_EDBWW_Drx0FlhCYRs6mlePVG8gBjPAdciSgn3nUnjG7_6EA-tTTO6AB_qlpyz_QWKORdO52eph_GIPIUBQEL8_zNLmYge4v5cj5NL012Y2T7muuLccZJvGXoN3iTra_hO3HUxf54Fj9b30sH193ZIPsUsvBF0SfTAIUiyc4SQ-hx8DqX5gDsVIBViQC4B8XwLzxCiGVL-_UrNNR0irOWak9MdzoO8xnuny2csnhsQ","e":"AQAB","kid":"rsa-2","alg":"RS256","use":"sig"},{"kty":"EC","x":"_CDS_kX_M3JXemlrpwWY7xMgP43xSfkd5ODlygrmskI","y":"rsOnTgCLvoFwiIPVEV4Mq-m2ATSTNJr5Q9_WAjA9lFQ","crv":"P-256","kid":"ec-1","alg":"ES256","use":"sig"}]})";
constexpr std::string_view kPayload =
    R"({"iss":"https://idp.test/","sub":"user-1","aud":"https://api.test","iat":1500000000,"exp":4102444800})";
constexpr redd::UnixMs kNow = 1'795'000'000'000;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const redd::auth::KeySet keys = redd::auth::parseKeySet(kSet, 100).value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)redd::auth::Authenticator::bearerToken(text);
  const auto token = redd::auth::readToken(text, 16 << 10);
  if (!token) {
    if (token.error().accepted()) std::abort();
    return 0;
  }
  const redd::auth::TokenPolicy policy{.jwksUrl = {}, .issuer = "https://idp.test/", .audience = {"https://api.test"}, .algorithms = {}};
  (void)redd::auth::checkClaims(*token, policy, kNow);  // as if the signature had held, which mutation does not reach
  const auto judged = redd::auth::judge(*token, keys, redd::auth::AlgorithmSet({}), policy, kNow);
  if (judged.verdict.accepted() && token->payload != kPayload) std::abort();
  return 0;
}
