// SEC-01 to SEC-07 by vectors: our hostile tokens and Wycheproof's JWS and JWK sets (tests/vectors/jwt). 0 mismatches are allowed.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "explain.h"
#include "verifier.h"

namespace redd::auth {
namespace {

using nlohmann::json;

constexpr std::size_t kTokenBytesMax = 16 << 10;
constexpr UnixMs kNow = 1'795'000'000'000;  // 2026

json vectors(const std::string& name) {
  std::ifstream file(REDD_SOURCE_DIR "/tests/vectors/jwt/" + name);
  EXPECT_TRUE(file) << name;
  return json::parse(file);
}

Verdict judgeText(const std::string& text, const KeySet& keys, const TokenPolicy& policy) {
  const auto token = readToken(text, kTokenBytesMax);
  if (!token) return token.error();
  return judge(*token, keys, AlgorithmSet(policy.algorithms), policy, kNow).verdict;
}

// The explanation's first failed check is the fast path's, and it never repeats the token.
void expectAgreement(const std::string& text, const KeySet& keys, const TokenPolicy& policy, const Verdict& verdict) {
  const AlgorithmSet allowed(policy.algorithms);
  const auto told = explain({text, &keys, {}, policy, allowed, kNow, kTokenBytesMax});
  EXPECT_EQ(told.failed, verdict.failed) << text;
  EXPECT_FALSE(told.checks.empty());
  for (const auto& line : told.checks) {
    if (line.outcome != CheckLine::Outcome::failed) continue;
    EXPECT_EQ(line.expected, verdict.expected);
    EXPECT_EQ(line.found, verdict.found);
    break;
  }
  const auto signature = text.substr(text.rfind('.') + 1);
  if (signature.size() < 20) return;
  for (const auto& line : told.checks) EXPECT_FALSE((line.expected + line.found).contains(signature));
}

TokenPolicy policyOf(const json& test) {
  TokenPolicy policy;
  policy.algorithms = test.at("algs").get<std::vector<std::string>>();
  policy.issuer = test.value("issuer", "");
  if (test.contains("audience")) policy.audience = {test.at("audience")};
  return policy;
}

// The check that each class of hostile tokens must fail at.
const std::map<std::string, std::set<Check>> kReasons = {
    {"alg-none", {Check::algorithm, Check::malformed}},
    {"alg-type", {Check::algorithm, Check::malformed}},
    {"alg-pin", {Check::algorithm, Check::signature}},
    {"hs-rs-confusion", {Check::algorithm}},
    {"embedded-key", {Check::signature, Check::unknownKey}},
    {"jku-x5u", {Check::unknownKey}},
    {"kid", {Check::unknownKey, Check::malformed}},
    {"serialisation", {Check::malformed, Check::signature}},
    {"noncanonical", {Check::malformed}},
    {"json", {Check::malformed}},
    {"crit", {Check::malformed}},
    {"nested", {Check::malformed}},
    {"typ", {Check::malformed}},
    {"signature", {Check::signature}},
    {"psychic", {Check::signature}},
    {"keys", {Check::unknownKey, Check::algorithm, Check::signature}},
    {"claims", {Check::malformed, Check::expired, Check::notYetValid, Check::issuer, Check::audience}},
    {"size", {Check::malformed}},
};

TEST(HostileTokens, EveryCaseGetsItsVerdict) {
  const json all = vectors("jwt-hostile.json");
  int cases = 0;
  for (const json& test : all.at("cases")) {
    const auto keys = parseKeySet(all.at("jwks").at(test.at("jwks").get<std::string>()).dump(), 100);
    ASSERT_TRUE(keys) << test.at("id");
    TokenPolicy policy = policyOf(test);
    const Verdict verdict = judgeText(test.at("token"), *keys, policy);
    expectAgreement(test.at("token"), *keys, policy, verdict);
    const std::string expect = test.at("expect");
    EXPECT_EQ(verdict.accepted(), expect == "accept")
        << test.at("id") << ": " << className(verdict.failed) << ", " << verdict.expected << ", " << verdict.found;
    if (expect == "accept") {
      EXPECT_EQ(verdict.claims.front(), '{') << test.at("id");
      EXPECT_GT(verdict.validUntilMs, kNow);
    } else {
      EXPECT_TRUE(kReasons.at(test.at("class")).contains(verdict.failed)) << test.at("id") << ": " << className(verdict.failed);
      EXPECT_FALSE(verdict.expected.empty() || verdict.found.empty()) << test.at("id");
    }
    if (expect == "accept-if-configured") {
      policy.requireExp = false;
      EXPECT_TRUE(judgeText(test.at("token"), *keys, policy).accepted()) << test.at("id");
    }
    ++cases;
  }
  EXPECT_EQ(cases, 225);
}

TEST(HostileTokens, EveryTruncationOfAGoodTokenIsRefused) {
  const json all = vectors("jwt-hostile.json");
  const auto keys = parseKeySet(all.at("jwks").at("main").dump(), 100);
  const std::string good = all.at("cases").at(0).at("token");
  ASSERT_TRUE(judgeText(good, *keys, {}).accepted());
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(judgeText(good.substr(0, size), *keys, {}).accepted()) << size;
}

// ---- Wycheproof ----

json withoutSecrets(json jwk) {
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth"}) jwk.erase(name);
  return jwk;
}

// The public half of a group as a key set, and whether it holds symmetric keys.
struct GroupKeys {
  KeySet set;
  bool isSymmetric = false;
};
GroupKeys keysOf(const json& group) {
  const json& source = group.contains("public") ? group.at("public") : group.at("private");
  json sources = json::array();
  if (source.contains("keys")) {
    sources = source.at("keys");
  } else {
    sources.push_back(source);
  }
  json keys = json::array();
  GroupKeys made;
  for (const json& jwk : sources) {
    made.isSymmetric = made.isSymmetric || jwk.at("kty") == "oct";
    keys.push_back(withoutSecrets(jwk));
  }
  json document = json::object();
  document["keys"] = keys;
  auto set = parseKeySet(document.dump(), 100);
  EXPECT_TRUE(set) << group.at("comment");
  made.set = *std::move(set);
  return made;
}

// Below the claims: payloads of these sets are often no JSON.
bool signatureHolds(const json& jws, const KeySet& keys) {
  const std::string text = jws.is_string() ? jws.get<std::string>() : jws.dump();  // a Token points into its text
  const auto token = readToken(text, kTokenBytesMax);
  return token && verifySignature(*token, keys, AlgorithmSet({})).verdict.accepted();
}

int expectLabels(const json& file, const std::map<int, std::string>& corrections) {
  int cases = 0;
  for (const json& group : file.at("testGroups")) {
    if (group.at("tests").at(0).contains("jwe")) continue;
    const GroupKeys keys = keysOf(group);
    for (const json& test : group.at("tests")) {
      const int id = test.at("tcId");
      const std::string label = corrections.contains(id) ? corrections.at(id) : test.at("result").get<std::string>();
      EXPECT_EQ(signatureHolds(test.at("jws"), keys.set), label == "valid" && !keys.isSymmetric)
          << id << " " << group.at("comment") << " " << test.at("comment");
      ++cases;
    }
  }
  return cases;
}

TEST(Wycheproof, JsonWebSignature) {
  std::map<int, std::string> corrections;
  for (const json& correction : vectors("wycheproof/label-corrections.json").at("json_web_signature_test.json")) {
    corrections[correction.at("tcId")] = correction.at("use");
  }
  EXPECT_EQ(corrections.size(), 8U);
  EXPECT_EQ(expectLabels(vectors("wycheproof/json_web_signature_test.json"), corrections), 401);
}

TEST(Wycheproof, JsonWebKey) { EXPECT_EQ(expectLabels(vectors("wycheproof/json_web_key_test.json"), {}), 26); }

TEST(Wycheproof, JsonWebCrypto) { EXPECT_GT(expectLabels(vectors("wycheproof/json_web_crypto_test.json"), {}), 40); }

TEST(Wycheproof, EncryptedTokensAreMalformed) {
  int cases = 0;
  for (const json& group : vectors("wycheproof/json_web_crypto_test.json").at("testGroups")) {
    for (const json& test : group.at("tests")) {
      if (!test.contains("jwe")) continue;
      EXPECT_FALSE(readToken(test.at("jwe").is_string() ? test.at("jwe").get<std::string>() : test.at("jwe").dump(), kTokenBytesMax))
          << test.at("tcId");
      ++cases;
    }
  }
  EXPECT_GT(cases, 30);
}

}  // namespace
}  // namespace redd::auth
