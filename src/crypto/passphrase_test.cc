#include "crypto/passphrase.h"

#include <gtest/gtest.h>

namespace redd::crypto {
namespace {

TEST(Passphrase, OpensWithTheSameOneInTheSamePlaceOnly) {
  const auto sealed = sealUnder("correct horse battery", "place", "the secret");
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->find("the secret"), std::string::npos);
  EXPECT_EQ(*openUnder("correct horse battery", "place", *sealed), "the secret");
  EXPECT_EQ(openUnder("correct horse batterz", "place", *sealed).error().code, ErrorCode::invalidArgument);
  EXPECT_FALSE(openUnder("correct horse battery", "elsewhere", *sealed));
  EXPECT_FALSE(openUnder("correct horse battery", "place", sealed->substr(0, 10)));
}

TEST(Passphrase, TooShortIsRefused) { EXPECT_FALSE(sealUnder("short", "place", "x")); }

}  // namespace
}  // namespace redd::crypto
