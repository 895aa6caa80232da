// Caches of verdicts, rotation and removal of keys (REL-02).
#include "authenticator_test.h"

namespace redd::auth {
namespace {

TEST_F(AuthenticatorTest, AcceptsAndRemembers) {
  fetcher_.body = setOf({&first_});
  const std::string token = good(first_);
  EXPECT_FALSE(cached(token));
  const VerdictPtr verdict = verify(token);
  ASSERT_TRUE(verdict->accepted()) << verdict->found;
  EXPECT_EQ(verdict->keyId, "first");
  EXPECT_TRUE(verdict->claims.starts_with("{\"sub\":\"u\""));
  EXPECT_EQ(cached(token), verdict);
  EXPECT_EQ(fetcher_.lastUrl, "https://idp.test/jwks");
  EXPECT_EQ(counter("redd_auth_accepted_total"), 2);
  EXPECT_EQ(counter("redd_auth_cached_total"), 1);
  EXPECT_FALSE(authenticator_->cached("space-2", policy_, token)) << "spaces share nothing";
  TokenPolicy stricter = policy_;
  stricter.issuer = "https://idp.test/";
  EXPECT_FALSE(authenticator_->cached("space-1", stricter, token));
}

TEST_F(AuthenticatorTest, AVerdictLastsFiveMinutesAndNeverBeyondExp) {
  fetcher_.body = setOf({&first_});
  const std::string longer = good(first_);
  const std::string shorter = first_.token("{\"exp\":" + std::to_string(now_ / 1'000 + 60) + "}");
  verifyAll({longer, shorter});
  now_ += 89 * kSecond;
  EXPECT_TRUE(cached(shorter)->accepted()) << "60 s and the leeway";
  now_ += kSecond;
  EXPECT_FALSE(cached(shorter));
  EXPECT_EQ(verify(shorter)->failed, Check::expired);
  now_ += 3 * kMinute + 29 * kSecond;
  EXPECT_TRUE(cached(longer));
  now_ += kSecond;
  EXPECT_FALSE(cached(longer));
}

TEST_F(AuthenticatorTest, RefusalsAreRememberedToo) {
  fetcher_.body = setOf({&first_});
  std::string forged = good(first_);
  forged[forged.size() - 3] = forged[forged.size() - 3] == 'A' ? 'B' : 'A';
  EXPECT_EQ(verify(forged)->failed, Check::signature);
  ASSERT_TRUE(cached(forged));
  EXPECT_EQ(cached(forged)->failed, Check::signature);
  EXPECT_EQ(counter("redd_auth_refused_total", "reason=\"signature\""), 3);
  const std::string early = first_.token("{\"exp\":9e9,\"nbf\":" + std::to_string(now_ / 1'000 + 60) + "}");
  EXPECT_EQ(verify(early)->failed, Check::notYetValid);
  now_ += 31 * kSecond;
  EXPECT_TRUE(ask(early)->accepted()) << "the refusal ends when the token begins";
}

TEST_F(AuthenticatorTest, GarbageCausesNoFetch) {
  fetcher_.body = setOf({&first_});
  for (const std::string& token :
       {std::string("x"), std::string("a.b.c"), std::string(20'000, 'a'), "eyJhbGciOiJub25lIn0." + std::string("e30.AAAA")}) {
    EXPECT_FALSE(verify(token)->accepted());
  }
  EXPECT_EQ(fetcher_.fetches, 0);
}

TEST_F(AuthenticatorTest, ANewKeyWorksAfterOneFetch) {
  fetcher_.body = setOf({&first_});
  verify(good(first_));
  fetcher_.body = setOf({&first_, &second_});
  EXPECT_TRUE(verify(good(second_))->accepted());
  EXPECT_EQ(fetcher_.fetches, 2);
  EXPECT_TRUE(cached(good(first_))) << "the old key is still in the set";
}

TEST_F(AuthenticatorTest, ARemovedKeyTakesItsVerdictsAlong) {
  fetcher_.body = setOf({&first_});
  const std::string old = good(first_);
  ASSERT_TRUE(verify(old)->accepted());
  fetcher_.body = setOf({&second_});
  ASSERT_TRUE(verify(good(second_))->accepted());
  EXPECT_FALSE(cached(old));
  EXPECT_EQ(verify(old)->failed, Check::unknownKey);
}

TEST_F(AuthenticatorTest, AKeyReplacedUnderItsNameTakesItsVerdictsAlong) {
  const Signer impostor("first");
  fetcher_.body = setOf({&first_});
  const std::string old = good(first_);
  const std::string fresh = good(impostor);
  ASSERT_TRUE(verify(old)->accepted());
  ASSERT_EQ(verify(fresh)->failed, Check::signature);
  fetcher_.body = setOf({&impostor});
  now_ += 9 * kMinute;
  verify(good(first_, "someone"));  // starts the refresh in the background
  EXPECT_EQ(ask(old)->failed, Check::signature);
  EXPECT_TRUE(ask(fresh)->accepted()) << "its refusal did not outlive the set";
}

TEST_F(AuthenticatorTest, AKeyWithoutANameIsReplacedToo) {
  const Signer nameless;
  const Signer next;
  fetcher_.body = setOf({&nameless});
  ASSERT_TRUE(verify(good(nameless))->accepted());
  fetcher_.body = setOf({&next});
  EXPECT_TRUE(verify(good(next))->accepted());
  EXPECT_EQ(fetcher_.fetches, 2);
  EXPECT_EQ(ask(good(nameless))->failed, Check::signature);
}

TEST_F(AuthenticatorTest, ARefusalForAnUnknownKeyIsAskedAgain) {
  fetcher_.body = setOf({&first_});
  verify(good(first_));
  const std::string token = good(second_);
  EXPECT_EQ(verify(token)->failed, Check::unknownKey);
  EXPECT_TRUE(cached(token));
  fetcher_.body = setOf({&first_, &second_});
  now_ += 9 * kSecond;
  EXPECT_EQ(ask(token)->failed, Check::unknownKey) << "the pause of 10 s";
  now_ += kSecond;
  EXPECT_TRUE(ask(token)->accepted());
}

TEST_F(AuthenticatorTest, SettingsAndSpacesAreForgotten) {
  fetcher_.body = setOf({&first_});
  const std::string token = good(first_);
  verify(token);
  policy_.issuer = "https://idp.test/";
  EXPECT_EQ(ask(token)->failed, Check::issuer);
  EXPECT_EQ(fetcher_.fetches, 1) << "the same endpoint, the same set";
  authenticator_->forget("space-1");
  EXPECT_FALSE(cached(token));
  verify(token);
  EXPECT_EQ(fetcher_.fetches, 2);
  policy_.jwksUrl = "https://other.test/jwks";
  verify(token);
  EXPECT_EQ(fetcher_.fetches, 3);
  EXPECT_EQ(fetcher_.lastUrl, "https://other.test/jwks");
}

TEST_F(AuthenticatorTest, CachesAreBounded) {
  limits_.verdictCacheEntriesMax = 10;
  limits_.refusalCacheEntriesMax = 10;
  restart();
  fetcher_.body = setOf({&first_});
  const std::string accepted = good(first_);
  verify(accepted);
  for (int i = 0; i < 50; ++i) verify(first_.token("{\"exp\":1,\"n\":" + std::to_string(i) + "}"));
  EXPECT_TRUE(cached(accepted)) << "refusals do not displace what is accepted";
  EXPECT_FALSE(cached(first_.token("{\"exp\":1,\"n\":0}")));
  EXPECT_TRUE(cached(first_.token("{\"exp\":1,\"n\":49}")));
}

}  // namespace
}  // namespace redd::auth
