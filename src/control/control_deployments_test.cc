// The history of deployments and the ways back, over a real catalogue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control_testing.h"
#include "deploy_archive_testing.h"

namespace redd::control {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

json bodyOf(const FakeExchange& exchange) { return json::parse(exchange.text_); }

class Deployments : public testing::Test {
 protected:
  std::string deploy(const std::string& bundle) {
    return bodyOf(*house.call("POST", path + "/deployments", json({{"bundle", bundle}, {"language", "js"}}).dump()))["id"];
  }
  json rollBack(const json& body = json::object()) { return bodyOf(*house.call("POST", path + "/rollback", body.dump())); }
  int statusOfRollBack(const json& body = json::object()) { return house.call("POST", path + "/rollback", body.dump())->answer_.status; }
  json history() { return bodyOf(*house.call("GET", path + "/deployments"))["deployments"]; }
  std::vector<std::string> ids() {
    std::vector<std::string> out;
    for (const auto& one : history()) out.push_back(one["id"]);
    return out;
  }
  std::string served() const { return house.dev()->deployment ? *house.dev()->deployment->bundle : "nothing"; }

  House house;
  std::string path = house.makeDev();
};

TEST_F(Deployments, RollingBackUndoesTheLastDeployment) {
  const auto first = deploy("one"), second = deploy("two"), third = deploy("three");
  const auto answer = rollBack();
  EXPECT_EQ(answer["id"], second);
  EXPECT_EQ(answer["replaced"], third);
  EXPECT_EQ(served(), "two");
  EXPECT_THAT(ids(), ElementsAre(second, first)) << "the undone one is no longer kept";
  EXPECT_EQ(history()[0]["active"], true);
  EXPECT_EQ(history()[0]["language"], "js");
  rollBack();
  EXPECT_EQ(served(), "one");
  EXPECT_EQ(statusOfRollBack(), 400);
  EXPECT_THAT(rollBack()["error"].get<std::string>(), HasSubstr("nothing to roll back to"));
  EXPECT_EQ(served(), "one");
}

TEST_F(Deployments, RollingBackToAVersionMakesItTheNewestAndKeepsAll) {
  const auto first = deploy("one"), second = deploy("two"), third = deploy("three");
  const auto answer = rollBack({{"deployment", first}});
  EXPECT_EQ(served(), "one");
  EXPECT_EQ(answer["restores"], first);
  EXPECT_THAT(ids(), ElementsAre(answer["id"].get<std::string>(), third, second, first));
  EXPECT_EQ(history()[0]["active"], true);
  EXPECT_EQ(history()[0]["restores"], first);
  EXPECT_EQ(history()[0]["author"], "Owner") << "who rolled back";
  EXPECT_EQ(house.supervisor.startups, 0) << "its startup hook ran when it was new (spec 10.10)";
  rollBack();
  EXPECT_EQ(served(), "three");
  EXPECT_THAT(ids(), ElementsAre(third, second, first));
  EXPECT_EQ(statusOfRollBack({{"deployment", third}}), 400) << "active already";
  EXPECT_EQ(statusOfRollBack({{"deployment", "none"}}), 404);
}

TEST_F(Deployments, AVersionThatNoLongerLoadsIsNotPutBack) {
  deploy("one");
  deploy("two");
  house.supervisor.refuse = invalid("Error: no");
  EXPECT_EQ(statusOfRollBack(), 400);
  EXPECT_EQ(rollBack()["error"], "Error: no");
  EXPECT_EQ(served(), "two");
  EXPECT_EQ(history().size(), 2U);
}

TEST_F(Deployments, UndeployKeepsTheHistoryAndIsUndoneByRollingBack) {
  EXPECT_EQ(house.call("DELETE", path + "/deployments/active")->answer_.status, 404);
  const auto first = deploy("one"), second = deploy("two");
  EXPECT_EQ(house.call("DELETE", path + "/deployments/active")->answer_.status, 200);
  EXPECT_EQ(served(), "nothing");
  EXPECT_THAT(ids(), ElementsAre(second, first));
  EXPECT_EQ(history()[0]["active"], false);
  EXPECT_EQ(rollBack()["id"], second);
  EXPECT_EQ(served(), "two");
  EXPECT_THAT(ids(), ElementsAre(second, first)) << "none was active, so none was undone";
}

TEST_F(Deployments, BundleAndSourcesCanBeDownloaded) {
  const auto longPath = "deep/" + std::string(150, 'x') + ".js";
  const auto tar = tarEntry("redd/deployment.json", R"({"bundle":"one"})") + tarEntry("source/index.js", "// the app") +
                   tarPax("path", "source/" + longPath) + tarEntry("cut", "// long") + tarEnd();
  FakeExchange sent("POST", path + "/deployments", tar);
  sent.head_.headers.add("content-type", "application/x-tar");
  house.authorise(sent, house.owner);
  house.run(house.start(sent));
  ASSERT_EQ(sent.answer_.status, 201) << sent.text_;
  const auto first = ids()[0];
  const auto second = deploy("two");  // keeps the source files
  EXPECT_EQ(house.call("GET", path + "/deployments/" + first + "/bundle")->text_, "one");
  EXPECT_EQ(house.call("GET", path + "/deployments/active/bundle")->text_, "two");
  for (const auto& id : {first, second, std::string("active")}) {
    const auto got = house.call("GET", path + "/deployments/" + id + "/source");
    EXPECT_EQ(got->answer_.headers.find("content-type"), "application/x-tar");
    EXPECT_EQ(got->text_.size() % 512, 0U);
    EXPECT_THAT(got->text_, HasSubstr("index.js"));
    EXPECT_THAT(got->text_, HasSubstr("// the app"));
    EXPECT_THAT(got->text_, HasSubstr(" path=" + longPath + "\n"));
  }
  EXPECT_EQ(house.call("GET", path + "/deployments/none/source")->answer_.status, 404);
}

TEST_F(Deployments, TheHistorySurvivesARestart) {
  deploy("one");
  deploy("two");
  rollBack();
  const auto before = history();
  house.control.reset();
  house.subscription.reset();
  house.catalogue.reset();
  house.catalogue = *space::Catalogue::open(house.dir.path() / "data");
  EXPECT_EQ(served(), "one");
  EXPECT_EQ(house.catalogue->deployments(house.projectName, "dev")->size(), before.size());
}

TEST_F(Deployments, TwentyAreKept) {
  for (int i = 0; i < 25; ++i) deploy(std::to_string(i));
  EXPECT_EQ(history().size(), 20U);
  EXPECT_EQ(served(), "24");
}

}  // namespace
}  // namespace redd::control
