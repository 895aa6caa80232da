// Explanations and the status of a key set, as the authenticator gives them.
#include <algorithm>

#include "authenticator_test.h"

namespace redd::auth {
namespace {

class ExplainTest : public AuthenticatorTest {
 protected:
  template <class T>
  T await(Task<T> task) {
    std::optional<T> out;
    spawn(loop_, into(std::move(task), out));
    loop_.restart();
    while (!out && loop_.run_one() > 0) {
    }
    EXPECT_TRUE(out);
    settle();
    return std::move(out).value_or(T{});
  }
  Explanation explain(const std::string& token) { return await(authenticator_->explain("space-1", policy_, token)); }
  KeySetStatus status(Authenticator::KeySetFetch fetch) { return await(authenticator_->status("space-1", policy_, fetch)); }

  static const CheckLine& lineOf(const Explanation& told, Check check) {
    const auto found = std::ranges::find(told.checks, check, &CheckLine::check);
    EXPECT_NE(found, told.checks.end()) << className(check);
    static const CheckLine none;
    return found == told.checks.end() ? none : *found;
  }

 private:
  template <class T>
  static Task<void> into(Task<T> task, std::optional<T>& out) {
    out = co_await std::move(task);
  }
};

TEST_F(ExplainTest, EveryCheckIsToldNotOnlyTheFirstThatFails) {
  fetcher_.body = setOf({&first_, &second_});
  policy_.issuer = "https://wanted.test/";
  policy_.audience = {"api"};
  const auto at = now_ / 1'000;
  const auto token = first_.token(R"({"iss":"https://other.test/","aud":"web","iat":)" + std::to_string(at - 600) + R"(,"exp":)" + std::to_string(at - 300) + "}");
  const auto told = explain(token);
  EXPECT_EQ(told.failed, Check::expired);
  EXPECT_EQ(lineOf(told, Check::signature).outcome, CheckLine::Outcome::passed);
  EXPECT_EQ(lineOf(told, Check::expired).outcome, CheckLine::Outcome::failed);
  EXPECT_EQ(lineOf(told, Check::issuer).outcome, CheckLine::Outcome::failed);
  EXPECT_EQ(lineOf(told, Check::issuer).expected, "iss = https://wanted.test/");
  EXPECT_TRUE(lineOf(told, Check::issuer).found.contains("other.test"));
  EXPECT_EQ(lineOf(told, Check::audience).outcome, CheckLine::Outcome::failed);
  EXPECT_EQ(lineOf(told, Check::notYetValid).outcome, CheckLine::Outcome::skipped);
  EXPECT_EQ(told.expiresAtMs, (at - 300) * 1'000);
  EXPECT_EQ(told.issuedAtMs, (at - 600) * 1'000);
  ASSERT_EQ(told.keys.size(), 2U);
  EXPECT_EQ(told.keys[0].id, "first");
  EXPECT_EQ(told.keys[0].kind, "OKP Ed25519");
  EXPECT_EQ(told.keys[0].outcome, "verified");
  EXPECT_EQ(told.keys[1].outcome, "another kid");
  EXPECT_TRUE(told.claims.starts_with("{\"iss\""));
  EXPECT_TRUE(told.header.contains("EdDSA"));
}

TEST_F(ExplainTest, AGoodTokenAndOneThatIsNone) {
  fetcher_.body = setOf({&first_});
  const auto good_ = explain(good(first_));
  EXPECT_TRUE(good_.accepted());
  EXPECT_TRUE(std::ranges::none_of(good_.checks, [](const auto& line) { return line.outcome == CheckLine::Outcome::failed; }));
  const auto none = explain("5f1ce782-5798-4295-bdd0-51568390a59c");
  EXPECT_EQ(none.failed, Check::malformed);
  EXPECT_EQ(none.claims, "");
  EXPECT_EQ(lineOf(none, Check::malformed).found, "1 part");
}

TEST_F(ExplainTest, WithoutAKeySetTheClaimsAreCheckedAllTheSame) {
  fetcher_.status = 503;
  const auto told = explain(first_.token(R"({"exp":1})"));
  EXPECT_EQ(told.failed, Check::keysUnavailable);
  EXPECT_TRUE(lineOf(told, Check::keysUnavailable).found.contains("503"));
  EXPECT_EQ(lineOf(told, Check::signature).outcome, CheckLine::Outcome::skipped);
  EXPECT_EQ(lineOf(told, Check::expired).outcome, CheckLine::Outcome::failed);
}

TEST_F(ExplainTest, TheStatusAsksOnlyWhenToldTo) {
  using enum Authenticator::KeySetFetch;
  fetcher_.body = setOf({&first_});
  EXPECT_FALSE(status(never).fetchedAtMs);
  EXPECT_EQ(fetcher_.fetches, 0);
  const auto known = status(whenDue);
  EXPECT_EQ(fetcher_.fetches, 1);
  EXPECT_EQ(known.fetchedAtMs, now_);
  ASSERT_EQ(known.keys.size(), 1U);
  EXPECT_EQ(known.keys[0].id, "first");
  EXPECT_EQ(known.trouble, "");
  now_ += kHour;
  fetcher_.status = 500;
  const auto later = status(whenDue);
  EXPECT_EQ(later.keys.size(), 1U) << "the old set goes on serving";
  EXPECT_TRUE(later.trouble.contains("500")) << later.trouble;
  EXPECT_EQ(later.triedAtMs, now_);
}

}  // namespace
}  // namespace redd::auth
