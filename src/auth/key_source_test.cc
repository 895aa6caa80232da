// REL-01: a key set survives its endpoint, and nobody can make us ask it often. Also the behaviours of ssrf.json that are about
// what an endpoint answers.
#include <functional>

#include "authenticator_test.h"

namespace redd::auth {
namespace {

class KeySourceTest : public AuthenticatorTest {
 protected:
  void warm() {
    fetcher_.body = setOf({&first_});
    ASSERT_TRUE(verify(good(first_))->accepted());
  }
  void endpoint(int status, std::string body) {
    fetcher_.status = status;
    fetcher_.body = std::move(body);
  }
};

TEST_F(KeySourceTest, ConcurrentColdRequestsShareOneFetch) {
  fetcher_.body = setOf({&first_});
  std::vector<std::string> tokens;
  for (int i = 0; i < 200; ++i) tokens.push_back(good(first_, std::to_string(i)));
  for (const auto& verdict : verifyAll(tokens)) EXPECT_TRUE(verdict->accepted());
  EXPECT_EQ(fetcher_.fetches, 1);
}

TEST_F(KeySourceTest, UnknownKeysCauseAtMostOneFetchInTenSeconds) {
  warm();
  const auto strangers = [this](int count, const std::string& name) {
    std::vector<std::string> tokens;
    for (int i = 0; i < count; ++i) tokens.push_back(good(Signer(name + std::to_string(i))));
    return tokens;
  };
  for (const std::string& token : strangers(150, "a")) EXPECT_EQ(ask(token)->failed, Check::unknownKey);
  for (const auto& verdict : verifyAll(strangers(150, "b"))) EXPECT_EQ(verdict->failed, Check::unknownKey);
  EXPECT_EQ(fetcher_.fetches, 2) << "the first of all, and one";
  now_ += 10 * kSecond;
  for (const std::string& token : strangers(50, "c")) ask(token);
  EXPECT_EQ(fetcher_.fetches, 3);
}

TEST_F(KeySourceTest, TheFetchOfAColdStartServesUnknownKeysToo) {
  fetcher_.body = setOf({&first_});
  for (int i = 0; i < 300; ++i) EXPECT_EQ(ask(good(Signer("x" + std::to_string(i))))->failed, Check::unknownKey);
  EXPECT_EQ(fetcher_.fetches, 1);
}

TEST_F(KeySourceTest, IsRefreshedInTheBackgroundFromEightMinutes) {
  warm();
  now_ += 8 * kMinute - 1;
  ask(good(first_, "a"));
  EXPECT_EQ(fetcher_.fetches, 1);
  now_ += 1;
  fetcher_.isHanging = true;
  EXPECT_TRUE(ask(good(first_, "b"))->accepted()) << "nobody waits for it";
  EXPECT_EQ(fetcher_.fetches, 2);
  fetcher_.release();
  settle();
}

TEST_F(KeySourceTest, ACachedVerdictAloneKeepsTheSetFresh) {
  warm();
  const std::string token = good(first_, "a");
  now_ += 7 * kMinute;
  ask(token);
  now_ += 2 * kMinute;
  EXPECT_TRUE(cached(token));
  settle();
  EXPECT_EQ(fetcher_.fetches, 2);
}

TEST_F(KeySourceTest, GoodKeysServeWhileTheEndpointFails) {
  warm();
  now_ += 11 * kMinute;
  endpoint(503, "");
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(ask(good(first_, std::to_string(i)))->accepted()) << i;
  EXPECT_LE(fetcher_.fetches, 1 + 2);
  EXPECT_GT(counter("redd_auth_stale_key_set_uses_total"), 100);
  now_ += 23 * kHour;
  EXPECT_TRUE(ask(good(first_))->accepted());
  now_ += kHour;
  const VerdictPtr verdict = ask(good(first_));
  EXPECT_EQ(verdict->failed, Check::keysUnavailable) << "24 h are over";
  EXPECT_NE(verdict->found.find("503"), std::string::npos) << verdict->found;
  endpoint(200, setOf({&first_}));
  now_ += 2 * kMinute;
  EXPECT_TRUE(ask(good(first_))->accepted());
}

TEST_F(KeySourceTest, FailuresBackOffToAMinute) {
  endpoint(500, "");
  int atOnce = 0;
  for (int i = 0; i < 50; ++i) atOnce += ask(good(first_))->failed == Check::keysUnavailable;
  EXPECT_EQ(atOnce, 50);
  EXPECT_EQ(fetcher_.fetches, 1);
  for (int second = 0; second < 3'600; ++second) {
    now_ += kSecond;
    ask(good(first_));
  }
  EXPECT_GT(fetcher_.fetches, 45);
  EXPECT_LT(fetcher_.fetches, 75);
}

TEST_F(KeySourceTest, AColdRequestToAHangingEndpointIsBounded) {
  fetcher_.isHanging = true;
  const std::int64_t start = monotonicNs();
  const auto verdicts = verifyAll({good(first_, "a"), good(first_, "b"), good(second_)});
  EXPECT_LT(monotonicNs() - start, 3'000'000'000) << "the limit is 100 ms here";
  for (const auto& verdict : verdicts) {
    EXPECT_EQ(verdict->failed, Check::keysUnavailable);
    EXPECT_NE(verdict->found.find("in time"), std::string::npos) << verdict->found;
  }
  EXPECT_EQ(fetcher_.fetches, 1);
  EXPECT_FALSE(cached(good(first_, "a"))) << "no verdict about the token";
  fetcher_.release();
  settle();
}

TEST_F(KeySourceTest, OnlyAThousandRequestsWait) {
  fetcher_.isHanging = true;
  fetcher_.body = setOf({&first_});
  limits_.keySetTotalMs = 60'000;
  std::function<void()> answerWhenRefused = [&] {
    if (fetcher_.fetches == 1 && counter("redd_auth_refused_total", "reason=\"keys unavailable\"") == 100) return fetcher_.answerHanging();
    boost::asio::post(loop_, answerWhenRefused);
  };
  boost::asio::post(loop_, answerWhenRefused);
  int accepted = 0;
  for (const auto& verdict : verifyAll(std::vector<std::string>(1'100, good(first_)))) accepted += verdict->accepted();
  EXPECT_EQ(accepted, 1'000);
  EXPECT_EQ(fetcher_.fetches, 1);
}

TEST_F(KeySourceTest, AHangingEndpointDelaysKnownKeysOnceAtMost) {
  warm();
  now_ += 11 * kMinute;
  fetcher_.isHanging = true;
  EXPECT_TRUE(verify(good(first_, "a"))->accepted());
  const std::int64_t start = monotonicNs();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(verify(good(first_, "b" + std::to_string(i)))->accepted());
  EXPECT_LT(monotonicNs() - start, 2'000'000'000) << "100 waits of 100 ms would be 10 s";
  EXPECT_EQ(fetcher_.fetches, 2);
  fetcher_.release();
  settle();
}

TEST_F(KeySourceTest, BadAnswersNeverReplaceAGoodSet) {  // html-200, status-204, status-500, deep-json, dup-keys-member, empty-keys
  warm();
  const std::string good2 = setOf({&second_});
  const std::vector<std::pair<int, std::string>> answers = {
      {200, "<!doctype html><title>Sign in</title>"},
      {204, ""},
      {500, good2},
      {302, good2},
      {200, ""},
      {200, std::string(100'000, '[') + std::string(100'000, ']')},
      {200, "{\"keys\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}"},
      {200, good2.substr(0, good2.size() - 1) + ",\"keys\":[]}"},
      {200, good2.substr(0, good2.size() - 1)},
      {200, "{\"keys\":[]}"},
      {200, "{\"keys\":{}}"},
  };
  for (const auto& [status, body] : answers) {
    now_ += 11 * kMinute;
    endpoint(status, body);
    const int before = fetcher_.fetches;
    EXPECT_TRUE(ask(good(first_))->accepted()) << status << " " << body.substr(0, 50);
    EXPECT_EQ(fetcher_.fetches, before + 1);
    EXPECT_FALSE(ask(good(second_))->accepted());
  }
}

TEST_F(KeySourceTest, TwoEmptyAnswersInARowAreBelieved) {
  warm();
  const std::string token = good(first_);
  endpoint(200, "{\"keys\":[]}");
  now_ += 11 * kMinute;
  EXPECT_TRUE(ask(token)->accepted());
  now_ += 2 * kSecond;
  ask(good(first_, "another"));
  EXPECT_EQ(ask(token)->failed, Check::unknownKey);
}

TEST_F(KeySourceTest, AColdEmptySetIsAnOutageAndSaysWhy) {
  endpoint(200, R"({"keys":[{"kty":"oct","k":"AAAA","kid":"first"},{"kty":"RSA","kid":"b"}]})");
  const VerdictPtr verdict = ask(good(first_));
  EXPECT_EQ(verdict->failed, Check::keysUnavailable);
  EXPECT_NE(verdict->found.find("no usable key"), std::string::npos) << verdict->found;
  EXPECT_EQ(counter("redd_auth_private_keys_published_total"), 1);
}

TEST_F(KeySourceTest, ARestartWithoutTheEndpointWorks) {
  warm();
  restart();
  endpoint(503, "");
  EXPECT_TRUE(ask(good(first_))->accepted());
  EXPECT_EQ(fetcher_.fetches, 1) << "still fresh: nothing is asked";
  now_ += kHour;
  restart();
  EXPECT_TRUE(ask(good(first_))->accepted());
  EXPECT_EQ(fetcher_.fetches, 2);
  now_ += 24 * kHour;
  restart();
  EXPECT_EQ(ask(good(first_))->failed, Check::keysUnavailable) << "a set of yesterday is not used";
}

TEST_F(KeySourceTest, WhatIsOnDiskIsForItsUrlAndWhole) {
  warm();
  restart();
  endpoint(503, "");
  policy_.jwksUrl = "https://other.test/jwks";
  EXPECT_EQ(ask(good(first_))->failed, Check::keysUnavailable);
  policy_.jwksUrl = "https://idp.test/jwks";
  restart();
  for (const auto& file : std::filesystem::directory_iterator(dir_)) std::filesystem::resize_file(file, 100);
  EXPECT_EQ(ask(good(first_))->failed, Check::keysUnavailable);
}

TEST_F(KeySourceTest, AClockThatWasSetBackOnlyCausesAFetch) {
  warm();
  now_ -= 5 * kHour;
  EXPECT_TRUE(ask(good(first_))->accepted());
  EXPECT_EQ(fetcher_.fetches, 2);
}

}  // namespace
}  // namespace redd::auth
