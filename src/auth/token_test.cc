// The pure parts that the vectors do not reach: key sets, claims at their edges, the Authorization header, policies.
#include <gtest/gtest.h>

#include "claims.h"
#include "crypto/base64url.h"
#include "strict_json.h"
#include "verdict_cache.h"
#include "verifier.h"

namespace redd::auth {
namespace {

constexpr UnixMs kNow = 1'800'000'000'000;

Verdict claims(const std::string& payload, const TokenPolicy& policy = {}) {
  return checkClaims(Token{.algorithm = {}, .keyId = {}, .type = {}, .signedPart = {}, .payload = payload, .signature = {}}, policy, kNow);
}

TEST(Claims, LeewayEndsOnTheSecond) {
  EXPECT_TRUE(claims(R"({"exp":1799999971})").accepted()) << "29 s ago";
  EXPECT_EQ(claims(R"({"exp":1799999970})").failed, Check::expired) << "30 s ago";
  EXPECT_TRUE(claims(R"({"exp":1799999970.5})").accepted());
  EXPECT_EQ(claims(R"({"exp":1799999971})").validUntilMs, 1'800'000'001'000);
  EXPECT_TRUE(claims(R"({"exp":1800000100,"nbf":1800000030})").accepted());
  const Verdict early = claims(R"({"exp":1800000100,"nbf":1800000031})");
  EXPECT_EQ(early.failed, Check::notYetValid);
  EXPECT_EQ(early.validUntilMs, 1'800'000'001'000);
}

TEST(Claims, HugeNumbersNeitherWrapNorCrash) {
  for (const char* far : {"9007199254740993", "9223372036854775807", "18446744073709551615", "1e19", "1e308"}) {
    EXPECT_TRUE(claims(std::string(R"({"exp":)") + far + "}").accepted()) << far;
    EXPECT_EQ(claims(std::string(R"({"exp":9e9,"nbf":)") + far + "}").failed, Check::notYetValid) << far;
  }
  for (const char* past : {"-1", "-9223372036854775808", "-1e308", "0", "0.0"}) {
    EXPECT_EQ(claims(std::string(R"({"exp":)") + past + "}").failed, Check::expired) << past;
  }
  EXPECT_EQ(claims(R"({"exp":1e400})").failed, Check::malformed);
}

TEST(Claims, RefusalsExplainThemselves) {
  TokenPolicy policy;
  policy.audience = {"https://api.test", "https://other.api"};
  const Verdict verdict = claims(R"({"exp":9e9,"aud":["https://a.test"]})", policy);
  EXPECT_EQ(verdict.failed, Check::audience);
  EXPECT_EQ(verdict.expected, "aud contains https://api.test or https://other.api");
  EXPECT_EQ(verdict.found, R"(aud = ["https://a.test"])");
  EXPECT_EQ(verdict.claims, R"({"exp":9e9,"aud":["https://a.test"]})");
  EXPECT_EQ(claims(R"({"exp":9e9})", policy).found, "aud is absent");
  EXPECT_LT(claims(R"({"exp":9e9,"aud":")" + std::string(5'000, 'x') + "\"}", policy).found.size(), 250U);
}

TEST(StrictJson, RefusesWhatParsersDisagreeOn) {
  StrictJson json;
  EXPECT_TRUE(json.readObject(R"({"a":{"b":1},"c":{"b":2}})"));
  for (const char* bad : {"", "[]", "1", "{\"a\":1,\"a\":1}", R"({"x":{"b":1,"\u0062":2}})", R"({"x":[{"b":1,"b":2}]})", "\xef\xbb\xbf{}",
                          "{}{}", "{\"a\":\"\\ud800\"}", "{\"a\":01}"}) {
    EXPECT_FALSE(json.readObject(bad)) << bad;
  }
  const auto nested = [](std::size_t depth) { return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}"; };
  EXPECT_TRUE(json.readObject(nested(30)));
  EXPECT_FALSE(json.readObject(nested(40)));
  EXPECT_FALSE(json.readObject(nested(100'000)));
  EXPECT_TRUE(json.readObject("{}"));
}

TEST(StrictJson, ExcerptsStayWholeCharacters) {
  const std::string text = excerpt(std::string(199, 'a') + "ž" + std::string(50, 'b'));
  EXPECT_EQ(text, std::string(199, 'a') + "…");
}

TEST(KeySets, OfTheWrongShapeAreRefusedWhole) {
  for (const char* bad : {"", "<html>", "[]", "{}", R"({"keys":{}})", R"({"keys":null})", R"({"keys":[],"keys":[]})", R"({"keys":[]}x)"})
    EXPECT_FALSE(parseKeySet(bad, 100)) << bad;
  EXPECT_TRUE(parseKeySet(R"({"keys":[]})", 100));
  std::string many = R"({"keys":[1)";
  for (int i = 0; i < 100; ++i) many += ",1";
  EXPECT_FALSE(parseKeySet(many + "]}", 100));
  EXPECT_TRUE(parseKeySet(many + "]}", 101));
}

TEST(KeySets, SayWhyAKeyIsLeftOut) {
  const auto set =
      parseKeySet(
          R"({"keys":[1,{"kty":"RSA","kid":"a","n":"!","e":"AQAB"},{"kty":"oct","k":"AAAA","kid":"s"},{"kid":7},{"kty":"OKP","crv":"X25519","x":"AA"}]})",
          100)
          .value();
  EXPECT_TRUE(set.keys.empty());
  EXPECT_EQ(set.privateKeys, 1U);
  ASSERT_EQ(set.refusals.size(), 5U);
  EXPECT_NE(set.refusals[1].find("(a): n is not base64url"), std::string::npos) << set.refusals[1];
  EXPECT_NE(set.refusals[2].find("private members"), std::string::npos);
}

TEST(BearerToken, FourteenShapes) {  // SEC-08
  const auto token = [](std::string_view value) { return Authenticator::bearerToken(value); };
  EXPECT_EQ(token("Bearer a.b.c"), "a.b.c");
  EXPECT_EQ(token("bEARER a.b-_c"), "a.b-_c");
  for (const char* bad :
       {"", "Bearer", "Bearer ", "Bearer  a.b.c", " Bearer a.b.c", "Bearer\ta.b.c", "Bearer a.b.c ", "Bearer a.b.c,d.e.f",
        "Bearer a.b.c, Bearer d.e.f", "Bearer a b", "Basic a.b.c", "a.b.c", "Bearer:a.b.c", "Bearer \"a.b.c\"", "Bearertoken a.b.c"}) {
    EXPECT_FALSE(token(bad)) << bad;
  }
}

TEST(Policy, SaysWhatIsWrong) {
  const http::AddressPolicy addresses;
  const auto check = [&addresses](TokenPolicy policy) {
    const auto result = checkPolicy(policy, addresses);
    return result ? std::string("good") : result.error().publicText;
  };
  TokenPolicy good;
  good.jwksUrl = "https://idp.test/jwks";
  good.algorithms = {"RS256", "EdDSA"};
  EXPECT_EQ(check(good), "good");
  TokenPolicy bad = good;
  bad.algorithms = {"RS256", "HS256"};
  EXPECT_NE(check(bad).find("HS256"), std::string::npos);
  bad.algorithms = {"none"};
  EXPECT_NE(check(bad), "good");
  bad = good;
  bad.jwksUrl = "http://idp.test/jwks";
  EXPECT_NE(check(bad).find("https"), std::string::npos);
  bad.jwksUrl = "https://169.254.169.254/";
  EXPECT_NE(check(bad).find("--allow-private"), std::string::npos);
  bad = good;
  bad.leewayS = -1;
  EXPECT_NE(check(bad), "good");
  bad = good;
  bad.audience = {""};
  EXPECT_NE(check(bad), "good");
}

TEST(AlgorithmSets, NeverHoldSymmetricNames) {  // SEC-01
  EXPECT_EQ(AlgorithmSet({"HS256", "none", "rs256"}).names(), "");
  EXPECT_EQ(AlgorithmSet({"ES256", "RS256"}).names(), "RS256, ES256");
  EXPECT_TRUE(AlgorithmSet({}).contains(crypto::SignatureAlgorithm::edDsa));
}

TEST(VerdictCache, IsBoundedAndForgetsTheLeastRecentlyUsed) {
  VerdictCache cache(3);
  const auto digest = [](int i) { return crypto::sha256(std::to_string(i)); };
  const auto verdict = std::make_shared<const Verdict>();
  for (int i = 0; i < 3; ++i) cache.put({digest(i), {}, verdict, 100});
  EXPECT_TRUE(cache.find(digest(0), 1));
  cache.put({digest(3), {}, verdict, 100});
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_TRUE(cache.find(digest(0), 1));
  EXPECT_FALSE(cache.find(digest(1), 1));
  EXPECT_FALSE(cache.find(digest(0), 100)) << "its time is over";
  EXPECT_EQ(cache.size(), 2U);
  cache.put({digest(2), {}, verdict, 200});
  EXPECT_EQ(cache.size(), 2U) << "replaced, not doubled";
  EXPECT_TRUE(cache.find(digest(2), 150));
  cache.eraseIf([&](const VerdictCache::Entry& entry) { return entry.token == digest(2); });
  EXPECT_FALSE(cache.find(digest(2), 150));
  EXPECT_EQ(cache.size(), 1U);
}

}  // namespace
}  // namespace redd::auth
