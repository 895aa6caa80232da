#include "split.h"

#include <gtest/gtest.h>

#include <string>

namespace redd::gateway {
namespace {

space::SpacePtr splitSpace(unsigned percent) {
  auto other = std::make_shared<space::Space>();
  auto deployment = std::make_shared<space::Deployment>();
  deployment->id = "d1";
  auto space = std::make_shared<space::Space>();
  space->split = space::Split{deployment, percent};
  space->alternative = other;
  return space;
}

int alternatives(const space::SpacePtr& space, int clients) {
  int count = 0;
  for (int i = 0; i < clients; ++i) count += versionFor(space, "client-" + std::to_string(i)) == space->alternative ? 1 : 0;
  return count;
}

TEST(Split, ThePercentageIsNearWhatWasAsked) {
  for (const unsigned percent : {1U, 10U, 25U, 50U, 90U, 99U}) {
    EXPECT_NEAR(alternatives(splitSpace(percent), 2'000), 20.0 * percent, 80) << percent << " %";
  }
}

TEST(Split, AClientStaysAndAGrowingPercentageOnlyMovesThemOver) {
  const auto small = splitSpace(10), large = splitSpace(40);
  for (int i = 0; i < 500; ++i) {
    const auto client = "client-" + std::to_string(i);
    EXPECT_EQ(versionFor(small, client), versionFor(small, client));
    if (versionFor(small, client) == small->alternative) EXPECT_EQ(versionFor(large, client), large->alternative);
  }
}

TEST(Split, WithoutOneThereIsOneVersion) {
  const space::SpacePtr space = std::make_shared<space::Space>();
  EXPECT_EQ(versionFor(space, "anybody"), space);
}

TEST(Split, WhatAClientIsKnownBy) {
  Credentials bearer;
  bearer.bearer = "the-token";
  bearer.apiKey = "shared";
  Credentials none;
  none.apiKey = "shared";
  EXPECT_EQ(clientOf(R"({"iss":"x","sub" : "auth0|7"})", bearer, "::1"), "auth0|7");
  EXPECT_EQ(clientOf(R"({"iss":"x","sub":7})", bearer, "::1"), "the-token");
  EXPECT_EQ(clientOf("", bearer, "::1"), "the-token");
  EXPECT_EQ(clientOf("", none, "203.0.113.9"), "203.0.113.9");
}

}  // namespace
}  // namespace redd::gateway
