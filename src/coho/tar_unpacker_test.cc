#include "tar_unpacker.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

namespace redd::coho {
namespace {

namespace fs = std::filesystem;

std::string entry(std::string_view name, std::string_view content, char type = '0') {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  header.replace(124, 11, fmt::format("{:011o}", content.size()));
  header[156] = type;
  return header + std::string(content) + std::string((512 - content.size() % 512) % 512, '\0');
}
const std::string kEnd(1'024, '\0');

class Unpacking : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("coho-tar-{}-{}", ::getpid(), testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  Result<std::size_t> unpack(const std::string& tar, std::size_t step) {
    TarUnpacker unpacker(folder_);
    for (std::size_t at = 0; at < tar.size(); at += step) REDD_TRY_VOID(unpacker.feed(std::string_view(tar).substr(at, step)));
    return unpacker.finish();
  }
  std::string contentOf(const fs::path& name) const {
    std::stringstream out;
    out << std::ifstream(folder_ / name).rdbuf();
    return out.str();
  }
  fs::path folder_;
};

TEST_F(Unpacking, InPiecesOfAnySize) {
  const auto longName = "deep/" + std::string(120, 'n') + ".js";
  const auto big = std::string(1'500, 'b');
  const auto record = fmt::format("{} path={}\n", longName.size() + 10, longName);
  const auto tar = entry("a.js", "one") + entry("dir/empty.txt", "") + entry("pax", record, 'x') + entry("cut", big) + kEnd;
  EXPECT_EQ(unpack(tar, 700).value(), 3U);
  EXPECT_EQ(contentOf("a.js"), "one");
  EXPECT_TRUE(fs::exists(folder_ / "dir/empty.txt"));
  EXPECT_EQ(contentOf(longName), big);
}

TEST_F(Unpacking, WhatWouldLeaveTheFolderIsRefused) {
  for (const auto& name : {"../up", "/etc/x", "a/../../b"}) EXPECT_FALSE(unpack(entry(name, "x") + kEnd, 512)) << name;
  EXPECT_FALSE(unpack(entry("link", "", '2') + kEnd, 512));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Unpacking, NothingIsOverwrittenAndABreakIsNoticed) {
  EXPECT_TRUE(unpack(entry("a", "1") + kEnd, 512));
  EXPECT_EQ(unpack(entry("a", "2") + kEnd, 512).error().code, ErrorCode::alreadyExists);
  EXPECT_EQ(contentOf("a"), "1");
  EXPECT_FALSE(unpack(entry("b", "1"), 512));
}

}  // namespace
}  // namespace redd::coho
