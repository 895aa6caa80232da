#include "store/sqlite/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include "testing/temp_dir.h"

namespace redd::store::sqlite {
namespace {

using ::testing::HasSubstr;

class DatabaseTest : public ::testing::Test {
 protected:
  Database open(Mode mode = Mode::readWrite) {
    auto opened = Database::open(dir_.path() / "test.sqlite", mode);
    EXPECT_TRUE(opened) << opened.error().detail;
    return *std::move(opened);
  }
  TempDir dir_;
};

TEST_F(DatabaseTest, KeepsEveryKindOfValue) {
  Database db = open();
  ASSERT_TRUE(db.script("CREATE TABLE t(a, b, c, d, e)"));
  ASSERT_TRUE(db.run("INSERT INTO t VALUES(?, ?, ?, ?, ?)", 7, 0.1, std::string("a\0b", 3), Blob{"raw"},
                     std::optional<int>()));
  auto rows = db.query("SELECT a, b, c, d, e FROM t");
  ASSERT_TRUE(rows);
  ASSERT_TRUE(*rows->step());
  EXPECT_EQ(rows->integer(0), 7);
  EXPECT_EQ(rows->real(1), 0.1);
  EXPECT_EQ(rows->text(2), std::string_view("a\0b", 3));
  EXPECT_EQ(rows->kind(3), Statement::Kind::blob);
  EXPECT_TRUE(rows->isNull(4));
  EXPECT_FALSE(*rows->step());
}

TEST_F(DatabaseTest, SameSqlTwiceAtOnce) {
  Database db = open();
  ASSERT_TRUE(db.script("CREATE TABLE t(a); INSERT INTO t VALUES(1),(2)"));
  auto outer = db.query("SELECT a FROM t ORDER BY a");
  ASSERT_TRUE(*outer->step());
  auto inner = db.query("SELECT a FROM t ORDER BY a");
  ASSERT_TRUE(*inner->step());
  ASSERT_TRUE(*inner->step());
  EXPECT_EQ(inner->integer(0), 2);
  EXPECT_EQ(outer->integer(0), 1);
}

TEST_F(DatabaseTest, UniqueConstraintIsAlreadyExists) {
  Database db = open();
  ASSERT_TRUE(db.script("CREATE TABLE t(a PRIMARY KEY)"));
  ASSERT_TRUE(db.run("INSERT INTO t VALUES(?)", "x"));
  auto again = db.run("INSERT INTO t VALUES(?)", "x");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::alreadyExists);
}

TEST_F(DatabaseTest, TransactionRollsBackUnlessCommitted) {
  Database db = open();
  ASSERT_TRUE(db.script("CREATE TABLE t(a)"));
  { auto lost = Transaction::begin(db); ASSERT_TRUE(db.run("INSERT INTO t VALUES(1)")); }
  {
    auto kept = Transaction::begin(db);
    ASSERT_TRUE(db.run("INSERT INTO t VALUES(2)"));
    ASSERT_TRUE(kept->commit());
  }
  auto rows = db.query("SELECT sum(a) FROM t");
  ASSERT_TRUE(*rows->step());
  EXPECT_EQ(rows->integer(0), 2);
}

TEST_F(DatabaseTest, MigratesStepByStepAndRefusesNewerFormat) {
  const std::array<const char*, 1> first = {"CREATE TABLE t(a)"};
  const std::array<const char*, 2> second = {"CREATE TABLE t(a)", "ALTER TABLE t ADD COLUMN b"};
  { Database db = open(); ASSERT_TRUE(db.migrate(first, "the test")); }
  {
    Database db = open();
    ASSERT_TRUE(db.migrate(second, "the test"));
    ASSERT_TRUE(db.run("INSERT INTO t VALUES(1, 2)"));
  }
  Database db = open();
  auto older = db.migrate(first, "the test");
  ASSERT_FALSE(older);
  EXPECT_THAT(std::string(older.error().text()), HasSubstr("newer redd (format 2, this one knows 1)"));
}

TEST_F(DatabaseTest, ReadOnlySeesCommitsAndCannotWrite) {
  Database writer = open();
  ASSERT_TRUE(writer.script("CREATE TABLE t(a)"));
  Database reader = open(Mode::readOnly);
  ASSERT_TRUE(writer.run("INSERT INTO t VALUES(5)"));
  { auto rows = reader.query("SELECT a FROM t");
    ASSERT_TRUE(*rows->step());
    EXPECT_EQ(rows->integer(0), 5); }
  EXPECT_FALSE(reader.run("INSERT INTO t VALUES(6)"));
}

TEST_F(DatabaseTest, CountsWalPagesUntilCheckpoint) {
  Database db = open();
  db.checkpointByHand();
  ASSERT_TRUE(db.script("CREATE TABLE t(a)"));
  EXPECT_GT(db.walPages(), 0);
  ASSERT_TRUE(db.checkpoint(Database::Checkpoint::passive));
  EXPECT_EQ(db.walPages(), 0);
}

// The writer lane empties the WAL every few seconds; while a backup reads, that must not hold up those who write.
TEST_F(DatabaseTest, ACheckpointDoesNotWaitForALongReader) {
  Database db = open();
  db.checkpointByHand();
  ASSERT_TRUE(db.script("CREATE TABLE t(a); INSERT INTO t VALUES(1)"));
  Database reader = open(Mode::readOnly);
  const auto moment = Transaction::beginReading(reader);
  ASSERT_TRUE(moment && reader.run("SELECT 1 FROM sqlite_schema"));
  ASSERT_TRUE(db.script("INSERT INTO t VALUES(2)"));
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(db.checkpoint(Database::Checkpoint::truncate));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(4'500)) << "a statement may wait 5 s for others";
  EXPECT_GT(db.walFrames(), 0) << "what the reader needs is still there";
}

TEST_F(DatabaseTest, DirectoryThatIsNotThere) {
  auto opened = Database::open(dir_.path() / "none" / "x.sqlite", Mode::readWrite);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().detail, HasSubstr("none/x.sqlite"));
}

TEST_F(DatabaseTest, FileThatIsNoDatabase) {
  dir_.write("test.sqlite", std::string(4096, 'x'));
  auto opened = Database::open(dir_.path() / "test.sqlite", Mode::readWrite);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().text(), "storage_damaged");
}

TEST_F(DatabaseTest, ACopyIsOfOneMomentWhileOthersWrite) {
  Database writer = open();
  ASSERT_TRUE(writer.script("CREATE TABLE t(a INTEGER, filling BLOB)"));
  for (int i = 0; i < 2'000; ++i) ASSERT_TRUE(writer.run("INSERT INTO t VALUES(?, zeroblob(4000))", i));
  Database reader = open(Mode::readOnly);
  int asked = 0;
  const auto copied = reader.copyTo(dir_.path() / "copy.sqlite", [&](std::int64_t pagesLeft) {
    ++asked;
    EXPECT_GT(pagesLeft, 0);
    EXPECT_TRUE(writer.run("UPDATE t SET a = a + 1"));
    return true;
  });
  ASSERT_TRUE(copied) << copied.error().detail;
  EXPECT_GT(asked, 0);
  auto copy = Database::open(dir_.path() / "copy.sqlite", Mode::readWrite);
  ASSERT_TRUE(copy);
  EXPECT_TRUE(copy->check());
  auto sum = copy->query("SELECT SUM(a), COUNT(*) FROM t");
  ASSERT_TRUE(*sum->step());
  EXPECT_EQ(sum->integer(0), 1'999 * 1'000);
  EXPECT_EQ(sum->integer(1), 2'000);
}

TEST_F(DatabaseTest, ACopyThatIsBrokenOffLeavesNothing) {
  Database db = open();
  ASSERT_TRUE(db.script("CREATE TABLE t(filling BLOB); INSERT INTO t VALUES(zeroblob(9000000))"));
  const auto copied = db.copyTo(dir_.path() / "copy.sqlite", [](std::int64_t) { return false; });
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::cancelled);
  EXPECT_FALSE(std::filesystem::exists(dir_.path() / "copy.sqlite"));
}

TEST_F(DatabaseTest, AMigrationKeepsTheFileAsItWas) {
  constexpr std::array<const char*, 1> first{"CREATE TABLE t(a); INSERT INTO t VALUES(7)"};
  constexpr std::array<const char*, 2> second{"", "DROP TABLE t"};
  Database db = open();
  ASSERT_TRUE(db.migrate(first, "It"));
  ASSERT_TRUE(db.migrate(second, "It"));
  auto kept = Database::open(dir_.path() / "test.sqlite.before-format-2", Mode::readWrite);
  ASSERT_TRUE(kept);
  auto row = kept->query("SELECT a FROM t");
  ASSERT_TRUE(row);
  ASSERT_TRUE(*row->step());
  EXPECT_EQ(row->integer(0), 7);
}

}  // namespace
}  // namespace redd::store::sqlite
