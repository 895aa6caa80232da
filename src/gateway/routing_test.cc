#include "routing.h"

#include <gtest/gtest.h>

#include "http/message.h"

namespace redd::gateway {
namespace {

TEST(DefaultProject, OnlyForNamesThatCannotBeRebound) {
  const std::vector<std::string> listed{"api.example.com"};
  for (const char* yes : {"localhost:4000", "127.0.0.1", "[::1]:4000", "10.1.2.3", "api.example.com:443"}) EXPECT_TRUE(servesDefaultProject(yes, listed)) << yes;
  for (const char* no : {"evil.test", "api.example.com.evil.test", "localhost.evil.test", "127.0.0.1.evil.test"}) EXPECT_FALSE(servesDefaultProject(no, listed)) << no;
}

class ResolveTest : public testing::Test {
 protected:
  ResolveTest() {
    for (const char* project : {"one-aaaa", "two-bbbb"}) {
      auto made = std::make_shared<space::Project>();
      made->uniqueName = project;
      auto space = std::make_shared<space::Space>();
      space->project = project;
      space->name = "dev";
      made->spaces.emplace("dev", space);
      catalogue_.projects.emplace(project, made);
    }
    catalogue_.defaultProject = "one-aaaa";
  }
  Result<Target> resolve(std::string target, std::string_view project = {}) {
    http::RequestHead head;
    head.target = std::move(target);
    return resolveTarget(catalogue_, head, project);
  }
  space::Snapshot catalogue_;
};

TEST_F(ResolveTest, PathsAndSpaces) {
  EXPECT_EQ(resolve("/dev/hello?x=/y")->apiPath, "/hello");
  EXPECT_EQ(resolve("/dev/hello")->space->project, "one-aaaa");
  EXPECT_EQ(resolve("/dev/hello", "two-bbbb")->space->project, "two-bbbb");
  EXPECT_EQ(resolve("/dev")->apiPath, "/");
  EXPECT_EQ(resolve("/dev/")->apiPath, "/");
  EXPECT_EQ(resolve("/dev/a/../b/./c")->apiPath, "/b/c");
  EXPECT_EQ(resolve("/x/../dev/a")->apiPath, "/a");
  EXPECT_EQ(resolve("/dev/%68ello")->apiPath, "/hello");
  EXPECT_EQ(resolve("/dev/a//b")->apiPath, "/a//b");
}

TEST_F(ResolveTest, Refusals) {
  EXPECT_EQ(resolve("/prod/x").error().publicText, "Unknown space");
  EXPECT_EQ(resolve("/").error().publicText, "Unknown space");
  EXPECT_EQ(resolve("/dev/x", "three-cccc").error().publicText, "Unknown project");
  EXPECT_EQ(resolve("/dev/%zz").error().code, ErrorCode::invalidArgument);
  catalogue_.defaultProject = "";
  EXPECT_FALSE(resolve("/dev/x"));
}

}  // namespace
}  // namespace redd::gateway
