#include "deploy_archive.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy_archive_testing.h"

namespace redd::control {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view tar) {
  const auto read = readDeployArchive(tar, Limits{});
  return read ? "accepted" : std::string(read.error().text());
}
std::string first() { return tarEntry("redd/deployment.json", "{}"); }
std::string with(std::string_view entry) { return first() + std::string(entry) + tarEnd(); }

TEST(DeployArchive, FS_04_TheDescriptionAndTheFiles) {
  const auto tar = first() + tarEntry("source/index.js", "code") + tarEntry("source/a/ü.txt", "") + tarEntry("source/b", std::string(1'000, 'b')) + tarEnd();
  const auto read = readDeployArchive(tar, Limits{});
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->description, "{}");
  ASSERT_EQ(read->files.size(), 3u);
  EXPECT_EQ(read->files[0].path, "/index.js");
  EXPECT_EQ(read->files[0].content, "code");
  EXPECT_EQ(read->files[1].path, "/a/ü.txt");
  EXPECT_EQ(read->files[2].content, std::string(1'000, 'b'));
}

TEST(DeployArchive, FS_04_LongNamesStandInAPaxRecord) {
  const auto path = std::string(200, 'd') + "/" + std::string(200, 'f');
  const auto tar = with(tarPax("path", "source/" + path) + tarEntry("short", "x"));
  const auto read = readDeployArchive(tar, Limits{});
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->files[0].path, "/" + path);
}

TEST(DeployArchive, SEC_28_HostilePathsAreRefused) {
  for (const auto& [name, rule] : std::vector<std::pair<std::string, std::string>>{
           {"../evil.js", "'..'"}, {"/abs.js", "absolute"}, {"a/../../evil.js", "'..'"}, {"..\\evil.js", "backslash"}, {"source/../x", "'..'"},
           {"source/a\\b", "backslash"}, {"source//x", "empty part"}, {"source/./x", "'.'"}, {"source/", "empty part"}, {"", "empty"},
           {"source/a\nb", "control byte"}, {"source/\xff", "not UTF-8"}, {"elsewhere/x", "only"}, {"source", "only"}}) {
    const auto text = refusal(with(tarEntry(name, "x")));
    EXPECT_THAT(text, HasSubstr(rule)) << name;
    EXPECT_THAT(text, HasSubstr("entry \"")) << name;
    if (!name.empty()) EXPECT_THAT(refusal(with(tarPax("path", name) + tarEntry("source/fine", "x"))), HasSubstr(rule)) << name;
  }
  EXPECT_THAT(refusal(with(tarEntry(std::string("source/a\0b", 10), "x"))), HasSubstr("zero byte"));
  EXPECT_THAT(refusal(with(tarPax("path", std::string("source/a\0b", 10)) + tarEntry("source/a", "x"))), HasSubstr("control byte"));
  EXPECT_THAT(refusal(with(tarPax("path", "source/" + std::string(1'024, 'x')) + tarEntry("x", "x"))), HasSubstr("more than 1024 bytes"));
}

TEST(DeployArchive, SEC_28_OnlyRegularFiles) {
  for (const auto& [type, rule] : std::vector<std::pair<char, std::string>>{
           {'1', "hard link"}, {'2', "symbolic link"}, {'3', "device"}, {'4', "device"}, {'5', "directory"}, {'6', "pipe"}, {'7', "unknown type"},
           {'S', "unknown type"}, {'g', "all entries"}, {'L', "GNU"}}) {
    EXPECT_THAT(refusal(with(tarEntry("source/a", "", {.type = type}))), HasSubstr(rule)) << type;
  }
  EXPECT_THAT(refusal(with(tarEntry("source/a", "x", {.mode = 04755}))), HasSubstr("set-uid"));
  EXPECT_THAT(refusal(with(tarPax("GNU.sparse.realsize", "4294967296") + tarEntry("source/a", "x"))), HasSubstr("GNU.sparse.realsize"));
  EXPECT_THAT(refusal(with(tarPax("size", "4294967296") + tarEntry("source/a", "x"))), HasSubstr("\"size\""));
}

TEST(DeployArchive, SEC_28_TheArchiveIsWhole) {
  const auto whole = with(tarEntry("source/a", "content"));
  EXPECT_EQ(refusal(whole), "accepted");
  for (std::size_t bytes = 0; bytes < whole.size(); bytes += 100) EXPECT_NE(refusal(whole.substr(0, bytes)), "accepted") << bytes;
  EXPECT_THAT(refusal(whole + tarEntry("source/b", "x") + tarEnd()), HasSubstr("follows its end"));
  auto damaged = whole;
  damaged[1'024] = 'S';
  EXPECT_THAT(refusal(damaged), HasSubstr("checksum"));
  EXPECT_THAT(refusal(with(tarEntry("source/a", "x", {.size = 4ULL << 30}))), HasSubstr("4294967296 bytes"));
  EXPECT_THAT(refusal("\x1f\x8b" + std::string(2'000, 'z')), HasSubstr("no tar"));
  EXPECT_THAT(refusal(tarEnd()), HasSubstr("missing"));
}

TEST(DeployArchive, SEC_28_OrderNumberAndNames) {
  EXPECT_THAT(refusal(tarEntry("source/a", "x") + first() + tarEnd()), HasSubstr("must be the first"));
  EXPECT_THAT(refusal(with(first())), HasSubstr("comes twice"));
  EXPECT_THAT(refusal(with(tarEntry("source/a", "x") + tarEntry("source/a", "y"))), HasSubstr("comes twice"));
  std::string many;
  for (std::size_t i = 0; i < kDeployFilesMax; ++i) many += tarEntry(fmt::format("source/{}", i), "");
  EXPECT_EQ(refusal(with(many)), "accepted");
  EXPECT_THAT(refusal(with(many + tarEntry("source/x", ""))), HasSubstr("more than 10000 files"));
}

}  // namespace
}  // namespace redd::control
