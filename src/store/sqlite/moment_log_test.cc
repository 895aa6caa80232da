#include "sqlite/moment_log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "store/moments.h"
#include "testing/contract.h"

namespace redd::store::sqlite {
namespace {

namespace fs = std::filesystem;

class MomentLogTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void TearDown() override { close(); }
  void open() {
    const auto before = momentSpans(moments())->size();
    stores_ = *Stores::open(loop_, dir_.path(), Limits{}, metrics_, 3'600'000);
    store_ = *await<std::shared_ptr<Store>>(loop_, [&](auto done) { stores_->get("s", std::move(done)); });
    while (momentSpans(moments())->size() <= before) std::this_thread::yield();  // the base is there
  }
  void close() {
    store_.reset();
    if (stores_) EXPECT_TRUE(await<void>(loop_, [this](auto done) { stores_->close(std::move(done)); }));
    stores_.reset();
  }
  void set(const std::string& key, const std::string& value) {
    ASSERT_TRUE(await<void>(loop_, [&](auto done) { store_->kvSet("", key, value, std::nullopt, std::move(done)); }));
  }
  void save(const std::string& path, const std::string& content) {
    auto writer = *await<std::shared_ptr<FileWriter>>(loop_, [&](auto done) { store_->fileCreate(std::move(done)); });
    ASSERT_TRUE(await<void>(loop_, [&](auto done) { writer->append(content, std::move(done)); }));
    ASSERT_TRUE(await<FileInfo>(loop_, [&](auto done) { writer->commit("", path, "", std::move(done)); }));
  }
  // A moment that lies behind what was done and before what comes.
  UnixMs moment() {
    const auto now = nowMs();
    while (nowMs() <= now + 1) std::this_thread::yield();
    return now + 1;
  }
  fs::path moments() const { return dir_.path() / "moments" / "s"; }
  // The store as it was; what `ask` reads from it.
  std::string then(UnixMs at, const std::function<std::string(Store&)>& ask) {
    const auto target = dir_.path() / "then" / "spaces" / std::to_string(++rebuilt_);
    fs::create_directories(target);
    const auto done = rebuildMoment(moments(), dir_.path() / "spaces" / "s", at, target);
    if (!done) return std::string(done.error().text());
    auto stores = *Stores::open(loop_, dir_.path() / "then", Limits{}, metrics_);
    auto store = *await<std::shared_ptr<Store>>(loop_, [&](auto ready) { stores->get(std::to_string(rebuilt_), std::move(ready)); });
    auto out = ask(*store);
    store.reset();
    EXPECT_TRUE(await<void>(loop_, [&](auto closed) { stores->close(std::move(closed)); }));
    return out;
  }
  std::string valueThen(UnixMs at, const std::string& key) {
    return then(at, [&](Store& store) {
      const auto value = *await<std::optional<KvValue>>(loop_, [&](auto done) { store.kvGet("", key, std::move(done)); });
      return value ? std::get<std::string>(*value) : std::string();
    });
  }
  std::string fileThen(UnixMs at, const std::string& path) {
    return then(at, [&](Store& store) {
      const auto file = await<std::shared_ptr<FileReader>>(loop_, [&](auto done) { store.fileOpen("", path, std::move(done)); });
      return file ? *await<std::string>(loop_, [&](auto done) { (*file)->read(0, 1'000, std::move(done)); }) : std::string(file.error().text());
    });
  }

  TempDir dir_;
  Loop loop_;
  Metrics metrics_;
  std::unique_ptr<Stores> stores_;
  std::shared_ptr<Store> store_;
  int rebuilt_ = 0;
};

TEST_F(MomentLogTest, LandsBetweenTwoWrites) {
  set("key", "one");
  const auto first = moment();
  set("key", "two");
  const auto second = moment();
  set("key", "three");
  close();
  EXPECT_EQ(valueThen(first, "key"), "one");
  EXPECT_EQ(valueThen(second, "key"), "two");
  EXPECT_EQ(valueThen(nowMs(), "key"), "three");
}

// Far more than a WAL holds before a checkpoint, so that it begins anew many times.
TEST_F(MomentLogTest, CheckpointsLoseNoMoment) {
  const std::string filling(50'000, 'x');
  std::vector<UnixMs> moments;
  for (int round = 0; round < 12; ++round) {
    for (int i = 0; i < 40; ++i) set("filling" + std::to_string(i), std::to_string(round) + filling);
    set("round", std::to_string(round));
    moments.push_back(moment());
  }
  close();
  EXPECT_LT(fs::file_size(dir_.path() / "spaces" / "s" / "data.sqlite"), 40u << 20);
  for (const int round : {0, 5, 10}) {
    EXPECT_EQ(valueThen(moments[static_cast<std::size_t>(round)], "round"), std::to_string(round));
    EXPECT_EQ(valueThen(moments[static_cast<std::size_t>(round)], "filling7"), std::to_string(round) + filling);
  }
}

TEST_F(MomentLogTest, FilesThatWereRemovedAreThereAgain) {
  save("/f", "old content");
  const auto before = moment();
  save("/f", "new content");
  const auto after = moment();
  ASSERT_TRUE(await<FileInfo>(loop_, [&](auto done) { store_->fileRemove("", "/f", std::move(done)); }));
  close();
  EXPECT_EQ(fileThen(before, "/f"), "old content");
  EXPECT_EQ(fileThen(after, "/f"), "new content");
  EXPECT_NE(fileThen(nowMs(), "/f"), "new content");
}

TEST_F(MomentLogTest, ARestartBeginsAChainAndKeepsTheOld) {
  set("key", "one");
  const auto first = moment();
  close();
  open();
  set("key", "two");
  close();
  EXPECT_EQ(valueThen(first, "key"), "one");
  EXPECT_EQ(valueThen(nowMs(), "key"), "two");
}

TEST_F(MomentLogTest, BeforeTheFirstMomentThereIsNone) {
  set("key", "one");
  close();
  EXPECT_NE(valueThen(1'000, "key").find("lies before what is kept"), std::string::npos);
}

TEST_F(MomentLogTest, AFlippedByteIsFound) {
  set("key", "one");
  close();
  for (const auto& one : fs::directory_iterator(moments())) {
    if (!fs::exists(one.path() / "log")) continue;
    std::fstream log(one.path() / "log", std::ios::in | std::ios::out | std::ios::binary);
    log.seekp(200);
    log.put('?');
  }
  EXPECT_NE(valueThen(nowMs(), "key").find("is damaged"), std::string::npos);
}

}  // namespace
}  // namespace redd::store::sqlite
