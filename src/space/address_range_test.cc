#include "space/address_range.h"

#include <gtest/gtest.h>

#include "names.h"

namespace redd::space {
namespace {

bool contains(std::string_view range, std::string_view address) {
  const auto parsed = AddressRange::parse(range);
  EXPECT_TRUE(parsed) << range;
  return parsed && parsed->contains(address);
}

TEST(AddressRangeTest, AnAddressIsItself) {
  EXPECT_TRUE(contains("10.1.2.3", "10.1.2.3"));
  EXPECT_FALSE(contains("10.1.2.3", "10.1.2.4"));
  EXPECT_TRUE(contains("10.1.2.3", "::ffff:10.1.2.3"));
  EXPECT_TRUE(contains("2001:db8::1", "2001:0db8:0:0::1"));
  EXPECT_FALSE(contains("2001:db8::1", "10.1.2.3"));
}

TEST(AddressRangeTest, ARangeIsItsPrefix) {
  EXPECT_TRUE(contains("10.1.2.0/23", "10.1.3.255"));
  EXPECT_FALSE(contains("10.1.2.0/23", "10.1.4.0"));
  EXPECT_TRUE(contains("0.0.0.0/0", "9.9.9.9"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(AddressRangeTest, OtherTextsAreNoRanges) {
  for (const auto* text : {"", "10.1.2", "10.1.2.3.4", "10.1.2.3/33", "10.1.2.3/", "10.1.2.3/-1", "10.1.2.3/8x", "::/129", "host", "*"}) {
    EXPECT_FALSE(AddressRange::parse(text)) << text;
  }
  EXPECT_FALSE(AddressRange::parse("10.0.0.1")->contains("no address"));
}

TEST(SettingNamesTest, OriginsAreSchemeHostPort) {
  for (const auto* text : {"https://app.example.com", "http://localhost:5173", "http://[::1]:80"}) {
    EXPECT_TRUE(checkCorsOrigins({text})) << text;
  }
  for (const auto* text : {"", "app.example.com", "https://", "https://a/", "https://a/b", "ftp://a", "https://a b", "https://A", "*", "null"}) {
    EXPECT_FALSE(checkCorsOrigins({text})) << text;
  }
}

TEST(SettingNamesTest, AllowedHostsAreAddresses) {
  EXPECT_TRUE(checkAllowedHosts({"127.0.0.1", "10.0.0.0/8", "::1"}));
  const auto refused = checkAllowedHosts({"127.0.0.1", "example.com"});
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().text().contains("'example.com'"));
  EXPECT_FALSE(checkAllowedHosts(std::vector<std::string>(kLimits.allowedHostsMax + 1, "1.1.1.1")));
}

TEST(SettingNamesTest, DomainsAreFreeHostNames) {
  EXPECT_TRUE(checkDomains({"www.example.com", "a-b.example", "xn--bcher-kva.example"}));
  for (const auto* text : {"", "localhost", "x.localhost", "p.api.example.com", "A.example", "a..b", ".a.b", "a.b.", "10.0.0.1", "a/b.c", "a.b:80"}) {
    EXPECT_FALSE(checkDomains({text})) << text;
  }
}

}  // namespace
}  // namespace redd::space
