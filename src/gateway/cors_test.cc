#include "cors.h"

#include <gtest/gtest.h>

namespace redd::gateway {
namespace {

http::RequestHead preflight(std::string origin) {
  http::RequestHead head;
  head.method = "OPTIONS";
  head.headers.add("origin", std::move(origin));
  head.headers.add("access-control-request-method", "GET");
  head.headers.add("access-control-request-headers", "authorization,x-mine");
  return head;
}

TEST(Cors, PreflightEchoesOriginAndHeaders) {
  const auto head = preflight("http://localhost:5173");
  ASSERT_TRUE(isPreflight(head));
  const auto answer = preflightAnswer(head, {});
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.headers.find("access-control-allow-origin"), "http://localhost:5173");
  EXPECT_EQ(answer.headers.find("access-control-allow-credentials"), "true");
  EXPECT_EQ(answer.headers.find("access-control-allow-headers"), "authorization,x-mine");
  EXPECT_EQ(answer.headers.find("vary"), "Origin");
}

TEST(Cors, AListIsMatchedExactly) {
  const std::vector<std::string> allowed{"https://app.test"};
  for (const char* origin : {"null", "https://app.test.evil", "http://app.test", "https://app.tes", "HTTPS://APP.TEST",
                             "https://app.test:8443", "https://evil-app.test", "https://app.test/"}) {
    const auto answer = preflightAnswer(preflight(origin), allowed);
    EXPECT_FALSE(answer.headers.find("access-control-allow-origin")) << origin;
    EXPECT_FALSE(answer.headers.find("access-control-allow-methods")) << origin;
    EXPECT_EQ(answer.headers.find("vary"), "Origin");
  }
  EXPECT_EQ(preflightAnswer(preflight("https://app.test"), allowed).headers.find("access-control-allow-origin"), "https://app.test");
}

TEST(Cors, OptionsWithoutItsHeadersIsAnOrdinaryRequest) {
  http::RequestHead head;
  head.method = "OPTIONS";
  head.headers.add("origin", "https://app.test");
  EXPECT_FALSE(isPreflight(head));
}

TEST(Cors, TheAppsOwnValueWins) {
  http::Headers request, answer;
  request.add("origin", "https://app.test");
  answer.add("access-control-allow-origin", "*");
  answer.add("vary", "Accept");
  addCorsHeaders(answer, request, {});
  EXPECT_EQ(answer.count("access-control-allow-origin"), 1u);
  EXPECT_EQ(answer.find("access-control-allow-origin"), "*");
  EXPECT_EQ(answer.find("vary"), "Accept, Origin");
}

TEST(Cors, NothingWithoutOrigin) {
  http::Headers request, answer;
  addCorsHeaders(answer, request, {});
  EXPECT_EQ(answer.size(), 0u);
}

}  // namespace
}  // namespace redd::gateway
