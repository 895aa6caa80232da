// What the GraphQL door's worker is told of a caller.
#include "graph_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control_testing.h"

namespace redd::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class GraphView : public testing::Test {
 protected:
  json view(const May& may) { return json::parse(graphViewJson(*house_.catalogue->snapshot(), caller_, may)); }
  static bool everything(std::string_view, const Arguments&) { return true; }

  House house_;
  account::Principal caller_ = person();

 private:
  static account::Principal person() {
    account::Principal una;
    una.standing = account::Standing::serverOwner;
    una.userId = "u1";
    una.name = "Una";
    una.email = "una@example.org";
    return una;
  }
};

TEST_F(GraphView, OfAServerWithoutProjects) {
  const auto seen = view(everything);
  EXPECT_EQ(seen["user"]["name"], "Una");
  EXPECT_EQ(seen["projects"], json::array());
  for (const char* list : {"UserProjects", "Projects", "Teams", "ProjectInvitations", "TeamInvitations"}) EXPECT_EQ(seen["user"][list], json::array()) << list;
  ASSERT_EQ(seen["teams"].size(), 1U);
  EXPECT_EQ(seen["teams"][0]["id"], seen["user"]["UserTeam"]);
  EXPECT_EQ(seen["teams"][0]["isDefaultTeam"], true);
}

TEST_F(GraphView, ASpaceWithItsSettings) {
  const auto path = house_.makeDev();
  house_.call("POST", path + "/tokens", R"({"access":"READ","description":"page"})");
  house_.call("PUT", path + "/env/PLAIN", R"({"value":"open"})");
  house_.call("PUT", path + "/env/SECRET", R"({"value":"planted","encrypted":true})");
  house_.call("PUT", path + "/allowed-hosts", R"({"addresses":["192.0.2.1"]})");
  house_.call("PUT", path + "/jwks", R"({"url":"https://idp.example.org/jwks","issuer":"i","audience":["a"]})");
  const auto seen = view(everything);
  EXPECT_THAT(seen.dump(), Not(HasSubstr("planted")));
  ASSERT_EQ(seen["projects"].size(), 1U);
  const auto& project = seen["projects"][0];
  EXPECT_EQ(project["uniqueName"], house_.projectName);
  EXPECT_EQ(seen["user"]["UserProjects"], json::array({project["id"]}));
  ASSERT_EQ(project["Datastores"].size(), 1U);
  const auto& space = project["Datastores"][0];
  EXPECT_EQ(space["id"], house_.dev()->id);
  EXPECT_EQ(space["projectId"], project["id"]);
  EXPECT_EQ(space["Env"], json::parse(R"([{"key":"PLAIN","encrypted":false,"value":"open"},{"key":"SECRET","encrypted":true,"value":null}])"));
  EXPECT_EQ(space["allowedHosts"], json({"192.0.2.1"}));
  EXPECT_EQ(space["jwks"], "https://idp.example.org/jwks");
  EXPECT_EQ(space["issuer"], "i");
  EXPECT_EQ(space["audience"], json({"a"}));
  EXPECT_EQ(space["Tokens"][0]["datastoreId"], space["id"]);
  EXPECT_EQ(space["Tokens"][0]["access"], "READ");
}

TEST_F(GraphView, WhatTheCallerMayNotGetIsNotThere) {
  house_.makeDev();
  const std::string hidden = json::parse(house_.call("POST", "/_/api/v1/projects", R"({"name":"Hidden"})")->text_)["uniqueName"];
  house_.call("POST", "/_/api/v1/projects/" + house_.projectName + "/spaces", R"({"name":"secret"})");
  house_.call("POST", "/_/api/v1/projects/" + house_.projectName + "/spaces/dev/tokens", R"({"access":"READWRITE"})");
  const auto seen = view([&](std::string_view operation, const Arguments& parameters) {
    if (operation == "project.get") return parameters.text("project") == house_.projectName;
    return operation == "space.get" && parameters.text("space") == "dev";
  });
  EXPECT_THAT(seen.dump(), Not(HasSubstr(house_.dev()->tokens[0].key)));
  EXPECT_EQ(seen["projects"][0]["Datastores"][0]["Tokens"][0]["key"], house_.dev()->tokens[0].key.substr(0, 8) + "…");
  EXPECT_THAT(seen.dump(), Not(HasSubstr(hidden)));
  ASSERT_EQ(seen["projects"].size(), 1U);
  ASSERT_EQ(seen["projects"][0]["Datastores"].size(), 1U);
  EXPECT_EQ(seen["projects"][0]["Datastores"][0]["name"], "dev");
}

}  // namespace
}  // namespace redd::control
