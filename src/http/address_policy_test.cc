// SEC-11: which URLs and addresses a fetch may reach.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "address_policy_url.h"
#include "http/client.h"

namespace redd::http {
namespace {

TEST(AddressPolicy, RefusesEveryUrlOfTheVectors) {
  std::ifstream file(REDD_SOURCE_DIR "/tests/vectors/ssrf.json");
  const auto vectors = nlohmann::json::parse(file);
  const AddressPolicy policy;
  int refused = 0;
  for (const auto& entry : vectors.at("urls")) {
    const std::string url = entry.at("url");
    EXPECT_FALSE(policy.checkUrl(url)) << url.substr(0, 200);
    ++refused;
  }
  EXPECT_EQ(refused, 98);
}

TEST(AddressPolicy, AcceptsPublicUrls) {
  const AddressPolicy policy;
  for (const char* url : {"https://idp.test/jwks", "HTTPS://IDP.Test/jwks?x=1", "https://tenant.eu.auth0.com/.well-known/jwks.json",
                          "https://idp.test:8443/j", "https://8.8.8.8/j", "https://[2606:4700:4700::1111]/j",
                          "https://[2606:4700:4700::1111]:8443/j", "https://idp.test", "https://a_b.test/"}) {
    const auto result = policy.checkUrl(url);
    EXPECT_TRUE(result) << url << ": " << (result ? "" : result.error().publicText);
  }
}

TEST(AddressPolicy, ChecksResolvedAddresses) {
  const AddressPolicy policy;
  for (const char* open : {"8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00::1"}) {
    EXPECT_TRUE(policy.checkAddress("idp.test", open)) << open;
  }
  for (const char* closed :
       {"127.0.0.1",      "10.1.2.3",  "172.31.0.1",       "100.127.0.1",  "169.254.169.254", "0.0.0.0", "::1",     "::",
        "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "2002:808:808::1", "2001::1", "fe80::1", "fec0::1",
        "ff02::1",        "100::1",    "5f00::1",          "3fff::1",      "nonsense",        ""}) {
    EXPECT_FALSE(policy.checkAddress("idp.test", closed)) << closed;
  }
}

TEST(AddressPolicy, TheOperatorOpensHostsAndNetworks) {
  const auto policy = AddressPolicy::parse({"idp.corp", "10.1.0.0/16", "fd00::/8"}).value();
  EXPECT_TRUE(policy.checkUrl("http://idp.corp/j")) << "listed hosts may use plain http";
  EXPECT_TRUE(policy.checkUrl("http://IDP.corp/j"));
  EXPECT_TRUE(policy.checkAddress("idp.corp", "192.168.1.1")) << "the name is listed, wherever it lies";
  EXPECT_FALSE(policy.checkAddress("evil.test", "192.168.1.1"));
  EXPECT_TRUE(policy.checkAddress("other.test", "10.1.2.3"));
  EXPECT_FALSE(policy.checkAddress("other.test", "10.2.0.1"));
  EXPECT_TRUE(policy.checkUrl("http://10.1.0.1/j"));
  EXPECT_TRUE(policy.checkUrl("https://[fd12::1]/j"));
  EXPECT_FALSE(policy.checkUrl("http://other.test/j")) << "plain http needs a listed host";
  EXPECT_FALSE(policy.checkUrl("https://169.254.169.254/"));
  EXPECT_FALSE(policy.checkUrl("https://localhost/j"));
}

TEST(AddressPolicy, NamesOfThisMachineFollowItsLoopbackAddresses) {
  for (const char* entry : {"127.0.0.0/8", "::1", "localhost"}) {
    const auto policy = AddressPolicy::parse({entry}).value();
    EXPECT_TRUE(policy.checkUrl("http://localhost:4010/j")) << entry;
    EXPECT_TRUE(policy.checkAddress("localhost", "127.0.0.1")) << entry;
    EXPECT_TRUE(policy.checkAddress("localhost", "::1")) << entry;
    EXPECT_FALSE(policy.checkAddress("rebound.test", "10.0.0.1")) << entry;
  }
  const auto policy = AddressPolicy::parse({"localhost"}).value();
  EXPECT_FALSE(policy.checkAddress("rebound.test", "127.0.0.1")) << "only the name was listed";
}

TEST(AddressPolicy, ParseNamesTheBadEntry) {
  for (const char* bad : {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "::/129", "256.1.1.1", "127.1", "http://idp.test", "idp.test:80",
                          "a b", "*.test", "-x.test"}) {
    const auto policy = AddressPolicy::parse({"ok.test", bad});
    ASSERT_FALSE(policy) << bad;
    EXPECT_NE(policy.error().publicText.find(bad), std::string::npos);
  }
}

TEST(StrictUrl, ReadsHostAndPort) {
  const auto url = parseStrictUrl("https://[2606:4700::1]:8443?x").value();
  EXPECT_EQ(url.host, "2606:4700::1");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(parseStrictUrl("http://Idp.Test/").value().host, "idp.test");
  EXPECT_EQ(parseStrictUrl("http://idp.test/").value().port, 80);
  for (const char* bad : {"https://[::1]x/", "https://[::1]:/", "https://h:/", "https://h:-1/", "https://h:1:2/", "https://::1/",
                          "https://h?@x#", "https://[]/"}) {
    EXPECT_FALSE(parseStrictUrl(bad)) << bad;
  }
}

}  // namespace
}  // namespace redd::http
