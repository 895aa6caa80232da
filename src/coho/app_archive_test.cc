#include "app_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "files.h"

namespace redd::coho {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class AppArchive : public testing::Test {
 protected:
  void write(const std::string& path, std::string_view text = "x") {
    fs::create_directories((dir() / path).parent_path());
    std::ofstream(dir() / path) << text;
  }
  fs::path dir() const { return folder_->path() / "app"; }
  std::vector<std::string> paths() {
    std::vector<std::string> out;
    const auto found = findAppFiles(dir());
    EXPECT_TRUE(found) << found.error().text();
    for (const auto& file : found->files) out.push_back(file.path);
    warnings_ = found->warnings;
    return out;
  }

  Result<TemporaryFolder> folder_ = TemporaryFolder::create();
  std::vector<std::string> warnings_;
};

TEST_F(AppArchive, FS_04_WhatIsSent) {
  for (const char* path : {"index.js", "views/a.hbs", "public/config.json", "public/ü.txt", "config.json", "config-dev.json", ".env", ".env.local",
                           ".git/HEAD", "node_modules/a/index.js", "deep/node_modules/b.js", "public/.secret"}) {
    write(path);
  }
  EXPECT_THAT(paths(), ElementsAre("index.js", "public/config.json", "public/ü.txt", "views/a.hbs"));
  EXPECT_THAT(warnings_, ElementsAre());
}

TEST_F(AppArchive, SEC_28_LinksThatLeaveTheFolderAreNotFollowed) {
  write("index.js");
  write(".env");
  write("../outside.txt");
  fs::create_symlink("index.js", dir() / "same.js");
  fs::create_symlink("../outside.txt", dir() / "outside.txt");
  fs::create_symlink("/etc", dir() / "etc");
  fs::create_symlink(".env", dir() / "env.txt");
  fs::create_symlink("nowhere", dir() / "broken");
  EXPECT_THAT(paths(), ElementsAre("index.js", "same.js"));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("leads nowhere"), HasSubstr("env.txt is not sent"), HasSubstr("etc is not sent: the link leaves"),
                                     HasSubstr("outside.txt is not sent: the link leaves")));
}

TEST_F(AppArchive, FS_04_WhatIsTooLargeNamesTheLargest) {
  write("index.js");
  write("films/one.mp4");
  fs::resize_file(dir() / "films/one.mp4", 65 << 20);  // a hole
  const auto archive = makeArchive("{}", *findAppFiles(dir()));
  ASSERT_FALSE(archive);
  EXPECT_THAT(std::string(archive.error().text()), HasSubstr("films/one.mp4"));
}

}  // namespace
}  // namespace redd::coho
