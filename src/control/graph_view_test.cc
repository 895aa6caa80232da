// What the GraphQL door's worker is told of a caller.
#include "graph_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "control_testing.h"

namespace redd::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class GraphView : public testing::Test {
 protected:
  GraphView() {
    const auto directory = house_.accounts->directory();
    caller_ = personOf(directory->ownerId);
    caller_.standing = account::Standing::serverOwner;
  }
  account::Principal personOf(const std::string& userId) const {
    const auto directory = house_.accounts->directory();
    const auto* user = directory->user(userId);
    account::Principal out;
    out.standing = user->standing;
    out.userId = userId;
    out.name = user->name;
    out.email = user->email;
    return out;
  }
  json view(const May& may, const account::Principal& caller) const {
    return json::parse(graphViewJson({house_.catalogue->snapshot(), house_.accounts->directory(), nowMs()}, caller, may));
  }
  json view(const May& may) const { return view(may, caller_); }
  static bool everything(std::string_view, const Arguments&) { return true; }

  House house_;
  account::Principal caller_;
};

TEST_F(GraphView, OfAServerWithoutProjects) {
  const auto seen = view(everything);
  EXPECT_EQ(seen["user"]["id"], caller_.userId);
  EXPECT_EQ(seen["projects"], json::array());
  for (const char* list : {"UserProjects", "Projects", "Teams", "ProjectInvitations", "TeamInvitations"}) EXPECT_EQ(seen["user"][list], json::array()) << list;
  ASSERT_EQ(seen["teams"].size(), 1U);
  EXPECT_EQ(seen["teams"][0]["id"], seen["user"]["UserTeam"]);
  EXPECT_EQ(seen["teams"][0]["isDefaultTeam"], true);
}

TEST_F(GraphView, TeamsMembersAndTokens) {
  auto& accounts = *house_.accounts;
  const auto ada = *accounts.addUser("ada@example.org", "Ada");
  const auto crew = *accounts.addTeam(caller_.userId, "Crew");
  ASSERT_TRUE(accounts.setTeamMember(crew.id, ada.id, account::Role::developer));
  account::NewToken wanted;
  wanted.kind = account::TokenKind::admin;
  wanted.userId = caller_.userId;
  wanted.teamId = crew.id;
  const auto issued = *accounts.addToken(wanted);
  const auto made = house_.call("POST", "/_/api/v1/projects", json({{"name", "Crews"}, {"teamId", crew.id}}).dump());
  const auto seen = view(everything, personOf(ada.id));
  EXPECT_THAT(seen.dump(), Not(HasSubstr(issued.secret)));
  EXPECT_EQ(seen["user"]["Teams"], json::array({crew.id}));
  EXPECT_EQ(seen["user"]["termsAccepted"], false);
  EXPECT_EQ(seen["user"]["UserProjects"], json::array());
  ASSERT_EQ(seen["projects"].size(), 1U) << made->text_;
  EXPECT_EQ(seen["user"]["Projects"], json::array({seen["projects"][0]["id"]}));
  EXPECT_EQ(seen["projects"][0]["Team"], crew.id);
  EXPECT_EQ(seen["projects"][0]["Members"].size(), 2U);
  const auto team = *std::ranges::find_if(seen["teams"], [&](const json& one) { return one["id"] == crew.id; });
  EXPECT_EQ(team["AdminTokens"], json::parse(R"([{"id":")" + issued.token.id + R"(","secret":")" + issued.token.prefix + R"("}])"));  // what tells tokens apart, after redd_
  EXPECT_EQ(team["isDefaultTeam"], false);

  const auto outside = view([](std::string_view operation, const Arguments&) { return operation == "project.get"; }, personOf(ada.id));
  EXPECT_EQ(outside["user"]["Teams"], json::array());
  ASSERT_EQ(outside["projects"].size(), 1U);
  const auto named = *std::ranges::find_if(outside["teams"], [&](const json& one) { return one["id"] == crew.id; });
  EXPECT_EQ(named["Members"], json::array());
  EXPECT_EQ(named["AdminTokens"], json::array());
}

TEST_F(GraphView, Invitations) {
  auto& accounts = *house_.accounts;
  house_.makeDev();
  const auto ada = *accounts.addUser("ada@example.org", "Ada");
  account::Invitation invitation;
  invitation.email = "ada@example.org";
  invitation.role = account::Role::owner;
  invitation.projectId = house_.dev()->projectId;
  invitation.createdBy = caller_.userId;
  const auto made = *accounts.invite(invitation);
  const auto hers = view([](std::string_view, const Arguments&) { return false; }, personOf(ada.id));
  ASSERT_EQ(hers["user"]["ProjectInvitations"].size(), 1U);
  EXPECT_EQ(hers["user"]["ProjectInvitations"][0]["id"], made.id);
  EXPECT_EQ(hers["user"]["ProjectInvitations"][0]["uniqueName"], house_.projectName);
  EXPECT_EQ(hers["projects"], json::array());
  EXPECT_EQ(view(everything)["projects"][0]["Invitations"][0]["email"], "ada@example.org");
  EXPECT_EQ(view(everything)["user"]["ProjectInvitations"], json::array());
  const auto asViewer = view([](std::string_view operation, const Arguments&) { return operation != "project.invite"; });
  EXPECT_EQ(asViewer["projects"][0]["Invitations"], json::array());
}

TEST_F(GraphView, ASpaceWithItsSettings) {
  const auto path = house_.makeDev();
  house_.call("POST", path + "/tokens", R"({"access":"READ","description":"page"})");
  house_.call("PUT", path + "/env/PLAIN", R"({"value":"open"})");
  house_.call("PUT", path + "/env/SECRET", R"({"value":"planted","encrypted":true})");
  house_.call("PUT", path + "/allowed-hosts", R"({"addresses":["192.0.2.1"]})");
  house_.call("PUT", path + "/jwks", R"({"url":"https://idp.example.org/jwks","issuer":"i","audience":["a"],"algorithms":["ES256"]})");
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
  EXPECT_EQ(space["algorithms"], json({"ES256"}));
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
