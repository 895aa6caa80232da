#include "access.h"

#include <gtest/gtest.h>

namespace redd::gateway {
namespace {

space::Space makeSpace(std::string jwks, std::vector<std::string> hooks = {}) {
  space::Space space;
  space.settings.jwksUrl = std::move(jwks);
  space.tokens = {{"5f1ce782-5798-4295-bdd0-51568390a59c", space::TokenAccess::readWrite, "", 0},
                  {"6f1ce782-5798-4295-bdd0-51568390a59c", space::TokenAccess::read, "", 0}};
  auto deployment = std::make_shared<space::Deployment>();
  deployment->manifest.auth = std::move(hooks);
  space.deployment = deployment;
  return space;
}

auth::VerdictPtr refusedFor(auth::Check check) {
  auto verdict = std::make_shared<auth::Verdict>();
  verdict->failed = check;
  verdict->expected = "exp after \"now\"";
  verdict->found = "exp = 1500000000\r\nX: 1";
  return verdict;
}

http::RequestHead headWith(std::string target, std::vector<std::pair<std::string, std::string>> fields = {}) {
  http::RequestHead head;
  head.method = "GET";
  head.target = std::move(target);
  for (auto& [name, value] : fields) head.headers.add(name, value);
  return head;
}

TEST(Access, ApiTokens) {
  const auto space = makeSpace("https://idp.test/jwks");
  EXPECT_EQ(byApiToken(space, "5f1ce782-5798-4295-bdd0-51568390a59c", "POST")->door, Door::granted);
  EXPECT_EQ(byApiToken(space, "6f1ce782-5798-4295-bdd0-51568390a59c", "GET")->door, Door::granted);
  const auto readOnly = byApiToken(space, "6f1ce782-5798-4295-bdd0-51568390a59c", "POST");
  EXPECT_EQ(readOnly->door, Door::refused);
  EXPECT_EQ(readOnly->refusal.status, 403);
  EXPECT_FALSE(byApiToken(space, "7f1ce782-5798-4295-bdd0-51568390a59c", "GET"));
  EXPECT_FALSE(byApiToken(space, "", "GET"));
  EXPECT_FALSE(byApiToken(space, "5f1ce782", "GET"));
}

TEST(Access, RefusalNamesOnlyTheClass) {
  const auto access = byVerdict(makeSpace("https://idp.test/jwks"), "/hello", refusedFor(auth::Check::expired), Explain::theClass);
  EXPECT_EQ(access.door, Door::refused);
  EXPECT_EQ(access.refusal.status, 401);
  EXPECT_EQ(access.refusal.error, "Unable to verify token (JWKS)");
  EXPECT_EQ(access.refusal.challenge, R"(Bearer error="invalid_token", error_description="expired")");
  EXPECT_NE(access.refusal.reason.find("1500000000"), std::string::npos);
}

TEST(Access, InDevelopmentTheRefusalSaysAllAndStaysOneHeader) {
  const auto access = byVerdict(makeSpace("https://idp.test/jwks"), "/hello", refusedFor(auth::Check::expired), Explain::everything);
  EXPECT_NE(access.refusal.challenge.find("1500000000"), std::string::npos);
  EXPECT_EQ(access.refusal.challenge.find_first_of("\r\n"), std::string::npos);
}

TEST(Access, NoCredential) {
  EXPECT_EQ(byVerdict(makeSpace("https://idp.test/jwks"), "/hello", nullptr, Explain::theClass).refusal.challenge, "Bearer");
  const auto open = byVerdict(makeSpace(""), "/hello", nullptr, Explain::theClass);
  EXPECT_EQ(open.refusal.status, 403);
  EXPECT_EQ(open.refusal.error, "Not allowed");
}

TEST(Access, UnreachableKeysAreNotTheCallersFault) {
  const auto access = byVerdict(makeSpace("https://idp.test/jwks"), "/hello", refusedFor(auth::Check::keysUnavailable), Explain::theClass);
  EXPECT_EQ(access.refusal.status, 503);
  EXPECT_GT(access.refusal.retryAfterS, 0);
}

TEST(Access, AHookThatMayMatchDecides) {
  const auto space = makeSpace("https://idp.test/jwks", {"/public/*"});
  EXPECT_EQ(byVerdict(space, "/public/x", refusedFor(auth::Check::signature), Explain::theClass).door, Door::hook);
  EXPECT_EQ(byVerdict(space, "/hello", refusedFor(auth::Check::signature), Explain::theClass).door, Door::refused);
}

TEST(Credentials, ApiKeyLeavesTheQuery) {
  const auto found = readCredentials(headWith("/dev/x?a=1&apikey=k%2D1&b=2"));
  EXPECT_EQ(found.apiKey, "k-1");
  EXPECT_EQ(found.query, "a=1&b=2");
  EXPECT_EQ(readCredentials(headWith("/dev/x?a=1", {{"x-apikey", "k"}})).apiKey, "k");
  EXPECT_EQ(readCredentials(headWith("/dev/x?myapikey=1")).apiKey, "");
}

}  // namespace
}  // namespace redd::gateway
