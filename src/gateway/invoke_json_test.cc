#include "invoke_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace redd::gateway {
namespace {

using Json = nlohmann::json;

Json build(http::RequestHead head, std::string_view claims = {}) {
  const auto client = http::TrustedProxies().clientOf(head, "127.0.0.9");
  return Json::parse(invokeJson({head, "/dev/a", "/a", head.query(), client, "r-1", claims, InvokeInput::Auth::granted}));
}

TEST(InvokeJson, CarriesTheRequest) {
  http::RequestHead head;
  head.method = "POST";
  head.target = "/dev/a?x=%20\"";
  head.host = "my-app.api.localhost:4000";
  head.headers.add("host", head.host);
  head.headers.add("content-type", "text/plain; x=\"\xe5\"");
  head.contentLength = 12;
  const Json json = build(head, R"({"sub":"u"})");
  EXPECT_EQ(json["method"], "POST");
  EXPECT_EQ(json["target"], "/dev/a?x=%20\"");
  EXPECT_EQ(json["apiPath"], "/a");
  EXPECT_EQ(json["hostname"], "my-app.api.localhost");
  EXPECT_EQ(json["headers"]["content-type"], "text/plain; x=\"\u00e5\"");
  EXPECT_EQ(json["headers"]["x-forwarded-port"], "4000");
  EXPECT_EQ(json["jwt"]["sub"], "u");
  EXPECT_EQ(json["bodyLength"], 12);
}

TEST(InvokeJson, RepeatedHeadersAreJoined) {
  http::RequestHead head;
  head.method = "GET";
  head.target = "/";
  for (const char* value : {"a", "b", "c"}) head.headers.add("x-many", value);
  head.headers.add("cookie", "a=1");
  head.headers.add("cookie", "b=2");
  const Json json = build(head);
  EXPECT_EQ(json["headers"]["x-many"], "a, b, c");
  EXPECT_EQ(json["headers"]["cookie"], "a=1; b=2");
}

// SEC-15, SEC-43: nobody outside can speak in the gateway's name.
TEST(InvokeJson, ReservedHeadersAreTheGatewaysOwn) {
  http::RequestHead head;
  head.method = "GET";
  head.target = "/";
  for (const char* name : {"x-real-ip", "x_real_ip", "x-real_ip", "x-forwarded-for", "x_forwarded_for", "forwarded", "x-request-id",
                           "x-forwarded-proto", "x_forwarded-host", "x-redd-depth", "x_redd_depth"}) {
    head.headers.add(name, "6.6.6.6");
  }
  const Json json = build(head);
  EXPECT_EQ(json.dump().find("6.6.6.6"), std::string::npos) << json.dump();
  EXPECT_EQ(json["headers"]["x-real-ip"], "127.0.0.9");
  EXPECT_EQ(json["headers"]["x-request-id"], "r-1");
}

// RT-08: the runtime counts from here.
TEST(InvokeJson, TheDepthOfCallsIsToldWhenThereIsOne) {
  http::RequestHead head;
  head.method = "GET";
  head.target = "/";
  EXPECT_FALSE(build(head).contains("depth"));
  const auto client = http::TrustedProxies().clientOf(head, "1.2.3.4");
  EXPECT_EQ(Json::parse(invokeJson({head, "/dev", "/", "", client, "r-1", "", InvokeInput::Auth::granted, 3}))["depth"], 3);
}

}  // namespace
}  // namespace redd::gateway
