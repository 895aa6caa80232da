// The contract of files, for every store.
#include <gtest/gtest.h>

#include "testing/contract.h"

namespace redd::store {
namespace {

class FilesContract : public StoreContract {
 protected:
  Result<FileInfo> save(const std::string& path, const std::vector<std::string>& pieces, const std::string& scope = "") {
    auto writer = await<std::shared_ptr<FileWriter>>(loop_, [&](auto done) { store_->fileCreate(std::move(done)); });
    if (!writer) return writer.error();
    for (const auto& piece : pieces) {
      REDD_TRY_VOID(await<void>(loop_, [&](auto done) { (*writer)->append(piece, std::move(done)); }));
    }
    return await<FileInfo>(loop_, [&](auto done) { (*writer)->commit(scope, path, "", std::move(done)); });
  }
  Result<std::shared_ptr<FileReader>> open(const std::string& path, const std::string& scope = "") {
    return await<std::shared_ptr<FileReader>>(loop_, [&](auto done) { store_->fileOpen(scope, path, std::move(done)); });
  }
  std::string read(const std::shared_ptr<FileReader>& file, std::uint64_t offset = 0, std::size_t bytes = 1'000'000) {
    return *await<std::string>(loop_, [&](auto done) { file->read(offset, bytes, std::move(done)); });
  }
  Result<FileInfo> drop(const std::string& path) {
    return await<FileInfo>(loop_, [&](auto done) { store_->fileRemove("", path, std::move(done)); });
  }
  std::string list(const std::string& directory) {
    std::string out;
    for (const auto& entry : *await<std::vector<FileEntry>>(loop_, [&](auto done) { store_->fileList("", directory, std::move(done)); })) {
      out += entry.info.path + (entry.kind == FileEntry::Kind::directory ? "/ " : " ");
    }
    return out;
  }
};

TEST_P(FilesContract, FS_01_WhatWasSavedIsRead) {
  const auto saved = save("a/./b/../hello.txt", {"hel", "lo"});
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->path, "/a/hello.txt");
  EXPECT_EQ(saved->size, 5u);
  EXPECT_EQ(saved->contentType, "text/plain");
  EXPECT_EQ(saved->hash, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  const auto file = open("/a/hello.txt");
  ASSERT_TRUE(file);
  EXPECT_EQ(read(*file), "hello");
  EXPECT_EQ(read(*file, 1, 3), "ell");
  EXPECT_EQ(read(*file, 5, 3), "");
}

TEST_P(FilesContract, FS_01_ALargeFileThatIsReadIsReadToTheEnd) {
  const std::vector<std::string> pieces(20, std::string(1 << 20, 'x'));
  ASSERT_TRUE(save("/large", pieces));
  const auto old = open("/large");
  ASSERT_TRUE(drop("/large"));
  EXPECT_FALSE(open("/large"));
  ASSERT_TRUE(save("/large", pieces));  // the same content again, while the first is on its way out
  for (const auto& file : {*old, *open("/large")}) {
    EXPECT_EQ(read(file, (20 << 20) - 10, 100), "xxxxxxxxxx");
    EXPECT_EQ(read(file, 0, 10), "xxxxxxxxxx");
  }
}

TEST_P(FilesContract, FS_01_AFileIsReplacedAndTheOpenOneStays) {
  ASSERT_TRUE(save("/f", {"old"}));
  ASSERT_TRUE(save("/same", {"old"}));
  const auto old = open("/f");
  ASSERT_TRUE(save("/f", {"new one"}));
  EXPECT_EQ(read(*old), "old");
  EXPECT_EQ(read(*open("/f")), "new one");
  EXPECT_EQ(read(*open("/same")), "old");  // shares its content with the replaced one
  ASSERT_TRUE(drop("/same"));
  EXPECT_EQ(open("/same").error().publicText, "File not found: /same");
  EXPECT_EQ(drop("/same").error().code, ErrorCode::notFound);
  ASSERT_TRUE(save("/same", {"old"}));
  EXPECT_EQ(read(*open("/same")), "old");
}

TEST_P(FilesContract, FS_01_ScopesAreApart) {
  ASSERT_TRUE(save("/f", {"source"}, "d1"));
  EXPECT_FALSE(open("/f"));
  EXPECT_EQ(read(*open("/f", "d1")), "source");
}

TEST_P(FilesContract, FS_04_ScopesThatAreNotKeptGo) {
  ASSERT_TRUE(save("/f", {"app"}));
  for (const char* scope : {"d1", "d2", "d3"}) ASSERT_TRUE(save("/f", {"of ", scope}, scope));
  ASSERT_TRUE(save("/same", {"app"}, "d1"));
  EXPECT_EQ(*await<std::uint64_t>(loop_, [&](auto done) { store_->fileKeepScopes({"d2", "unknown"}, std::move(done)); }), 3u);
  EXPECT_FALSE(open("/f", "d1"));
  EXPECT_FALSE(open("/f", "d3"));
  EXPECT_EQ(read(*open("/f", "d2")), "of d2");
  EXPECT_EQ(read(*open("/f")), "app");  // its content was also one of d1's
  EXPECT_EQ(*await<std::uint64_t>(loop_, [&](auto done) { store_->fileKeepScopes({}, std::move(done)); }), 1u);
  EXPECT_EQ(read(*open("/f")), "app");
}

TEST_P(FilesContract, FS_01_DirectoriesAreImplicit) {
  for (const char* path : {"/a/x", "/a/y/1", "/a/y/2", "/a/y.txt", "/b"}) ASSERT_TRUE(save(path, {"1"}));
  EXPECT_EQ(list("/"), "/a/ /b ");
  EXPECT_EQ(list("/a"), "/a/x /a/y.txt /a/y/ ");
  EXPECT_EQ(list("/a/y/"), "/a/y/1 /a/y/2 ");
  EXPECT_EQ(list("/none"), "");
}

TEST_P(FilesContract, SEC_PathsStayInside) {
  for (const std::string& path : {std::string("../x"), std::string("/a/../../x"), std::string("/"), std::string("/dir/"),
                                  std::string("a\0b", 3), std::string(2'000, 'a')}) {
    EXPECT_EQ(save(path, {"1"}).error().code, ErrorCode::invalidArgument) << path;
    EXPECT_EQ(open(path).error().code, ErrorCode::invalidArgument) << path;
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, FilesContract, allStores(), nameOf);

}  // namespace
}  // namespace redd::store
