#include "space/host.h"

#include <gtest/gtest.h>

namespace redd::space {
namespace {

TEST(ProjectInHost, Forms) {
  EXPECT_EQ(projectInHost("my-app-1a2b.api.localhost:4000"), "my-app-1a2b");
  EXPECT_EQ(projectInHost("my-app-1a2b.api.codehooks.local.io"), "my-app-1a2b");
  EXPECT_EQ(projectInHost("my-app-1a2b.localhost"), "my-app-1a2b");
  for (const char* none : {"localhost", "localhost:4000", "127.0.0.1:80", "[::1]:80", "example.com", "api.example.com", "my-app.apis.test", ".api.x"}) {
    EXPECT_EQ(projectInHost(none), "") << none;
  }
}

TEST(SpaceOfHost, DomainsOnly) {
  Snapshot catalogue;
  EXPECT_EQ(spaceOfHost(catalogue, "www.example.com"), nullptr);
  const auto space = std::make_shared<Space>();
  catalogue.domains.emplace("www.example.com", space);
  EXPECT_EQ(spaceOfHost(catalogue, "www.example.com:443"), space);
  EXPECT_EQ(spaceOfHost(catalogue, "example.com"), nullptr);
}

}  // namespace
}  // namespace redd::space
