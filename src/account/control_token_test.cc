#include "control_token.h"

#include <gtest/gtest.h>

namespace redd::account {
namespace {

TEST(ControlToken, ChecksumFindsMistypedOnes) {
  const auto token = newControlToken();
  EXPECT_EQ(token.size(), 54U);
  EXPECT_NE(token, newControlToken());
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto mistyped = token;
    mistyped[i] = mistyped[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(isWellFormedControlToken(mistyped)) << i;
  }
}

}  // namespace
}  // namespace redd::account
