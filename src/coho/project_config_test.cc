#include "project_config.h"

#include <gtest/gtest.h>

#include "files.h"

namespace redd::coho {
namespace {

TEST(ProjectConfig, IsReadAndKeepsWhatOthersWroteIntoIt) {
  const auto folder = *TemporaryFolder::create();
  EXPECT_FALSE(readProjectConfig(folder.path()).value());
  ASSERT_TRUE(writeFile(folder.path() / "config.json", R"({"name":"a-1","space":"dev","mine":[1]})", Access::shared));
  ASSERT_TRUE(writeProjectConfig(folder.path(), "a-1", "prod"));
  const auto config = readProjectConfig(folder.path()).value();
  ASSERT_TRUE(config);
  EXPECT_EQ(config->project, "a-1");
  EXPECT_EQ(config->space, "prod");
  EXPECT_NE(readFile(folder.path() / "config.json", kConfigBytesMax).value()->find("\"mine\""), std::string::npos);
}

TEST(ProjectConfig, BrokenFilesAreErrors) {
  const auto folder = *TemporaryFolder::create();
  for (const auto* text : {"{", "[]", "3", ""}) {
    ASSERT_TRUE(writeFile(folder.path() / "config.json", text, Access::shared));
    EXPECT_FALSE(readProjectConfig(folder.path())) << text;
  }
}

TEST(Names, AreChecked) {
  EXPECT_EQ(checkProjectName("MyBackend1").value(), "mybackend1");
  for (const auto* name : {"abc", "sixteencharacter", "has space", "a-b-c", "über1", ""}) EXPECT_FALSE(checkProjectName(name)) << name;
  EXPECT_TRUE(checkUniqueName("mybackend-f00d"));
  for (const auto* name : {"", "..", "a/b", "A-1", "a b"}) EXPECT_FALSE(checkUniqueName(name)) << name;
  EXPECT_TRUE(checkSpaceName("dev"));
  for (const auto* name : {"", "Dev", "a/b", "..", "0123456789012345678901234567890"}) EXPECT_FALSE(checkSpaceName(name)) << name;
}

}  // namespace
}  // namespace redd::coho
