#include "base/remove_gently.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "base/random.h"

namespace redd {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kLarge = 40 << 20;  // more than two pieces

class RemoveGently : public testing::Test {
 protected:
  RemoveGently() { fs::create_directories(folder_); }
  ~RemoveGently() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  fs::path make(const std::string& name, std::size_t bytes = kLarge) {
    std::ofstream(folder_ / name) << std::string(bytes, 'x');
    return folder_ / name;
  }
  fs::path folder_ = fs::temp_directory_path() / ("redd-remove-" + randomHex(8));
  std::error_code failed_;
};

TEST_F(RemoveGently, FilesOfEachSizeAreGone) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{5}, kLarge, kLarge + 1}) {
    const auto file = make("one", bytes);
    removeGently(file, failed_);
    EXPECT_FALSE(failed_) << failed_.message();
    EXPECT_FALSE(fs::exists(file));
  }
}

TEST_F(RemoveGently, AnotherLinkKeepsItsContent) {
  const auto file = make("one");
  fs::create_hard_link(file, folder_ / "two");
  removeGently(file, failed_);
  EXPECT_FALSE(fs::exists(file));
  EXPECT_EQ(fs::file_size(folder_ / "two"), kLarge);
}

TEST_F(RemoveGently, WhoReadsItReadsItToTheEnd) {
  const auto file = make("one");
  std::ifstream reader(file);
  reader.get();
  removeGently(file, failed_);
  EXPECT_FALSE(fs::exists(file));
  EXPECT_EQ(std::distance(std::istreambuf_iterator<char>(reader), {}), kLarge - 1);
}

TEST_F(RemoveGently, ASymbolicLinkGoesAndWhatItNamesStays) {
  const auto file = make("one");
  fs::create_symlink(file, folder_ / "link");
  removeGently(folder_ / "link", failed_);
  EXPECT_FALSE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(fs::file_size(file), kLarge);
}

TEST_F(RemoveGently, AFolderGoesWithAllThatIsInItAndNothingElse) {
  const auto outside = make("outside");
  fs::create_directories(folder_ / "in" / "deeper");
  make("in/one");
  make("in/deeper/two");
  fs::create_directory_symlink(folder_, folder_ / "in" / "up");
  removeAllGently(folder_ / "in", failed_);
  EXPECT_FALSE(failed_) << failed_.message();
  EXPECT_FALSE(fs::exists(folder_ / "in"));
  EXPECT_EQ(fs::file_size(outside), kLarge);
  fs::create_directory_symlink(folder_, folder_ / "link");
  removeAllGently(folder_ / "link", failed_);
  EXPECT_FALSE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(fs::file_size(outside), kLarge) << "the link, not what it leads to";
}

TEST_F(RemoveGently, NothingThereIsNoFailureAndAFolderInTheWayIs) {
  removeGently(folder_ / "nothing", failed_);
  EXPECT_FALSE(failed_);
  removeAllGently(folder_ / "nothing", failed_);
  EXPECT_FALSE(failed_);
  fs::create_directories(folder_ / "full");
  make("full/file", 1);
  removeGently(folder_ / "full", failed_);
  EXPECT_TRUE(failed_);
  EXPECT_TRUE(fs::exists(folder_ / "full/file"));
}

}  // namespace
}  // namespace redd
