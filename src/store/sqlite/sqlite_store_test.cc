// What only the SQLite store promises: one sync for many, order, full disks, restarts.
#include "sqlite/sqlite_store.h"

#include <set>

#include "testing/contract.h"

namespace redd::store::sqlite {
namespace {

class SqliteStoreTest : public ::testing::Test {
 protected:
  void TearDown() override { close(); }

  void open(SqliteStore::Options options = {}) {
    options.label = "s";
    auto database = SqliteStore::openDatabase(dir_.path() / "data.sqlite", options);
    ASSERT_TRUE(database) << database.error().detail;
    store_ = SqliteStore::make(loop_, *std::move(database), readers_, Limits{}, metrics_, options);
  }
  void close() {
    if (!store_) return;
    EXPECT_TRUE(await<void>(loop_, [this](auto done) { store_->close(std::move(done)); }));
    store_.reset();
  }
  std::optional<KvValue> get(const std::string& key) {
    return *await<std::optional<KvValue>>(loop_, [&](auto done) { store_->kvGet("", key, std::move(done)); });
  }
  std::int64_t commits() { return metrics_.counter("redd_store_commits_total", "space=\"s\"").value(); }

  TempDir dir_;
  Loop loop_;
  Metrics metrics_;
  std::shared_ptr<ReaderThreads> readers_ = std::make_shared<ReaderThreads>(3);
  std::shared_ptr<SqliteStore> store_;
};

TEST_F(SqliteStoreTest, WhatGathersInATurnIsOneCommit) {
  open();
  int done = 0;
  for (int i = 0; i < 1'000; ++i) {
    store_->kvIncr("", "n" + std::to_string(i % 7), 1, std::nullopt, [&done](auto value) { done += value ? 1 : 0; });
  }
  loop_.run();
  EXPECT_EQ(done, 1'000);
  EXPECT_EQ(commits(), 1);
}

TEST_F(SqliteStoreTest, DataSurvivesClosingAndOpening) {
  open();
  store_->kvSet("ks", "text", "v", std::nullopt, [](auto) {});
  store_->kvIncr("", "n", 2.5, std::nullopt, [](auto) {});
  store_->insert("c", {R"({"_id":"1"})"}, [](auto) {});
  close();
  open();
  EXPECT_EQ(get("n"), std::optional<KvValue>(2.5));
  EXPECT_EQ(*await<std::uint64_t>(loop_, [&](auto done) { store_->count("c", "{}", std::move(done)); }), 1U);
}

TEST_F(SqliteStoreTest, GetFromTheCacheAnswersInsideTheCall) {
  open();
  EXPECT_EQ(get("k"), std::nullopt);
  bool answered = false;
  store_->kvGet("", "k", [&answered](auto) { answered = true; });
  EXPECT_TRUE(answered);
}

TEST_F(SqliteStoreTest, GetDoesNotStarveBehindWritesThatKeepComing) {
  open();
  bool answered = false;
  int rounds = 0;
  std::function<void()> again = [&] {
    if (answered || ++rounds > 1'000) return;
    store_->kvIncr("", "hot", 1, std::nullopt, [&](auto) { again(); });
    store_->kvIncr("", "hot", 1, std::nullopt, [](auto) {});
  };
  again();
  store_->kvGet("", "hot", [&](auto) { answered = true; });
  loop_.run();
  EXPECT_TRUE(answered);
  EXPECT_LT(rounds, 10);
}

TEST_F(SqliteStoreTest, CacheStaysBoundedAndWhatWasDroppedIsReadAgain) {
  open();
  const std::string large(900'000, 'x');
  for (int i = 0; i < 40; ++i) store_->kvSet("", "k" + std::to_string(i), large + std::to_string(i), std::nullopt, [](auto) {});
  loop_.run();
  loop_.restart();
  bool inside = false;
  store_->kvGet("", "k0", [&inside](auto) { inside = true; });
  EXPECT_FALSE(inside);
  loop_.run();
  EXPECT_EQ(get("k0"), std::optional<KvValue>(large + "0"));
}

TEST_F(SqliteStoreTest, FullDiskFailsWhatNeedsRoomAndNothingElse) {
  open({.label = {}, .pagesMax = 40});
  store_->kvSet("", "small", "v", std::nullopt, [](auto set) { EXPECT_TRUE(set); });
  store_->kvSet("", "victim", std::string(50'000, 'x'), std::nullopt, [](auto set) { EXPECT_TRUE(set); });
  loop_.run();
  loop_.restart();
  std::string seen;
  const auto note = [&seen](std::string name) {
    return [&seen, name](auto result) { seen += name + (result ? "+" : result.error().code == ErrorCode::storageFull ? "!" : "?") + " "; };
  };
  store_->kvSet("", "large", std::string(500'000, 'x'), std::nullopt, note("large"));
  store_->kvIncr("", "n", 1, std::nullopt, note("incr"));
  store_->insert("c", {R"({"t":")" + std::string(500'000, 'x') + "\"}"}, note("insert"));
  store_->kvDel("", "victim", note("del"));
  loop_.run();
  EXPECT_EQ(seen, "large! incr+ insert! del+ ");
  EXPECT_EQ(get("large"), std::nullopt);
  EXPECT_EQ(get("n"), std::optional<KvValue>(1.0));
  EXPECT_EQ(get("victim"), std::nullopt);
}

TEST_F(SqliteStoreTest, NewerFormatIsRefused) {
  open();
  close();
  {
    auto database = Database::open(dir_.path() / "data.sqlite", Mode::readWrite);
    ASSERT_TRUE(database->script("PRAGMA user_version = 99"));
  }
  auto opened = SqliteStore::openDatabase(dir_.path() / "data.sqlite", {});
  ASSERT_FALSE(opened);
  EXPECT_THAT(std::string(opened.error().text()), ::testing::HasSubstr("was written by a newer redd"));
}

TEST_F(SqliteStoreTest, AfterCloseEverythingIsRefused) {
  open();
  close();
  open();
  auto store = store_;
  close();
  store->kvIncr("", "n", 1, std::nullopt, [](auto value) { EXPECT_EQ(value.error().code, ErrorCode::unavailable); });
  store->kvGet("", "n", [](auto value) { EXPECT_EQ(value.error().code, ErrorCode::unavailable); });
  loop_.restart();
  EXPECT_GT(loop_.run(), 0U);
}

TEST_F(SqliteStoreTest, ReadersAndWritersTogether) {
  open();
  int written = 0, read = 0;
  for (int i = 0; i < 300; ++i) {
    store_->insert("c", {R"({"n":)" + std::to_string(i) + "}"}, [&](auto stored) { written += stored ? 1 : 0; });
    store_->find("c", {}, [&](auto page) { read += page ? 1 : 0; });
    store_->kvGet("", "k" + std::to_string(i % 50), [&](auto value) { read += value ? 1 : 0; });
    store_->kvIncr("", "k" + std::to_string(i % 50), 1, std::nullopt, [&](auto value) { written += value ? 1 : 0; });
    if (i % 10 == 0) loop_.poll();
  }
  loop_.restart();
  loop_.run();
  EXPECT_EQ(written, 600);
  EXPECT_EQ(read, 600);
  EXPECT_EQ(get("k7"), std::optional<KvValue>(6.0));
}

// ---- Stores ----

class StoresTest : public ::testing::Test {
 protected:
  TempDir dir_;
  Loop loop_;
  Metrics metrics_;
};

TEST_F(StoresTest, OneStorePerSpaceOpenedOnce) {
  auto stores = *Stores::open(loop_, dir_.path(), Limits{}, metrics_);
  EXPECT_EQ(stores->opened("a"), nullptr);
  std::set<Store*> seen;
  for (int i = 0; i < 3; ++i) stores->get("a", [&seen](auto store) { seen.insert(store->get()); });
  stores->get("b", [&seen](auto store) { seen.insert(store->get()); });
  loop_.run();
  EXPECT_EQ(seen.size(), 2U);
  EXPECT_TRUE(seen.contains(stores->opened("a").get()));
  EXPECT_TRUE(std::filesystem::exists(dir_.path() / "spaces" / "a" / "data.sqlite"));
  EXPECT_TRUE(await<void>(loop_, [&](auto done) { stores->close(std::move(done)); }));
}

TEST_F(StoresTest, RefusesIdsThatAreNoFolderName) {
  auto stores = *Stores::open(loop_, dir_.path(), Limits{}, metrics_);
  for (const char* id : {"", "..", "a/b", "a.b"}) {
    auto store = await<std::shared_ptr<Store>>(loop_, [&](auto done) { stores->get(id, std::move(done)); });
    EXPECT_FALSE(store) << id;
  }
}

TEST_F(StoresTest, ADamagedSpaceHurtsNoOther) {
  std::filesystem::create_directories(dir_.path() / "spaces" / "bad");
  dir_.write("spaces/bad/data.sqlite", std::string(10'000, 'x'));
  auto stores = *Stores::open(loop_, dir_.path(), Limits{}, metrics_);
  auto bad = await<std::shared_ptr<Store>>(loop_, [&](auto done) { stores->get("bad", std::move(done)); });
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().text(), "storage_damaged");
  EXPECT_TRUE(await<std::shared_ptr<Store>>(loop_, [&](auto done) { stores->get("good", std::move(done)); }));
  EXPECT_TRUE(await<void>(loop_, [&](auto done) { stores->close(std::move(done)); }));
}

}  // namespace
}  // namespace redd::store::sqlite
