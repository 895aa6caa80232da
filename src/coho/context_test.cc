#include "context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.h"
#include "project_config.h"

namespace redd::coho {
namespace {

using testing::HasSubstr;

class ContextTest : public testing::Test {
 protected:
  ContextTest() : folder_(*TemporaryFolder::create()), terminal_(stdout, stderr, environment_) {}
  Context context() { return {options_, terminal_, environment_, folder_.path()}; }
  std::string targetText() {
    const auto target = context().target();
    return target ? target->project + " " + target->space : std::string(target.error().text());
  }

  TemporaryFolder folder_;
  Environment environment_;
  CommonOptions options_;
  Terminal terminal_;
};

TEST_F(ContextTest, OptionsGoBeforeTheFileOfDirAndOfTheWorkingFolder) {
  EXPECT_THAT(targetText(), HasSubstr("no project is named"));
  ASSERT_TRUE(writeProjectConfig(folder_.path(), "here-1", "dev"));
  EXPECT_EQ(targetText(), "here-1 dev");
  options_.dir = "sub";
  EXPECT_EQ(targetText(), "here-1 dev");
  std::filesystem::create_directory(folder_.path() / "sub");
  ASSERT_TRUE(writeProjectConfig(folder_.path() / "sub", "sub-1", "prod"));
  EXPECT_EQ(targetText(), "sub-1 prod");
  options_.space = "test";
  EXPECT_EQ(targetText(), "sub-1 test");
  options_.project = "other-1";
  EXPECT_EQ(targetText(), "other-1 test");
}

TEST_F(ContextTest, ASpaceOfTheFileBelongsToItsProject) {
  ASSERT_TRUE(writeProjectConfig(folder_.path(), "here-1", "prod"));
  options_.project = "other-1";
  EXPECT_THAT(targetText(), HasSubstr("no space is named"));
  options_.project = "here-1";
  EXPECT_EQ(targetText(), "here-1 prod");
}

TEST_F(ContextTest, AHostileFileCannotReachAnotherPath) {
  ASSERT_TRUE(writeProjectConfig(folder_.path(), "../../me", "dev"));
  EXPECT_THAT(targetText(), HasSubstr("is no project"));
}

TEST(Segment, IsOneSegment) {
  EXPECT_EQ(segment("a-b_c.~9"), "a-b_c.~9");
  EXPECT_EQ(segment("a/b?c#d%"), "a%2Fb%3Fc%23d%25");
  EXPECT_EQ(segment(".."), "%2E.");
  EXPECT_EQ(segment("ü"), "%C3%BC");
}

TEST(ShellWord, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(shellWord("http://a.localhost:4000/dev/hello"), "http://a.localhost:4000/dev/hello");
  EXPECT_EQ(shellWord("x-apikey: k"), "'x-apikey: k'");
  EXPECT_EQ(shellWord("$(id)"), "'$(id)'");
  EXPECT_EQ(shellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(shellWord(""), "''");
}

}  // namespace
}  // namespace redd::coho
