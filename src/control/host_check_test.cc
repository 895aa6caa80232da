#include "host_check.h"

#include <gtest/gtest.h>

namespace redd::control {
namespace {

// SEC-41
TEST(AllowedHosts, OnLoopback) {
  AllowedHosts hosts({"Redd.example.org"});
  hosts.setListenAddress("127.0.0.1:4000");
  for (const char* good : {"localhost", "localhost:4000", "x.localhost", "my-app-1a2b.api.localhost:4000", "127.0.0.1:4000", "127.8.9.1", "[::1]:4000"}) {
    EXPECT_EQ(hosts.classify(good), HostKind::loopback) << good;
  }
  EXPECT_EQ(hosts.classify("redd.example.org:443"), HostKind::listed);
  for (const char* bad : {"", "evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "notlocalhost", "192.0.2.1", "127.1", "0x7f.0.0.1",
                          "2130706433", "[::1", "x.redd.example.org", "[::ffff:192.0.2.1]"}) {
    EXPECT_EQ(hosts.classify(bad), HostKind::refused) << bad;
  }
}

TEST(AllowedHosts, OnAnAddressAndOnAll) {
  AllowedHosts hosts({});
  hosts.setListenAddress("192.0.2.7:80");
  EXPECT_EQ(hosts.classify("192.0.2.7"), HostKind::literal);
  EXPECT_EQ(hosts.classify("192.0.2.8"), HostKind::refused);
  hosts.setListenAddress("0.0.0.0:80");
  EXPECT_EQ(hosts.classify("192.0.2.8:80"), HostKind::literal);
  EXPECT_EQ(hosts.classify("evil.test"), HostKind::refused);
  hosts.setListenAddress("[::]:80");
  EXPECT_EQ(hosts.classify("[2001:db8::1]:80"), HostKind::literal);
}

}  // namespace
}  // namespace redd::control
