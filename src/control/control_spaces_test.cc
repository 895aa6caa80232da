// The life of spaces over a real catalogue: names, the trash and its end, copies, settings side by side, splits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control_testing.h"

namespace redd::control {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

json bodyOf(const FakeExchange& exchange) { return json::parse(exchange.text_); }
constexpr std::int64_t kDayMs = 86'400'000;

class Spaces : public testing::Test {
 protected:
  std::unique_ptr<FakeExchange> send(std::string method, const std::string& target, const json& body = nullptr) {
    return house.call(std::move(method), target, body.is_null() ? std::string() : body.dump());
  }
  json trash() { return bodyOf(*send("GET", project() + "/trash"))["spaces"]; }
  std::string project() const { return "/_/api/v1/projects/" + house.projectName; }
  std::string remove(const std::string& name) {
    return bodyOf(*send("DELETE", project() + "/spaces/" + name + "?confirm=" + name))["trashed"]["id"];
  }
  std::string deploy(const std::string& bundle) { return bodyOf(*send("POST", path + "/deployments", {{"bundle", bundle}}))["id"]; }

  House house;
  std::string path = house.makeDev();
};

TEST_F(Spaces, RemovingAsksForTheNameAndFreesIt) {
  EXPECT_EQ(send("DELETE", path)->answer_.status, 400);
  EXPECT_EQ(send("DELETE", path + "?confirm=prod")->answer_.status, 400);
  deploy("one");
  ASSERT_TRUE(house.catalogue->setDomains(house.projectName, "dev", {"a.example.com"}));
  const auto id = remove("dev");
  EXPECT_EQ(send("GET", path)->answer_.status, 404);
  EXPECT_THAT(house.catalogue->snapshot()->domains, IsEmpty());
  EXPECT_EQ(send("POST", project() + "/spaces", {{"name", "dev"}})->answer_.status, 201);
  ASSERT_EQ(trash().size(), 1U);
  EXPECT_EQ(trash()[0]["name"], "dev");
  EXPECT_EQ(trash()[0]["purgeMs"].get<std::int64_t>() - trash()[0]["removedMs"].get<std::int64_t>(), 7 * kDayMs);
  EXPECT_EQ(send("POST", project() + "/trash/" + id + "/restore", json::object())->answer_.status, 409);
  const auto back = send("POST", project() + "/trash/" + id + "/restore", {{"name", "back"}});
  EXPECT_EQ(bodyOf(*back)["id"], id);
  EXPECT_EQ(bodyOf(*back)["domains"], json({"a.example.com"}));
  EXPECT_EQ(*(*space::findSpace(*house.catalogue->snapshot(), house.projectName, "back"))->deployment->bundle, "one");
  EXPECT_THAT(trash(), IsEmpty());
}

TEST_F(Spaces, ADomainThatWasTakenMeanwhileStaysWhereItIs) {
  ASSERT_TRUE(house.catalogue->setDomains(house.projectName, "dev", {"a.example.com", "b.example.com"}));
  const auto id = remove("dev");
  ASSERT_TRUE(house.catalogue->createSpace(house.projectName, "next"));
  ASSERT_TRUE(house.catalogue->setDomains(house.projectName, "next", {"a.example.com"}));
  EXPECT_EQ(bodyOf(*send("POST", project() + "/trash/" + id + "/restore", json::object()))["domains"], json({"b.example.com"}));
  EXPECT_EQ(house.catalogue->snapshot()->domains.at("a.example.com")->name, "next");
}

TEST_F(Spaces, TheTrashIsSweptWhenItsTimeHasCome) {
  const auto id = remove("dev");
  house.control.reset();
  house.startControl(6 * kDayMs);
  EXPECT_EQ(trash().size(), 1U);
  EXPECT_THAT(house.stores.removed, IsEmpty());
  house.control.reset();
  house.startControl(7 * kDayMs + 1);
  while (!trash().empty() || house.stores.removed.empty()) house.loop.run_one();
  EXPECT_THAT(house.stores.removed, ElementsAre(id));
  EXPECT_EQ(send("POST", project() + "/trash/" + id + "/restore", json::object())->answer_.status, 404);
}

TEST_F(Spaces, PurgingIsAskedForByNameAndWaitsForWorkers) {
  const auto id = remove("dev");
  EXPECT_EQ(send("DELETE", project() + "/trash/" + id + "?confirm=no")->answer_.status, 400);
  EXPECT_EQ(send("DELETE", project() + "/trash/none?confirm=dev")->answer_.status, 404);
  EXPECT_EQ(send("DELETE", project() + "/trash/" + id + "?confirm=dev")->answer_.status, 200);
  EXPECT_THAT(trash(), IsEmpty());
  while (house.stores.removed.empty()) house.loop.run_one();
  EXPECT_THAT(house.stores.removed, ElementsAre(id));
}

TEST_F(Spaces, RenamingKeepsWhatItIs) {
  const auto id = house.dev()->id;
  const auto before = house.dev()->revision;
  deploy("one");
  EXPECT_EQ(bodyOf(*send("POST", path + "/rename", {{"name", "prod"}}))["id"], id);
  EXPECT_EQ(send("GET", path)->answer_.status, 404);
  const auto renamed = *space::findSpace(*house.catalogue->snapshot(), house.projectName, "prod");
  EXPECT_GT(renamed->revision, before);
  EXPECT_EQ(*renamed->deployment->bundle, "one");
  EXPECT_EQ(send("POST", project() + "/spaces/prod/rename", {{"name", "UP"}})->answer_.status, 400);
  house.subscription.reset();
  house.control.reset();
  house.catalogue.reset();
  house.catalogue = *space::Catalogue::open(house.dir.path() / "data");
  EXPECT_TRUE(space::findSpace(*house.catalogue->snapshot(), house.projectName, "prod"));
}

TEST_F(Spaces, ACopyHasCodeSettingsVariablesAndTokens) {
  deploy("one");
  send("PUT", path + "/env/SECRET", {{"value", "hush"}, {"encrypted", true}});
  send("PUT", path + "/cors-origins", {{"origins", {"https://a.example.com"}}});
  send("PUT", path + "/domains", {{"domains", {"a.example.com"}}});
  send("PUT", path + "/jwks", {{"url", "https://idp.example.org/jwks"}, {"algorithms", {"ES256", "RS256"}}});
  const std::string key = bodyOf(*send("POST", path + "/tokens", {{"access", "READ"}}))["key"];
  const auto made = send("POST", path + "/copy", {{"to", "stage"}, {"data", true}});
  ASSERT_EQ(made->answer_.status, 201) << made->text_;
  EXPECT_THAT(made->text_, Not(HasSubstr("hush")));
  const auto copy = *space::findSpace(*house.catalogue->snapshot(), house.projectName, "stage");
  EXPECT_THAT(house.stores.copied, ElementsAre(house.dev()->id + " " + copy->id));
  EXPECT_EQ(*copy->deployment->bundle, "one");
  EXPECT_NE(copy->deployment->id, house.dev()->deployment->id);
  EXPECT_EQ(copy->deployment->sourceScope(), house.dev()->deployment->sourceScope());
  EXPECT_EQ(copy->settings.env.at("SECRET").value, "hush");
  EXPECT_EQ(copy->settings.corsOrigins, house.dev()->settings.corsOrigins);
  EXPECT_THAT(copy->settings.algorithms, ElementsAre("ES256", "RS256"));
  EXPECT_THAT(copy->settings.domains, IsEmpty()) << "a domain leads to one space";
  EXPECT_EQ(copy->tokens.at(0).key, key);
  EXPECT_EQ(send("POST", path + "/copy", {{"to", "stage"}})->answer_.status, 409);

  house.subscription.reset();
  house.control.reset();
  house.catalogue.reset();
  house.catalogue = *space::Catalogue::open(house.dir.path() / "data");
  const auto again = *space::findSpace(*house.catalogue->snapshot(), house.projectName, "stage");
  EXPECT_EQ(again->settings.env.at("SECRET").value, "hush");
  EXPECT_EQ(again->tokens.at(0).key, key);
}

TEST_F(Spaces, ACopyThatFailsLeavesNothing) {
  house.stores.refuseCopy = Error::make(ErrorCode::storageFull, "The disk is full.");
  EXPECT_EQ(send("POST", path + "/copy", {{"to", "stage"}, {"data", true}})->answer_.status, 507);
  EXPECT_FALSE(space::findSpace(*house.catalogue->snapshot(), house.projectName, "stage"));
  while (house.stores.removed.empty()) house.loop.run_one();
  EXPECT_EQ(house.stores.copied.at(0), house.dev()->id + " " + house.stores.removed.at(0));
}

TEST_F(Spaces, SettingsSideBySideKeepSecrets) {
  send("POST", path + "/copy", {{"to", "stage"}});
  const auto stage = project() + "/spaces/stage";
  EXPECT_THAT(bodyOf(*send("GET", path + "/diff?with=stage"))["differences"], IsEmpty());
  send("PUT", path + "/env/SAME", {{"value", "s"}, {"encrypted", true}});
  send("PUT", stage + "/env/SAME", {{"value", "s"}, {"encrypted", true}});
  send("PUT", path + "/env/OTHER", {{"value", "left-secret"}, {"encrypted", true}});
  send("PUT", stage + "/env/OTHER", {{"value", "right-secret"}, {"encrypted", true}});
  send("PUT", path + "/env/PLAIN", {{"value", "x"}});
  send("PUT", stage + "/limits", {{"requestsMax", 5}});
  send("PUT", path + "/jwks", {{"url", "https://idp.example.org/jwks"}});
  send("PUT", stage + "/jwks", {{"url", "https://idp.example.org/jwks"}, {"algorithms", {"ES256"}}});
  const auto answer = send("GET", path + "/diff?with=stage");
  EXPECT_THAT(answer->text_, Not(HasSubstr("-secret")));
  EXPECT_EQ(bodyOf(*answer)["differences"],
            json::parse(R"([{"setting":"env.OTHER","left":null,"leftSealed":true,"right":null,"rightSealed":true},
                            {"setting":"env.PLAIN","left":"x"},
                            {"setting":"jwks.algorithms","left":[],"right":["ES256"]},
                            {"setting":"limits.requestsMax","left":0,"right":5}])"));
  const auto settings = send("GET", path + "/settings");
  EXPECT_EQ(bodyOf(*settings)["settings"]["env.OTHER"], json({{"sealed", true}}));
  EXPECT_THAT(settings->text_, Not(HasSubstr("-secret")));
}

TEST_F(Spaces, LimitsAreBoundedByTheServers) {
  EXPECT_EQ(bodyOf(*send("PUT", path + "/limits", {{"requestDeadlineMs", 500}}))["limits"],
            json({{"requestDeadlineMs", 500}, {"requestsMax", 0}, {"workerHeapMiB", 0}}));
  EXPECT_EQ(bodyOf(*send("PUT", path + "/limits", {{"requestsMax", 8}}))["limits"]["requestDeadlineMs"], 500) << "what is not named stays";
  const auto refused = send("PUT", path + "/limits", {{"requestsMax", 65}});
  EXPECT_EQ(refused->answer_.status, 400);
  EXPECT_THAT(bodyOf(*refused)["error"].get<std::string>(), HasSubstr("at most 64"));
  EXPECT_EQ(send("PUT", path + "/limits", {{"workerHeapMiB", 1}})->answer_.status, 400);
  EXPECT_EQ(house.dev()->settings.limits.requestsMax, 8U);
}

TEST_F(Spaces, AListIsSetWholeOrOnlyWhereItIsWhatTheCallerHasRead) {
  const std::tuple<const char*, const char*, const char*, json> lists[] = {
      {"/allowed-hosts", "addresses", "allowedHosts", {"203.0.113.7"}}, {"/cors-origins", "origins", "corsOrigins", {"https://a.example.com"}}, {"/domains", "domains", "domains", {"a.example.com"}}};
  for (const auto& [at, argument, member, values] : lists) {
    const auto none = json::array();
    EXPECT_EQ(bodyOf(*send("PUT", path + at, {{argument, values}, {"expect", none}}))[member], values);
    const auto late = send("PUT", path + at, {{argument, none}, {"expect", none}});
    EXPECT_EQ(late->answer_.status, 409) << at;
    EXPECT_EQ(bodyOf(*late)["current"], values);
    EXPECT_EQ(bodyOf(*send("GET", path))[member], values);
    EXPECT_EQ(bodyOf(*send("PUT", path + at, {{argument, none}, {"expect", values}}))[member], none);
    EXPECT_EQ(bodyOf(*send("PUT", path + at, {{argument, values}}))[member], values) << "without 'expect' as it is";
  }
}

TEST_F(Spaces, ADomainMovesAtOnce) {
  ASSERT_TRUE(house.catalogue->createSpace(house.projectName, "stage"));
  ASSERT_TRUE(house.catalogue->setDomains(house.projectName, "stage", {"a.example.com"}));
  EXPECT_EQ(bodyOf(*send("POST", path + "/domains/move", {{"domain", "a.example.com"}}))["domains"], json({"a.example.com"}));
  EXPECT_EQ(house.catalogue->snapshot()->domains.at("a.example.com")->name, "dev");
  EXPECT_EQ(send("POST", path + "/domains/move", {{"domain", "b.example.com"}})->answer_.status, 404);
}

TEST_F(Spaces, ASplitIsPublishedKeptAndEndedByADeploy) {
  EXPECT_EQ(send("PUT", path + "/split", {{"deployment", "x"}, {"percent", 10}})->answer_.status, 404) << "no code";
  const auto first = deploy("one"), second = deploy("two");
  EXPECT_EQ(send("PUT", path + "/split", {{"deployment", second}, {"percent", 10}})->answer_.status, 400) << "the active one";
  EXPECT_EQ(send("PUT", path + "/split", {{"deployment", first}, {"percent", 101}})->answer_.status, 400);
  EXPECT_EQ(bodyOf(*send("PUT", path + "/split", {{"deployment", first}, {"percent", 10}}))["split"],
            json({{"deployment", first}, {"percent", 10}}));
  ASSERT_TRUE(house.dev()->alternative);
  EXPECT_EQ(*house.dev()->alternative->deployment->bundle, "one");
  EXPECT_EQ(house.dev()->alternative->revision, house.dev()->revision);
  const auto history = bodyOf(*send("GET", path + "/deployments"))["deployments"];
  EXPECT_EQ(history[0]["percent"], 90);
  EXPECT_EQ(history[1]["percent"], 10);
  send("PUT", path + "/env/X", {{"value", "new"}});
  EXPECT_EQ(house.dev()->alternative->settings.env.at("X").value, "new") << "settings reach both versions";
  deploy("three");
  EXPECT_FALSE(house.dev()->alternative);
  send("PUT", path + "/split", {{"deployment", first}, {"percent", 10}});
  EXPECT_EQ(bodyOf(*send("PUT", path + "/split", {{"deployment", first}, {"percent", 0}}))["split"], nullptr);
  send("PUT", path + "/split", {{"deployment", first}, {"percent", 100}});
  EXPECT_EQ(*house.dev()->deployment->bundle, "one");
  EXPECT_EQ(house.dev()->deployment->restores, first);

  send("PUT", path + "/split", {{"deployment", second}, {"percent", 30}});
  house.subscription.reset();
  house.control.reset();
  house.catalogue.reset();
  house.catalogue = *space::Catalogue::open(house.dir.path() / "data");
  EXPECT_EQ(*house.dev()->alternative->deployment->bundle, "two");
}

}  // namespace
}  // namespace redd::control
