#include "sqlite/read_queue.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "testing/temp_dir.h"

namespace redd::store::sqlite {
namespace {

class ReadQueueTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kThreads = 3;
  using Job = std::function<void(Moment&)>;

  void SetUp() override {
    database_ = std::make_unique<Database>(*Database::open(file_, Mode::readWrite));
    ASSERT_TRUE(database_->script("CREATE TABLE t(a); INSERT INTO t VALUES(0)"));
  }
  std::shared_ptr<ReadQueue> space() { return std::make_shared<ReadQueue>(loop_, threads_, file_); }
  void add(ReadQueue& queue, Job job) {
    queue.add([this, job = std::move(job)](Moment& moment) -> ReadQueue::Done {
      job(moment);
      return [this] { ++done_; };
    });
  }
  void runUntilDone(int count) {
    while (done_ < count) loop_.run_one();
  }
  static std::int64_t value(Moment& moment, std::uint64_t settled) {
    auto database = moment.from(settled);
    auto row = (*database)->query("SELECT a FROM t");
    EXPECT_TRUE(*row->step());
    return row->integer(0);
  }

  TempDir dir_;
  std::filesystem::path file_ = dir_.path() / "data.sqlite";
  std::unique_ptr<Database> database_;
  Loop loop_;
  ReaderThreads threads_{kThreads};
  int done_ = 0;
};

TEST_F(ReadQueueTest, SlowReadsOfOneSpaceLeaveAThreadToTheOthers) {
  const auto slow = space(), other = space();
  std::latch begun(kThreads - 1), end(1);
  std::atomic<int> running = 0, most = 0;
  for (int i = 0; i < 10; ++i) {
    add(*slow, [&, i](Moment&) {
      const int now = ++running;
      int known = most;
      while (known < now && !most.compare_exchange_weak(known, now)) {
      }
      if (i < static_cast<int>(kThreads) - 1) begun.count_down();
      end.wait();
      --running;
    });
  }
  add(*other, [](Moment&) {});
  runUntilDone(1);  // of the other space, while all that the slow one may run still run
  EXPECT_EQ(slow->size(), 10U);
  begun.wait();
  end.count_down();
  runUntilDone(11);
  EXPECT_EQ(most, static_cast<int>(kThreads) - 1);
}

TEST_F(ReadQueueTest, ASlowReadHoldsUpNoLaterOneOfItsSpace) {
  const auto queue = space();
  std::latch begun(1), end(1);
  add(*queue, [&](Moment&) {
    begun.count_down();
    end.wait();
  });
  loop_.run_one();  // hands it over
  begun.wait();
  for (int i = 0; i < 5; ++i) add(*queue, [](Moment&) {});
  runUntilDone(5);
  end.count_down();
  runUntilDone(6);
}

TEST_F(ReadQueueTest, ASpaceThatNeverRestsLetsOthersHaveTheirTurn) {
  ReaderThreads one(1);
  const auto restless = std::make_shared<ReadQueue>(loop_, one, file_), other = std::make_shared<ReadQueue>(loop_, one, file_);
  const int many = 10 * ReadQueue::kTurn;
  std::latch begun(1), go(1);
  int before = 0, otherAt = -1;
  add(*restless, [&](Moment&) {
    begun.count_down();
    go.wait();
  });
  for (int i = 1; i < many; ++i) add(*restless, [&before](Moment&) { ++before; });
  loop_.run_one();
  begun.wait();
  add(*other, [&](Moment&) { otherAt = before; });
  loop_.run_one();
  go.count_down();
  runUntilDone(many + 1);
  EXPECT_EQ(otherAt, ReadQueue::kTurn - 1);
}

TEST_F(ReadQueueTest, ReadsShareAMomentUntilOneWasCalledAfterACommit) {
  ReadConnections connections(file_);
  Moment moment(connections);
  EXPECT_EQ(value(moment, 1), 0);
  ASSERT_TRUE(database_->run("UPDATE t SET a = 1"));
  EXPECT_EQ(value(moment, 1), 0);
  EXPECT_EQ(value(moment, 2), 1);
}

TEST_F(ReadQueueTest, ATransactionThatEndedByItselfBeginsAnew) {
  ReadConnections connections(file_);
  Moment moment(connections);
  EXPECT_EQ(value(moment, 1), 0);
  (*moment.from(1))->rollback();
  ASSERT_TRUE(database_->run("UPDATE t SET a = 1"));
  EXPECT_EQ(value(moment, 1), 1);
  EXPECT_TRUE((*moment.from(1))->inTransaction());
}

TEST_F(ReadQueueTest, TheLoopStaysUntilAllIsDone) {
  const auto queue = space();
  for (int i = 0; i < 200; ++i) add(*queue, [](Moment& moment) { EXPECT_EQ(value(moment, 0), 0); });
  loop_.run();
  EXPECT_EQ(done_, 200);
  EXPECT_EQ(queue->size(), 0U);
  queue->closeConnections();
}

}  // namespace
}  // namespace redd::store::sqlite
