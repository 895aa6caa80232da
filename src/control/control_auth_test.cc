// What an operation says about refusals without a key set; the rest runs against the real server (tests/cli/refusals.test.mjs).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control_testing.h"

namespace redd::control {
namespace {

using testing::HasSubstr;
using testing::Not;

nlohmann::json told(House& house, const std::string& path, const std::string& token) {
  const auto exchange = house.call("POST", path + "/token/explain", nlohmann::json({{"token", token}}).dump());
  EXPECT_EQ(exchange->answer_.status, 200);
  EXPECT_THAT(exchange->text_, Not(HasSubstr(token)));
  return nlohmann::json::parse(exchange->text_);
}

TEST(ControlAuth, CredentialsThatAreNoIdentityTokensAreTold) {
  House house;
  const auto path = house.makeDev();
  const auto key = house.catalogue->addToken(house.projectName, "dev", space::TokenAccess::read, "")->key;
  EXPECT_EQ(told(house, path, "header.claims.signature")["check"], "no JWKS URL");
  EXPECT_EQ(told(house, path, key)["check"], "API token");
  const auto owners = told(house, path, house.owner);
  EXPECT_EQ(owners["check"], "control-plane token");
  EXPECT_EQ(owners["accepted"], false);
  EXPECT_EQ(house.call("POST", path + "/token/explain", R"({"token":""})")->answer_.status, 400);
}

TEST(ControlAuth, RefusalsAreListedWithTheirFieldsAndCounts) {
  House house;
  const auto path = house.makeDev();
  house.logBook.lines.push_back({.id = "1", .time = 5, .level = "warn", .context = "request", .requestId = "r1", .text = "401 …",
                                 .fields = R"("method":"GET","reason":"expired")", .refusal = "expired"});
  house.logBook.lines.push_back({.id = "2", .time = 6, .level = "info", .context = "request", .requestId = "r2", .text = "200 …"});
  const auto answer = nlohmann::json::parse(house.call("GET", path + "/auth/refusals")->text_);
  const nlohmann::json wanted = {{"refusals", {{{"time", 5}, {"requestId", "r1"}, {"method", "GET"}, {"reason", "expired"}}}},
                                 {"counts", {{{"reason", "expired"}, {"count", 1}}}}};
  EXPECT_EQ(answer, wanted);
  EXPECT_EQ(house.call("GET", path + "/auth/refusals?tail=1001")->answer_.status, 400);
}

TEST(ControlAuth, ASpaceWithoutAKeySetHasNone) {
  House house;
  const auto answer = nlohmann::json::parse(house.call("GET", house.makeDev() + "/auth/status?fetch=true")->text_);
  EXPECT_EQ(answer["url"], "");
  EXPECT_TRUE(answer["keys"].empty());
  EXPECT_TRUE(answer["fetchedAtMs"].is_null());
}

TEST(ControlAuth, WithoutAUrlAllCallersWouldBeRefusedAndNothingChanges) {
  House house;
  const auto path = house.makeDev();
  ASSERT_TRUE(house.catalogue->setTokenPolicy(house.projectName, "dev", "https://idp.test/jwks", "", {}, {}));
  const auto revision = house.dev()->revision;
  house.logBook.known = {{"d1", "https://idp.test/", R"(["api"])", "RS256", "k2", 120'000, 7}, {"d2", "", "[]", "ES256", "", 60'000, 1}};
  const auto answer = nlohmann::json::parse(house.call("POST", path + "/auth/impact", R"({"url":""})")->text_);
  EXPECT_EQ(answer["callers"], 2);
  EXPECT_EQ(answer["refused"], 2);
  EXPECT_NEAR(answer["sinceMs"].get<double>(), static_cast<double>(nowMs() - 24 * 3'600'000), 600'000);
  const nlohmann::json example = {{"issuer", "https://idp.test/"}, {"audience", {"api"}}, {"algorithm", "RS256"}, {"kid", "k2"}, {"lastMs", 120'000}};
  EXPECT_EQ(answer["reasons"], nlohmann::json::array({{{"reason", "no JWKS URL"}, {"callers", 2}, {"example", example}}}));
  EXPECT_FALSE(answer.contains("keysProblem"));
  EXPECT_EQ(house.call("POST", path + "/auth/impact", R"({"url":"https://idp.test/jwks","algorithms":["none"]})")->answer_.status, 400);
  EXPECT_EQ(house.call("POST", path + "/auth/impact", R"({"url":"http://169.254.169.254/jwks"})")->answer_.status,
            house.call("PUT", path + "/jwks", R"({"url":"http://169.254.169.254/jwks"})")->answer_.status);
  EXPECT_EQ(house.dev()->revision, revision);
}

TEST(ControlAuth, TheServerSaysWhatADoctorAsks) {
  House house;
  const auto server = nlohmann::json::parse(house.call("GET", "/_/api/v1/server")->text_);
  EXPECT_GT(server["diskFreeBytes"], 0);
  EXPECT_GE(server["diskBytes"], server["diskFreeBytes"]);
  EXPECT_NEAR(server["timeMs"].get<double>(), static_cast<double>(nowMs()), 600'000);
}

TEST(ControlAuth, ARotationKeepsWhatIsSealed) {
  House house;
  const auto path = house.makeDev();
  ASSERT_TRUE(house.catalogue->setEnv(house.projectName, "dev", "KEY", {"s3cr3t-value", space::Secrecy::encrypted}));
  const auto answer = nlohmann::json::parse(house.call("POST", "/_/api/v1/server/secrets/rotate")->text_);
  EXPECT_EQ(answer["variables"], 1);
  EXPECT_EQ(house.dev()->settings.env.at("KEY").value, "s3cr3t-value");
}

}  // namespace
}  // namespace redd::control
