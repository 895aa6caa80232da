#include "crypto/seal.h"

#include <gtest/gtest.h>

namespace redd::crypto {
namespace {

TEST(Seal, OpensWhatItSealed) {
  const SealingKey key = randomSealingKey();
  for (const std::string& plain : {std::string(), std::string("s"), std::string(100'000, 'x')}) {
    const std::string sealed = seal(key, "env:space:NAME", plain);
    EXPECT_EQ(sealed.size(), plain.size() + 29);
    EXPECT_EQ(open(key, "env:space:NAME", sealed).value(), plain);
    EXPECT_NE(sealed, seal(key, "env:space:NAME", plain)) << "the nonce must be fresh";
  }
  EXPECT_EQ(open(key, "", seal(key, "", "no place")).value(), "no place");
}

TEST(Seal, RefusesAnotherKeyPlaceOrByte) {
  const SealingKey key = randomSealingKey();
  const std::string sealed = seal(key, "env:space:NAME", "secret");
  EXPECT_FALSE(open(randomSealingKey(), "env:space:NAME", sealed));
  EXPECT_FALSE(open(key, "env:other:NAME", sealed));
  EXPECT_FALSE(open(key, "", sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open(key, "env:space:NAME", changed)) << i;
    EXPECT_FALSE(open(key, "env:space:NAME", sealed.substr(0, i))) << i;
  }
}

}  // namespace
}  // namespace redd::crypto
