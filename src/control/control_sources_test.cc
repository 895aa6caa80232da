// Deploys that carry source files: over a real catalogue, with the store in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control_testing.h"
#include "deploy_archive_testing.h"

namespace redd::control {
namespace {

using testing::HasSubstr;

class ControlSources : public testing::Test {
 protected:
  std::unique_ptr<FakeExchange> deployTar(const std::string& entries, const std::string& description = R"({"bundle":"code","author":"Ann"})") {
    auto exchange = std::make_unique<FakeExchange>("POST", path_ + "/deployments", tarEntry("redd/deployment.json", description) + entries + tarEnd());
    exchange->head_.headers.add("content-type", "application/x-tar");
    house_.authorise(*exchange, house_.owner);
    house_.run(house_.start(*exchange));
    return exchange;
  }
  template <class T, class Start>
  Result<T> await(Start start) {
    std::optional<Result<T>> out;
    start(Completion<T>([&out](Result<T> result) { out = std::move(result); }));
    while (!out) house_.loop.run_one();
    return *std::move(out);
  }
  store::Store& store() { return *house_.stores.opened(house_.dev()->id); }
  std::string source(const std::string& path, const std::string& scope) {
    const auto file = await<std::shared_ptr<store::FileReader>>([&](auto done) { store().fileOpen(scope, path, std::move(done)); });
    if (!file) return std::string(file.error().text());
    return *await<std::string>([&](auto done) { (*file)->read(0, 1'000, std::move(done)); });
  }
  std::string source(const std::string& path) { return source(path, house_.dev()->deployment->sourceScope()); }

  House house_;
  std::string path_ = house_.makeDev();
};

TEST_F(ControlSources, FS_04_SourceFilesBelongToTheirDeployment) {
  const auto first = deployTar(tarEntry("source/data.txt", "one") + tarEntry("source/old.txt", "old"));
  ASSERT_EQ(first->answer_.status, 201) << first->text_;
  EXPECT_EQ(*house_.dev()->deployment->bundle, "code");
  EXPECT_EQ(house_.dev()->deployment->author, "Ann");
  EXPECT_EQ(source("/data.txt"), "one");
  const auto firstId = house_.dev()->deployment->id;

  ASSERT_EQ(deployTar(tarEntry("source/data.txt", "two"))->answer_.status, 201);
  EXPECT_EQ(source("/data.txt"), "two");
  EXPECT_EQ(source("/old.txt"), "File not found: /old.txt");
  EXPECT_EQ(source("/data.txt", firstId), "one");  // what drains reads its own

  const auto secondId = house_.dev()->deployment->id;
  for (int i = 0; i < 2; ++i) {  // the JSON form keeps what the space has
    ASSERT_EQ(house_.call("POST", path_ + "/deployments", R"({"bundle":"more"})")->answer_.status, 201);
    EXPECT_NE(house_.dev()->deployment->id, secondId);
    EXPECT_EQ(source("/data.txt"), "two");
  }
}

TEST_F(ControlSources, FS_04_SourcesOfDeploymentsThatAreNotKeptGo) {
  ASSERT_EQ(deployTar(tarEntry("source/data.txt", "one"))->answer_.status, 201);
  const auto firstId = house_.dev()->deployment->id;
  ASSERT_EQ(deployTar(tarEntry("source/data.txt", "two"))->answer_.status, 201);
  for (int i = 0; i < 19; ++i) ASSERT_EQ(house_.call("POST", path_ + "/deployments", R"({"bundle":"more"})")->answer_.status, 201);
  EXPECT_EQ(source("/data.txt", firstId), "File not found: /data.txt");
  for (int i = 0; i < 5; ++i) ASSERT_EQ(house_.call("POST", path_ + "/deployments", R"({"bundle":"more"})")->answer_.status, 201);
  EXPECT_EQ(source("/data.txt"), "two");  // its deployment is gone, those that use its files are not
}

TEST_F(ControlSources, FS_04_ARefusedDeployLeavesNoFiles) {
  ASSERT_EQ(deployTar(tarEntry("source/data.txt", "one"))->answer_.status, 201);
  house_.supervisor.refuse = invalid("not today");
  EXPECT_EQ(deployTar(tarEntry("source/data.txt", "two"))->answer_.status, 400);
  EXPECT_EQ(source("/data.txt"), "one");
  // Nothing but the active scope: keeping it removes no file.
  const auto scope = house_.dev()->deployment->sourceScope();
  EXPECT_EQ(*await<std::uint64_t>([&](auto done) { store().fileKeepScopes({scope}, std::move(done)); }), 0U);
}

TEST_F(ControlSources, SEC_28_AHostileArchiveChangesNothing) {
  ASSERT_EQ(deployTar(tarEntry("source/data.txt", "one"))->answer_.status, 201);
  const auto before = house_.dev()->deployment;
  const auto prepared = house_.supervisor.prepared;
  for (const auto& entries : {tarEntry("source/fine", "x") + tarEntry("source/../../evil.js", "x"), tarEntry("source/a", "", {.type = '2'})}) {
    const auto refused = deployTar(entries);
    EXPECT_EQ(refused->answer_.status, 400);
    EXPECT_THAT(refused->text_, HasSubstr("The archive is refused"));
  }
  EXPECT_THAT(deployTar("", R"({"bundle":"x","more":1})")->text_, HasSubstr("Unknown field 'more'"));
  EXPECT_THAT(deployTar("", "{}")->text_, HasSubstr("'bundle' is missing"));
  EXPECT_EQ(house_.supervisor.prepared, prepared);
  EXPECT_EQ(house_.dev()->deployment, before);
  EXPECT_EQ(*await<std::uint64_t>([&](auto done) { store().fileKeepScopes({before->id}, std::move(done)); }), 0U);
}

TEST_F(ControlSources, HT_13_ADeployForgetsTheTemplatesTheLibraryKept) {
  ASSERT_EQ(deployTar("")->answer_.status, 201);
  for (const char* key : {"hbs:index", "hbs:layout:main", "other"}) {
    ASSERT_EQ(house_.call("PUT", path_ + "/keys/" + key, R"({"value":"v"})")->answer_.status, 200);
  }
  ASSERT_EQ(house_.call("POST", path_ + "/deployments", R"({"bundle":"more"})")->answer_.status, 201);
  EXPECT_EQ(house_.call("GET", path_ + "/keys/hbs%3Aindex")->answer_.status, 404);
  EXPECT_EQ(house_.call("GET", path_ + "/keys/hbs%3Alayout%3Amain")->answer_.status, 404);
  EXPECT_EQ(house_.call("GET", path_ + "/keys/other")->answer_.status, 200);
}

}  // namespace
}  // namespace redd::control
