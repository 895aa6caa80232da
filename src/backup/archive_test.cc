#include "backup/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backup_testing.h"
#include "crypto/hash.h"
#include "tar.h"

namespace redd::backup {
namespace {

using ::testing::HasSubstr;

class ArchiveTest : public ::testing::Test {
 protected:
  void write(const std::string& name = "a.tar") {
    setContent(dir_.path() / "source", std::string(3'000'000, 'x') + "end");
    auto writer = ArchiveWriter::create(dir_.path() / name, {Description::Kind::space, 1'000, "1.2.3", "shop-1234", "dev"}, progress_);
    ASSERT_TRUE(writer) << writer.error().text();
    ASSERT_TRUE(writer->add("small.txt", "hello"));
    ASSERT_TRUE(writer->addFile("folder/large.bin", dir_.path() / "source"));
    ASSERT_TRUE(writer->add("empty", ""));
    const auto written = writer->finish();
    ASSERT_TRUE(written) << written.error().text();
    EXPECT_EQ(written->sha256, crypto::sha256Hex(contentOf(written->file)));
    EXPECT_EQ(written->bytes, std::filesystem::file_size(written->file));
  }
  Result<Archive> open(const std::string& name = "a.tar") { return Archive::open(dir_.path() / name, progress_); }

  TempFolder dir_;
  Progress progress_;
};

TEST_F(ArchiveTest, WhatWasWrittenIsRead) {
  write();
  const auto archive = open();
  ASSERT_TRUE(archive) << archive.error().text();
  EXPECT_EQ(archive->description().project, "shop-1234");
  EXPECT_EQ(describe(dir_.path() / "a.tar")->version, "1.2.3");
  ASSERT_EQ(archive->entries().size(), 3u);
  EXPECT_EQ(*archive->read(*archive->find("small.txt"), 100), "hello");
  EXPECT_FALSE(archive->read(*archive->find("small.txt"), 4));
  ASSERT_TRUE(archive->extract(*archive->find("folder/large.bin"), dir_.path() / "out" / "large", progress_));
  EXPECT_EQ(contentOf(dir_.path() / "out" / "large"), contentOf(dir_.path() / "source"));
  EXPECT_EQ(archive->find("large.bin"), nullptr);
}

TEST_F(ArchiveTest, EveryFlippedByteAndEveryCutIsRefused) {
  auto writer = ArchiveWriter::create(dir_.path() / "small.tar", {}, progress_);
  ASSERT_TRUE(writer->add("one", "first"));
  ASSERT_TRUE(writer->add("two", "second"));
  ASSERT_TRUE(writer->finish());
  const auto good = contentOf(dir_.path() / "small.tar");
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    setContent(dir_.path() / "bad.tar", bad);
    EXPECT_FALSE(open("bad.tar")) << "byte " << at;
  }
  for (std::size_t size = 0; size < good.size(); size += 97) {
    setContent(dir_.path() / "bad.tar", good.substr(0, size));
    EXPECT_FALSE(open("bad.tar")) << size << " bytes";
  }
  setContent(dir_.path() / "bad.tar", good + std::string(512, '\0'));
  EXPECT_FALSE(open("bad.tar"));
  EXPECT_TRUE(open("small.tar"));
}

TEST_F(ArchiveTest, NamesThatLeadElsewhereAreRefused) {
  for (const char* name : {"", "/etc/passwd", "../up", "a/../b", "a//b", "a/.", "a b", "a\\b", "a\nb"}) {
    EXPECT_FALSE(tar::write({name, 1})) << name;
  }
  const auto longName = std::string(60, 'a') + "/" + std::string(90, 'b');
  EXPECT_EQ(tar::read(*tar::write({longName, 5}))->name, longName);
  const std::uint64_t large = std::uint64_t{20} << 30;
  EXPECT_EQ(tar::read(*tar::write({"a", large}))->bytes, large);
}

TEST_F(ArchiveTest, ANewerFormatSaysWhatToDo) {
  write();
  auto text = contentOf(dir_.path() / "a.tar");
  text.replace(text.find(R"("format":1)"), 10, R"("format":9)");
  setContent(dir_.path() / "new.tar", text);
  EXPECT_THAT(std::string(open("new.tar").error().text()), HasSubstr("Fix: take the redd that wrote it, 1.2.3"));
}

TEST_F(ArchiveTest, WithoutFinishNothingIsLeft) {
  {
    auto writer = ArchiveWriter::create(dir_.path() / "a.tar", {}, progress_);
    ASSERT_TRUE(writer->add("one", "first"));
    progress_.shallStop = true;
    setContent(dir_.path() / "source", "content");
    EXPECT_EQ(writer->addFile("two", dir_.path() / "source").error().code, ErrorCode::cancelled);
  }
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "a.tar"));
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "a.tar.part"));
}

}  // namespace
}  // namespace redd::backup
