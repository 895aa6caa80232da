// Raw signature vectors of Wycheproof and the key rules of SEC-06. The token forms are tested in auth/vectors_test.cc.
#include "crypto/public_key.h"

#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "crypto/base64url.h"

namespace redd::crypto {
namespace {

using nlohmann::json;

json vectors(const std::string& name) {
  std::ifstream file(REDD_SOURCE_DIR "/tests/vectors/jwt/wycheproof/" + name);
  EXPECT_TRUE(file) << name;
  return json::parse(file);
}

std::string unhex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) bytes.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return bytes;
}

std::string member(const json& jwk, const char* name) { return base64urlDecode(jwk.at(name).get<std::string>()).value(); }

// Compares every case of the groups with its label; "acceptable" counts as invalid (label-corrections.json).
void expectVerdicts(const json& group, const PublicKey& key, SignatureAlgorithm algorithm, int& cases) {
  for (const json& test : group.at("tests")) {
    const bool good = key.verify(algorithm, unhex(test.at("msg")), unhex(test.at("sig")));
    EXPECT_EQ(good, test.at("result") == "valid") << test.at("tcId") << " " << test.at("comment");
    ++cases;
  }
}

// DER of RSAPublicKey: SEQUENCE { INTEGER n, INTEGER e }, lengths as in these files.
PublicKey keyFromAsn(const std::string& der) {
  const auto length = [&der](std::size_t& at) {
    std::size_t size = static_cast<unsigned char>(der.at(at++));
    if (size < 0x80) return size;
    std::size_t bytes = size & 0x7f;
    for (size = 0; bytes > 0; --bytes) size = size << 8 | static_cast<unsigned char>(der.at(at++));
    return size;
  };
  std::size_t at = 1;
  length(at);
  const std::size_t nSize = length(++at);
  const std::string n = der.substr(at, nSize);
  at += nSize;
  const std::size_t eSize = length(++at);
  return PublicKey::rsa(n, der.substr(at, eSize)).value();
}

TEST(WycheproofRaw, RsaPkcs1) {
  int cases = 0;
  for (const json& group : vectors("rsa_signature_2048_sha256_test.json").at("testGroups")) {
    expectVerdicts(group, keyFromAsn(unhex(group.at("publicKeyAsn"))), SignatureAlgorithm::rs256, cases);
  }
  EXPECT_EQ(cases, 259);
}

TEST(WycheproofRaw, RsaPss) {
  int cases = 0;
  for (const json& group : vectors("rsa_pss_2048_sha256_mgf1_32_test.json").at("testGroups")) {
    expectVerdicts(group, keyFromAsn(unhex(group.at("publicKeyAsn"))), SignatureAlgorithm::ps256, cases);
  }
  EXPECT_EQ(cases, 108);
}

TEST(WycheproofRaw, EcdsaP256) {
  int cases = 0;
  for (const json& group : vectors("ecdsa_secp256r1_sha256_p1363_test.json").at("testGroups")) {
    const std::string point = unhex(group.at("publicKey").at("uncompressed"));
    const auto key = PublicKey::ec(KeyKind::p256, point.substr(1, 32), point.substr(33, 32));
    expectVerdicts(group, key.value(), SignatureAlgorithm::es256, cases);
  }
  EXPECT_EQ(cases, 262);
}

TEST(WycheproofRaw, Ed25519) {
  int cases = 0;
  for (const json& group : vectors("ed25519_test.json").at("testGroups")) {
    expectVerdicts(group, PublicKey::ed25519(unhex(group.at("publicKey").at("pk"))).value(), SignatureAlgorithm::edDsa, cases);
  }
  EXPECT_EQ(cases, 151);
}

TEST(Algorithms, NamesCompareByteForByte) {
  for (const char* good : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}) {
    ASSERT_TRUE(signatureAlgorithm(good)) << good;
    EXPECT_EQ(name(*signatureAlgorithm(good)), good);
  }
  for (const char* bad : {"", "none", "HS256", "rs256", "RS256 ", "ES521", "ES256K", "EDDSA", "RS1"})
    EXPECT_FALSE(signatureAlgorithm(bad)) << bad;
  EXPECT_FALSE(signatureAlgorithm(std::string_view("RS256\0", 6)));
}

TEST(Algorithms, EachCurveServesOneAlgorithm) {
  int fitting = 0;
  for (int kind = 0; kind < 5; ++kind) {
    for (int algorithm = 0; algorithm < 10; ++algorithm) fitting += fits(KeyKind(kind), SignatureAlgorithm(algorithm));
  }
  EXPECT_EQ(fitting, 6 + 4);
}

std::string goodModulus() { return member(vectors("json_web_signature_test.json").at("testGroups").at(2).at("private"), "n"); }
const std::string kF4("\1\0\1", 3);

TEST(KeyQuality, RsaBounds) {  // SEC-06
  const std::string n = goodModulus();
  EXPECT_TRUE(PublicKey::rsa(n, kF4));
  EXPECT_TRUE(PublicKey::rsa(std::string(1, '\0') + n, kF4));
  EXPECT_TRUE(PublicKey::rsa(n, "\x03"));
  EXPECT_TRUE(PublicKey::rsa(n, "\xff\xff\xff\xff"));
  EXPECT_FALSE(PublicKey::rsa(n, "\x01"));
  EXPECT_FALSE(PublicKey::rsa(n, std::string("\1\0\0", 3))) << "even";
  EXPECT_FALSE(PublicKey::rsa(n, "\x01\xff\xff\xff\xff"));
  EXPECT_FALSE(PublicKey::rsa(n, ""));
  EXPECT_FALSE(PublicKey::rsa("", kF4));
  EXPECT_FALSE(PublicKey::rsa(n.substr(1), kF4)) << "2040 bits";
  std::string even = n;
  even.back() = static_cast<char>(even.back() & 0xfe);
  EXPECT_FALSE(PublicKey::rsa(even, kF4));
  std::string odd(1024, '\xa5');
  EXPECT_TRUE(PublicKey::rsa(odd, kF4)) << "8192 bits";
  EXPECT_FALSE(PublicKey::rsa(odd + "\xa5", kF4)) << "8200 bits";
  EXPECT_FALSE(PublicKey::rsa(std::string(1'000'000, '\xa5'), kF4));
}

TEST(KeyQuality, RocaFingerprint) {
  for (const json& group : vectors("json_web_crypto_test.json").at("testGroups")) {
    if (group.at("comment") != "jws_rsa_roca_key") continue;
    const auto key = PublicKey::rsa(member(group.at("private"), "n"), kF4);
    ASSERT_FALSE(key);
    EXPECT_NE(key.error().publicText.find("ROCA"), std::string::npos);
    return;
  }
  FAIL() << "no such group";
}

TEST(KeyQuality, PointsOnTheirCurve) {
  const json jwk = vectors("json_web_signature_test.json").at("testGroups").at(1).at("public");
  const std::string x = member(jwk, "x");
  const std::string y = member(jwk, "y");
  EXPECT_TRUE(PublicKey::ec(KeyKind::p256, x, y));
  EXPECT_FALSE(PublicKey::ec(KeyKind::p256, y, x));
  EXPECT_FALSE(PublicKey::ec(KeyKind::p256, std::string(32, '\0'), std::string(32, '\0')));
  EXPECT_FALSE(PublicKey::ec(KeyKind::p256, std::string(32, '\xff'), y)) << "not reduced";
  EXPECT_FALSE(PublicKey::ec(KeyKind::p256, x.substr(1), y));
  EXPECT_FALSE(PublicKey::ec(KeyKind::p256, std::string(1, '\0') + x, y));
  EXPECT_FALSE(PublicKey::ec(KeyKind::p384, x, y));
  EXPECT_FALSE(PublicKey::ed25519(x.substr(1)));
}

double cpuMs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// "No case costs more than 5 ms CPU": the dearest key that the rules allow, and the dearest that they refuse.
TEST(KeyQuality, NoCaseIsDear) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "measures time";
#endif
#endif
  const std::string n(1024, '\xa5');
  double best = 1e9;
  for (int round = 0; round < 5; ++round) {
    const double before = cpuMs();
    const auto key = PublicKey::rsa(n, "\xff\xff\xff\xff");
    ASSERT_TRUE(key);
    EXPECT_FALSE(key->verify(SignatureAlgorithm::ps512, "message", std::string(1024, '\x5a')));
    EXPECT_FALSE(PublicKey::rsa(n, std::string(1024, '\x7f')));
    best = std::min(best, cpuMs() - before);
  }
  EXPECT_LT(best, 5.0);
}

}  // namespace
}  // namespace redd::crypto
