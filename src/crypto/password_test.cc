#include "crypto/password.h"

#include <gtest/gtest.h>

namespace redd::crypto {
namespace {

constexpr ScryptCost kCheap{4, 8, 1};

TEST(Password, HashVerifiesThePasswordItWasMadeFrom) {
  const auto stored = hashPassword("correct horse battery", kCheap);
  EXPECT_TRUE(stored.starts_with("$scrypt$ln=4,r=8,p=1$")) << stored;
  EXPECT_TRUE(verifyPassword("correct horse battery", stored));
  EXPECT_FALSE(verifyPassword("correct horse batterz", stored));
  EXPECT_FALSE(verifyPassword("", stored));
  EXPECT_NE(stored, hashPassword("correct horse battery", kCheap)) << "each has its own salt";
  EXPECT_TRUE(verifyPassword(std::string_view("nul\0inside", 10), hashPassword(std::string_view("nul\0inside", 10), kCheap)));
  EXPECT_FALSE(verifyPassword("nul", hashPassword(std::string_view("nul\0inside", 10), kCheap)));
}

// RFC 7914 section 12, second vector, cut to 32 bytes: password "password", salt "NaCl", N=1024, r=8, p=16.
TEST(Password, AgreesWithTheRfc) {
  EXPECT_TRUE(verifyPassword("password", "$scrypt$ln=10,r=8,p=16$TmFDbA$_bq-HJ00cgB4VucZDQHp_nxq18vII3gw53N2Y0s3MWI"));
}

TEST(Password, WhatNobodyMadeVerifiesNothing) {
  const auto stored = hashPassword("x", kCheap);
  for (const std::string& text : {std::string(), std::string("$scrypt$"), stored.substr(0, stored.size() - 1), stored + "A", "$" + stored,
                                  std::string("$scrypt$ln=40,r=8,p=1$TmFDbA$AAAA"), std::string("$scrypt$ln=4,r=0,p=1$TmFDbA$AAAA")}) {
    EXPECT_FALSE(verifyPassword("x", text)) << text;
  }
}

TEST(Password, WeakerHashesAreTold) {
  const auto stored = hashPassword("x", kCheap);
  EXPECT_FALSE(isWeakerHash(stored, kCheap));
  EXPECT_TRUE(isWeakerHash(stored, {5, 8, 1}));
  EXPECT_FALSE(isWeakerHash(stored, {3, 8, 1}));
  EXPECT_TRUE(isWeakerHash("", kCheap));
}

TEST(Password, TheDefaultIsTheOneOfTheSpecification) {
  const auto stored = hashPassword("a password of length");
  EXPECT_TRUE(stored.starts_with("$scrypt$ln=17,r=8,p=1$"));
  EXPECT_TRUE(verifyPassword("a password of length", stored));
}

}  // namespace
}  // namespace redd::crypto
