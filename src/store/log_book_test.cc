#include "store/log_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "testing/temp_dir.h"

namespace redd::store {
namespace {

using testing::ElementsAre;
using Texts = std::vector<std::string>;

class LogBookTest : public testing::Test {
 protected:
  LogBookTest() { reopen(); }
  ~LogBookTest() override { close(); }

  void reopen() {
    auto opened = LogBook::open(loop_, dir_.path(), limits_, metrics_);
    ASSERT_TRUE(opened);
    book_ = std::move(*opened);
  }
  void close() {
    if (!book_) return;
    std::optional<Result<void>> closed;
    book_->close([&](Result<void> result) { closed = std::move(result); });
    while (!closed) loop_.run_one();
    book_.reset();
  }
  void append(std::string text, std::string context = "routehooks", std::string_view space = "s1") {
    LogLine line;
    line.level = "log";
    line.context = std::move(context);
    line.text = std::move(text);
    book_->append(space, std::move(line));
  }
  Texts tail(std::size_t count, std::string context = "", std::string space = "s1") {
    std::optional<Result<std::vector<LogLine>>> lines;
    book_->tail(space, count, context, [&](auto result) { lines = std::move(result); });
    while (!lines) loop_.run_one();
    Texts texts;
    for (const LogLine& line : **lines) texts.push_back(line.text);
    return texts;
  }

  TempDir dir_;
  Limits limits_;
  Metrics metrics_;
  Loop loop_;
  boost::asio::executor_work_guard<Loop::executor_type> work_ = boost::asio::make_work_guard(loop_);
  std::unique_ptr<LogBook> book_;
};

TEST_F(LogBookTest, TailIsTheNewestOldestFirstAndSurvivesReopening) {
  for (const char* text : {"a", "b", "c"}) append(text);
  append("elsewhere", "routehooks", "s2");
  EXPECT_THAT(tail(2), ElementsAre("b", "c"));
  close();
  reopen();
  append("d");
  EXPECT_THAT(tail(10), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(tail(10, "", "s2"), ElementsAre("elsewhere"));
}

TEST_F(LogBookTest, FiltersByContext) {
  append("route");
  append("request", "request");
  EXPECT_THAT(tail(10, "request"), ElementsAre("request"));
  EXPECT_THAT(tail(10, "nothing"), ElementsAre());
}

TEST_F(LogBookTest, FollowersHearLinesUntilTheyEnd) {
  Texts heard;
  auto handle = book_->follow("s1", [&](const LogLine& line) { heard.push_back(line.text); });
  append("one");
  append("not mine", "routehooks", "s2");
  EXPECT_THAT(heard, ElementsAre("one"));
  handle.reset();
  append("two");
  EXPECT_THAT(heard, ElementsAre("one"));
}

TEST_F(LogBookTest, KeepsOnlyTheNewestLines) {
  close();
  limits_.logLinesPerSpaceMax = 5;
  reopen();
  for (int i = 0; i < 20; ++i) append(std::to_string(i));
  EXPECT_THAT(tail(100), ElementsAre("15", "16", "17", "18", "19"));
}

TEST_F(LogBookTest, AFloodIsCutAndCounted) {
  close();
  limits_.logLinesPerSecond = 1'000'000'000;  // the bucket is full again by the next line
  limits_.logLinesBurst = 0;                  // and holds nothing
  reopen();
  for (int i = 0; i < 50; ++i) append("x");
  EXPECT_THAT(tail(100), ElementsAre());
  EXPECT_EQ(metrics_.counter("redd_log_lines_dropped_total").value(), 50);
}

TEST_F(LogBookTest, LongLinesAreCut) {
  append(std::string(100'000, 'x'));
  EXPECT_EQ(tail(1).at(0).size(), limits_.logLineBytesMax);
}

}  // namespace
}  // namespace redd::store
