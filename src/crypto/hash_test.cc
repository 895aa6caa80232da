#include "crypto/hash.h"

#include <gtest/gtest.h>

#include "crypto/base64url.h"

namespace redd::crypto {
namespace {

TEST(Hash, Sha256KnownAnswers) {  // FIPS 180-4 examples
  EXPECT_EQ(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256Hex(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Hash, HmacKnownAnswers) {  // RFC 4231 cases 1 and 2
  const auto text = [](const Sha256Digest& digest) {
    return base64urlEncode(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
  };
  EXPECT_EQ(text(hmacSha256(std::string(20, '\x0b'), "Hi There")), "sDRMYdjbOFNcqK_OrwvxK4gdwgDJgz2nJuk3bC4yz_c");
  EXPECT_EQ(text(hmacSha256("Jefe", "what do ya want for nothing?")), "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
  EXPECT_NE(hmacSha256("", "x"), hmacSha256("a", "x"));
}

TEST(Hash, ConstantTimeEqual) {
  EXPECT_TRUE(constantTimeEqual("", ""));
  EXPECT_TRUE(constantTimeEqual("token", "token"));
  EXPECT_FALSE(constantTimeEqual("token", "tokem"));
  EXPECT_FALSE(constantTimeEqual("token", "toke"));
  EXPECT_FALSE(constantTimeEqual("", "t"));
}

TEST(Base64url, RoundTripOfEveryLength) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    const std::string text = base64urlEncode(bytes);
    EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
    EXPECT_EQ(base64urlDecode(text), bytes) << i;
    bytes.push_back(static_cast<char>(i * 7 + 3));
  }
}

TEST(Base64url, RefusesEverySecondSpelling) {
  EXPECT_EQ(base64urlDecode("AQAB"), std::string("\1\0\1", 3));
  EXPECT_EQ(base64urlDecode("_-8"), "\xff\xef");
  for (const char* text : {"A", "AAAAA", "AA==", "AQ=", "A+AA", "A/AA", "AA AA", " AAAA", "AAAA\n", "AAAA?", "AB", "AAB", "AA\tA",
                           "\xc3\xa4"
                           "AA"}) {
    EXPECT_FALSE(base64urlDecode(text)) << text;
  }
  EXPECT_FALSE(base64urlDecode(std::string_view("AAA\0", 4)));
}

}  // namespace
}  // namespace redd::crypto
