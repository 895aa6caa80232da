#include "space/redaction.h"

#include <gtest/gtest.h>

namespace redd::space {
namespace {

Space withSecret(std::string value) {
  Space space;
  space.settings.env["KEY"] = {std::move(value), Secrecy::encrypted};
  space.settings.env["HARMLESS"] = {"production", Secrecy::plain};
  return space;
}

TEST(Redaction, TakesEncryptedValuesAndTokensAndNothingElse) {
  auto space = withSecret("s3cr3t-value");
  space.tokens.push_back({.key = "5f1ce782-5798-4295-bdd0-51568390a59c", .description = {}});
  EXPECT_EQ(redacted(space, "a s3cr3t-value, production, s3cr3t-value"), "a ******, production, ******");
  EXPECT_EQ(redacted(space, "x-apikey: 5f1ce782-5798-4295-bdd0-51568390a59c."), "x-apikey: ******.");
  EXPECT_EQ(redacted(withSecret("short"), "short"), "short");
  EXPECT_EQ(redacted(Space{}, "nothing to hide"), "nothing to hide");
}

TEST(Redaction, KnowsWhatJsonAndAddressesMakeOfAValue) {
  const auto space = withSecret("a\"b c/d\ne");
  EXPECT_EQ(redacted(space, R"({"key":"a\"b c/d\ne"})"), R"({"key":"******"})");
  EXPECT_EQ(redacted(space, "/x?key=a%22b%20c%2Fd%0Ae&y=1"), "/x?key=******&y=1");
}

TEST(Redaction, TakesTheLinesOfAKey) {
  const auto space = withSecret("-----BEGIN KEY-----\nMIIBVgIBADANBgkqhkiG9w0\nab\n-----END KEY-----\n");
  EXPECT_EQ(redacted(space, "line: MIIBVgIBADANBgkqhkiG9w0"), "line: ******");
  EXPECT_EQ(redacted(space, "tab"), "tab");  // a line that short is no secret
}

TEST(Redaction, ALongSecretGoesBeforeTheOneInsideIt) {
  auto space = withSecret("abcdef");
  space.settings.env["LONGER"] = {"abcdefghi", Secrecy::encrypted};
  EXPECT_EQ(redacted(space, "abcdefghi abcdef"), "****** ******");
}

TEST(Redaction, TheBeginningOfASecretAtACutIsTakenToo) {
  const auto space = withSecret("s3cr3t-value-of-some-length");
  const std::string padding(5'000, 'x');
  EXPECT_EQ(redacted(space, padding + "s3cr3t-value…"), padding + "******…");
  EXPECT_EQ(redacted(space, padding + "s3cr3t-value"), padding + "******");
  EXPECT_EQ(redacted(space, "s3cr3t-value"), "s3cr3t-value");  // a short text was not cut
}

TEST(Redaction, ControlTokensAreKnownByTheirForm) {
  EXPECT_EQ(redacted(Space{}, "Bearer redd_" + std::string(49, 'k') + "!"), "Bearer ******!");
  EXPECT_EQ(redacted(Space{}, "redd_auth_key_set_fetches_total 3"), "redd_auth_key_set_fetches_total 3");
}

TEST(Redaction, SignedJwtsAreKnownByTheirForm) {
  const std::string head = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", body = "eyJzdWIiOiIxIn0", signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  EXPECT_EQ(redacted(Space{}, "Bearer " + head + "." + body + "." + signature + ", and more"), "Bearer ******, and more");
  EXPECT_EQ(redacted(Space{}, "?t=" + head + "." + body + "." + signature + "." + "x"), "?t=******.x");
  for (const auto& other : {head, head + "." + body, head + "." + body + ".", head + ".." + signature, head + "." + body + ".short", "x" + head}) {
    EXPECT_EQ(redacted(Space{}, other), other);
  }
}

}  // namespace
}  // namespace redd::space
