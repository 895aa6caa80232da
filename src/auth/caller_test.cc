// Who an accepted token's caller is, and what another policy would say of it.
#include <gmock/gmock.h>

#include "authenticator_test.h"

namespace redd::auth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CallerTest : public AuthenticatorTest {
 protected:
  Caller callerOf(const Signer& signer, const std::string& claims) {
    const auto verdict = verify(signer.token("{\"exp\":" + std::to_string(now_ / 1'000 + 3'600) + (claims.empty() ? "" : ",") + claims + "}"));
    EXPECT_TRUE(verdict->caller) << className(verdict->failed);
    return verdict->caller.value_or(Caller{});
  }
  Forecast foresee(const TokenPolicy& proposed, std::vector<Caller> callers) {
    std::optional<Forecast> out;
    spawn(loop_, into(authenticator_->foresee("space-1", policy_.jwksUrl, proposed, std::move(callers)), out));
    loop_.restart();
    while (!out && loop_.run_one() > 0) {
    }
    settle();
    EXPECT_TRUE(out);
    return out.value_or(Forecast{});
  }
  // The same key set with other demands.
  TokenPolicy wanting(std::string issuer, std::vector<std::string> audience, std::vector<std::string> algorithms = {}) const {
    TokenPolicy policy = policy_;
    policy.issuer = std::move(issuer);
    policy.audience = std::move(audience);
    policy.algorithms = std::move(algorithms);
    return policy;
  }
  TokenPolicy elsewhere() const {
    TokenPolicy policy = policy_;
    policy.jwksUrl = "https://other.test/jwks";
    return policy;
  }
  static Task<void> into(Task<Forecast> task, std::optional<Forecast>& out) { out = co_await std::move(task); }
};

TEST_F(CallerTest, IsWhatAPolicyMayAskForAndADigest) {
  fetcher_.body = setOf({&first_});
  const auto one = callerOf(first_, R"("sub":"ann-the-user","iss":"https://idp.test/","aud":"api")");
  EXPECT_EQ(one.issuer, "https://idp.test/");
  EXPECT_EQ(one.audience, R"(["api"])");
  EXPECT_EQ(one.algorithm, "EdDSA");
  EXPECT_EQ(one.keyId, "first");
  EXPECT_EQ(one.digest.size(), 64U);
  EXPECT_EQ(callerOf(first_, R"("sub":"ann-the-user","iss":"https://idp.test/","aud":["api"],"jti":"7")").digest, one.digest) << "a later token";
  EXPECT_NE(callerOf(first_, R"("sub":"bob","iss":"https://idp.test/","aud":"api")").digest, one.digest);
  EXPECT_NE(callerOf(first_, R"("sub":"ann-the-user","iss":"https://idp.test/","aud":"web")").digest, one.digest);
  const auto bare = callerOf(first_, "");
  EXPECT_EQ(bare.issuer, "");
  EXPECT_EQ(bare.audience, "[]");
}

TEST_F(CallerTest, OnlyAcceptedTokensOfReasonableSizeHaveOne) {
  fetcher_.body = setOf({&first_});
  const auto exp = "\"exp\":" + std::to_string(now_ / 1'000 + 3'600);
  const auto refused = verify(second_.token("{" + exp + "}"));
  EXPECT_FALSE(refused->accepted());
  EXPECT_FALSE(refused->caller);
  const auto large = verify(first_.token("{" + exp + ",\"aud\":\"" + std::string(5'000, 'a') + "\"}"));
  EXPECT_TRUE(large->accepted());
  EXPECT_FALSE(large->caller);
}

TEST_F(CallerTest, IssuerAudienceAndAlgorithmAreForeseen) {
  fetcher_.body = setOf({&first_});
  const auto api = callerOf(first_, R"("iss":"https://idp.test/","aud":["api","more"])");
  const auto web = callerOf(first_, R"("iss":"https://idp.test/","aud":"web")");
  const auto bare = callerOf(first_, "");
  const int before = fetcher_.fetches;
  EXPECT_THAT(foresee(policy_, {api, web, bare}).checks, ElementsAre(Check::none, Check::none, Check::none));
  EXPECT_THAT(foresee(wanting("", {"more", "else"}), {api, web, bare}).checks, ElementsAre(Check::none, Check::audience, Check::audience));
  EXPECT_THAT(foresee(wanting("https://idp.test/", {}), {api, bare}).checks, ElementsAre(Check::none, Check::issuer));
  EXPECT_THAT(foresee(wanting("https://idp.test", {"web"}), {web}).checks, ElementsAre(Check::issuer)) << "the first check that fails";
  EXPECT_THAT(foresee(wanting("", {}, {"RS256", "EdDSA"}), {api}).checks, ElementsAre(Check::none));
  EXPECT_THAT(foresee(wanting("none of it", {}, {"RS256"}), {api}).checks, ElementsAre(Check::algorithm));
  EXPECT_EQ(fetcher_.fetches, before) << "the space's own set is not asked again";
}

TEST_F(CallerTest, ManyAreJudgedWhileOthersUseTheLoop) {
  fetcher_.body = setOf({&first_});
  const auto api = callerOf(first_, R"("aud":"api")"), web = callerOf(first_, R"("aud":"web")");
  std::vector<Caller> callers(10'000, api);
  callers[4'321] = web;
  int others = 0;
  const std::function<void()> other = [&] {
    if (++others < 1'000) boost::asio::post(loop_, other);
  };
  std::optional<Forecast> out;
  spawn(loop_, into(authenticator_->foresee("space-1", policy_.jwksUrl, wanting("", {"api"}), callers), out));
  boost::asio::post(loop_, other);
  loop_.restart();
  while (!out && loop_.run_one() > 0) {
  }
  EXPECT_GT(others, 10);
  ASSERT_EQ(out->checks.size(), callers.size());
  EXPECT_EQ(std::ranges::count(out->checks, Check::none), 9'999);
  EXPECT_EQ(out->checks[4'321], Check::audience);
  settle();
}

TEST_F(CallerTest, KeysOfAnotherUrlAreFetchedAndNotKept) {
  fetcher_.body = setOf({&first_});
  const auto caller = callerOf(first_, "");
  fetcher_.body = setOf({&second_});
  EXPECT_THAT(foresee(elsewhere(), {caller}).checks, ElementsAre(Check::unknownKey));
  EXPECT_EQ(fetcher_.lastUrl, "https://other.test/jwks");
  fetcher_.body = setOf({&second_, &first_});
  const auto good = foresee(elsewhere(), {caller});
  EXPECT_THAT(good.checks, ElementsAre(Check::none));
  EXPECT_EQ(good.keysProblem, "");
  const int before = fetcher_.fetches;
  EXPECT_TRUE(verify(this->good(first_))->accepted());
  restart();
  EXPECT_TRUE(verify(this->good(first_))->accepted()) << "from the set that the space had, in memory and on the disk";
  EXPECT_EQ(fetcher_.fetches, before);
}

TEST_F(CallerTest, WithoutTheKeysTheRestIsStillJudged) {
  fetcher_.body = setOf({&first_});
  const auto caller = callerOf(first_, R"("aud":"api")");
  fetcher_.status = 500;
  auto proposed = elsewhere();
  proposed.audience = {"web"};
  const auto told = foresee(proposed, {caller});
  EXPECT_THAT(told.keysProblem, HasSubstr("https://other.test/jwks: answered with status 500"));
  EXPECT_THAT(told.checks, ElementsAre(Check::audience));
}

}  // namespace
}  // namespace redd::auth
