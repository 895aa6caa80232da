#include "http/client_side.h"

#include <gtest/gtest.h>

namespace redd::http {
namespace {

RequestHead headWith(std::initializer_list<std::pair<const char*, const char*>> headers) {
  RequestHead head;
  head.host = "inside:4000";
  for (const auto& [name, value] : headers) head.headers.add(name, value);
  return head;
}

TEST(ClientSide, AStrangersForwardingHeadersCountForNothing) {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8"});
  const auto client = proxies->clientOf(headWith({{"x-forwarded-for", "1.2.3.4"}, {"x-forwarded-proto", "https"}, {"x-forwarded-host", "evil"}}), "192.0.2.1");
  EXPECT_EQ(client.ip, "192.0.2.1");
  EXPECT_EQ(client.proto, "http");
  EXPECT_EQ(client.host, "inside:4000");
  EXPECT_EQ(client.port, "4000");
}

TEST(ClientSide, ATrustedProxySpeaksForItsClient) {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8", "::1"});
  auto client = proxies->clientOf(headWith({{"x-forwarded-for", "6.6.6.6, 203.0.113.7, 10.1.1.1"}, {"x-forwarded-proto", "https"}, {"x-forwarded-host", "api.example.com"}}), "10.0.0.1");
  EXPECT_EQ(client.ip, "203.0.113.7");  // what stands before it is the client's own claim
  EXPECT_EQ(client.proto, "https");
  EXPECT_EQ(client.host, "api.example.com");
  EXPECT_EQ(client.port, "443");
  EXPECT_EQ(proxies->clientOf(headWith({{"x-forwarded-for", "203.0.113.7:5000"}}), "::1").ip, "203.0.113.7");
  EXPECT_EQ(proxies->clientOf(headWith({{"x-forwarded-for", "[2001:db8::1]:5000"}}), "::ffff:10.0.0.1").ip, "2001:db8::1");
  client = proxies->clientOf(headWith({{"x-forwarded-for", "203.0.113.7, rubbish"}, {"x-forwarded-proto", "ftp"}, {"x-forwarded-host", "a\"b"}}), "10.0.0.1");
  EXPECT_EQ(client.ip, "10.0.0.1");
  EXPECT_EQ(client.proto, "http");
  EXPECT_EQ(client.host, "inside:4000");
}

TEST(ClientSide, WrongListsAreRefusedByName) {
  for (const char* wrong : {"", "10.0.0.0/33", "proxy.example.com", "10.0.0"}) {
    const auto parsed = TrustedProxies::parse({wrong});
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_NE(parsed.error().text().find("trusted-proxy"), std::string::npos);
  }
}

}  // namespace
}  // namespace redd::http
