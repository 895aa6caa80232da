#include "store/log_book.h"

#include "log_files.h"
#include "testing/contract.h"

#include <algorithm>

namespace redd::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class LogBookTest : public ::testing::Test {
 protected:
  void open(const Limits& limits = {}, std::size_t daysMax = LogBook::kDaysMax) {
    book_ = *LogBook::open(loop_, dir_.path(), limits, metrics_, daysMax);
  }
  void TearDown() override {
    if (book_) EXPECT_TRUE(await<void>(loop_, [this](auto done) { book_->close(std::move(done)); }));
  }
  void say(const std::string& text, const std::string& context = "routehooks") {
    book_->append("s", {.id = {}, .time = 0, .level = "log", .context = context, .requestId = "r1", .text = text});
  }
  std::vector<LogLine> tail(std::size_t count, const LogFilter& filter = {}) {
    auto lines = await<std::vector<LogLine>>(loop_, [&](auto done) { book_->tail("s", count, filter, std::move(done)); });
    EXPECT_TRUE(lines) << lines.error().detail;
    return lines.value_or(std::vector<LogLine>());
  }
  std::vector<std::string> texts(std::size_t count, const LogFilter& filter = {}) {
    std::vector<std::string> all;
    for (const auto& line : tail(count, filter)) all.push_back(line.text);
    return all;
  }
  TempDir dir_;
  Loop loop_;
  Metrics metrics_;
  std::unique_ptr<LogBook> book_;
};

TEST_F(LogBookTest, TailGivesTheNewestOldestFirst) {
  open();
  for (const char* text : {"one", "two", "three"}) say(text);
  say("other", "gateway");
  EXPECT_THAT(texts(3), ElementsAre("two", "three", "other"));
  EXPECT_THAT(texts(2, {.context = "routehooks"}), ElementsAre("two", "three"));
  const auto lines = tail(10);
  EXPECT_TRUE(std::ranges::is_sorted(lines, {}, &LogLine::id));
  EXPECT_GT(lines.front().time, 0);
  EXPECT_EQ(lines.front().requestId, "r1");
  EXPECT_EQ(lines.front().level, "log");
}

TEST_F(LogBookTest, LinesSurviveClosing) {
  open();
  say("kept");
  EXPECT_TRUE(await<void>(loop_, [this](auto done) { book_->close(std::move(done)); }));
  open();
  say("later");
  EXPECT_THAT(texts(10), ElementsAre("kept", "later"));
}

TEST_F(LogBookTest, LinesReachTheDiskWithoutBeingAskedFor) {
  open();
  say("written by the timer");
  loop_.run_one();  // the timer hands them over
  loop_.run_one();  // the writer tells that it is done
  LogFiles files(dir_.path(), 10, 7);
  EXPECT_EQ(files.tail("s", 10, {})->size(), 1U);
}

TEST_F(LogBookTest, FollowersHearAtOnceAndUntilTheyGo) {
  open();
  std::string heard;
  auto handle = book_->follow("s", [&heard](const LogLine& line) { heard += line.text + " "; });
  auto other = book_->follow("t", [&heard](const LogLine&) { heard += "wrong "; });
  say("a");
  EXPECT_EQ(heard, "a ");
  handle.reset();
  say("b");
  EXPECT_EQ(heard, "a ");
}

TEST_F(LogBookTest, AFollowerMayEndItselfAndFollowAnew) {
  open();
  int heard = 0;
  std::shared_ptr<void> handle;
  handle = book_->follow("s", [&](const LogLine&) {
    ++heard;
    handle = book_->follow("s", [](const LogLine&) {});
  });
  say("a");
  say("b");
  EXPECT_EQ(heard, 1);
}

TEST_F(LogBookTest, TooManyLinesAreCountedInOne) {
  Limits limits;
  limits.logLinesBurst = 10;
  limits.logLinesPerSecond = 1;
  open(limits);
  for (int i = 0; i < 30; ++i) say(std::to_string(i));
  EXPECT_TRUE(await<void>(loop_, [this](auto done) { book_->close(std::move(done)); }));
  open();
  const auto all = texts(100);
  ASSERT_EQ(all.size(), 11U);
  EXPECT_EQ(all[9], "9");
  EXPECT_EQ(all[10], "dropped 20 lines: more than 1 a second");
  EXPECT_EQ(metrics_.counter("redd_log_lines_dropped_total").value(), 20);
}

TEST_F(LogBookTest, OldLinesGoWhenThereAreTooMany) {
  Limits limits;
  limits.logLinesPerSpaceMax = 5;
  open(limits);
  for (int i = 0; i < 12; ++i) say(std::to_string(i));
  EXPECT_THAT(texts(100), ElementsAre("7", "8", "9", "10", "11"));
}

TEST_F(LogBookTest, LongLinesAreCutBetweenCharacters) {
  Limits limits;
  limits.logLineBytesMax = 22;
  open(limits);
  say("abc\xC3\xA9" + std::string(95, 'x'));
  say(std::string(22, 'y'));
  EXPECT_THAT(texts(2), ElementsAre("abc\xE2\x80\xA6 (of 100 bytes)", std::string(22, 'y')));
}

TEST_F(LogBookTest, FiltersNarrowTheWholeLogNotItsEnd) {
  open();
  for (const char* level : {"debug", "log", "info", "warn", "error"}) {
    book_->append("s", {.id = {}, .time = 0, .level = level, .context = "routehooks", .requestId = level, .text = std::string("A ") + level});
  }
  for (int i = 0; i < 20; ++i) say("noise", "gateway");
  EXPECT_THAT(texts(10, {.level = "warn"}), ElementsAre("A warn", "A error"));
  EXPECT_THAT(texts(10, {.context = "routehooks", .level = "info"}), ElementsAre("A log", "A info", "A warn", "A error"));
  EXPECT_THAT(texts(10, {.requestId = "debug"}), ElementsAre("A debug"));
  EXPECT_THAT(texts(10, {.text = "a WARN"}), ElementsAre("A warn"));
  EXPECT_THAT(texts(1, {.text = "a "}), ElementsAre("A error"));
  EXPECT_TRUE(checkLogLevel("error"));
  EXPECT_THAT(std::string(checkLogLevel("loud").error().text()), ::testing::HasSubstr("'loud'"));
}

TEST_F(LogBookTest, LinesOlderThanTheLimitAreGoneAlsoFromASilentSpace) {
  open({}, 2);
  const UnixMs day = 24 * 3'600'000;
  book_->append("s", {.id = {}, .time = nowMs() - 3 * day, .level = "log", .context = {}, .requestId = {}, .text = "too old"});
  book_->append("s", {.id = {}, .time = nowMs() - day, .level = "log", .context = {}, .requestId = {}, .text = "young enough"});
  EXPECT_THAT(texts(10), ElementsAre("young enough"));
  EXPECT_TRUE(await<void>(loop_, [this](auto done) { book_->close(std::move(done)); }));
  open({}, 3'650);
  EXPECT_THAT(texts(10), ElementsAre("young enough"));  // taken off the disk, not just hidden
}

TEST_F(LogBookTest, RefusalsOutliveTheLinesAndARestart) {
  Limits limits;
  limits.logLinesPerSpaceMax = 5;
  open(limits);
  const auto refuse = [this](const std::string& reason) {
    book_->append("s", {.id = {}, .time = 0, .level = "warn", .context = "request", .requestId = "r", .text = "refused", .fields = R"("path":"/a")",
                        .refusal = reason});
  };
  refuse("expired");
  refuse("issuer");
  refuse("expired");
  for (int i = 0; i < 12; ++i) say("noise");
  EXPECT_TRUE(await<void>(loop_, [this](auto done) { book_->close(std::move(done)); }));
  open();
  const auto found = await<Refusals>(loop_, [this](auto done) { book_->refusals("s", 2, std::move(done)); });
  ASSERT_TRUE(found);
  ASSERT_EQ(found->newest.size(), 2U);
  EXPECT_EQ(found->newest[0].refusal, "expired");
  EXPECT_EQ(found->newest[1].refusal, "issuer");
  EXPECT_EQ(found->newest[0].fields, R"("path":"/a")");
  ASSERT_EQ(found->counts.size(), 2U);
  EXPECT_EQ(found->counts[0].reason, "expired");
  EXPECT_EQ(found->counts[0].count, 2);
}

TEST_F(LogBookTest, AForgottenSpaceLeavesNothing) {
  open();
  say("written");
  EXPECT_THAT(texts(10), ElementsAre("written"));
  int heard = 0;
  const auto following = book_->follow("s", [&heard](const LogLine&) { ++heard; });
  say("waits");
  EXPECT_TRUE(await<void>(loop_, [this](auto done) { book_->forget("s", std::move(done)); }));
  const auto folder = dir_.path() / "spaces" / "s";
  std::error_code failed;
  for (const auto& one : std::filesystem::directory_iterator("/proc/self/fd")) {
    EXPECT_FALSE(std::filesystem::read_symlink(one, failed).string().starts_with(folder.string())) << "its file is closed";
  }
  std::filesystem::remove_all(folder);
  book_->append("t", {.id = {}, .time = 0, .level = "log", .context = {}, .requestId = {}, .text = "another's"});
  EXPECT_TRUE(await<void>(loop_, [this](auto done) { book_->close(std::move(done)); }));
  EXPECT_FALSE(std::filesystem::exists(folder)) << "what waited does not bring the folder back";
  EXPECT_EQ(heard, 1);
  open();
}

TEST_F(LogBookTest, CallersAreCountedOnceEachAndOutliveARestart) {
  open();
  const auto call = [this](std::string_view digest, std::string_view space = "s") {
    book_->called(space, {digest, "https://idp.test/", R"(["api"])", "RS256", "k1"});
  };
  const auto callers = [this] { return *await<std::vector<Caller>>(loop_, [this](auto done) { book_->callers("s", std::move(done)); }); };
  for (const char* digest : {"a", "b", "a", "a"}) call(digest);
  call("c", "t");
  ASSERT_EQ(callers().size(), 2U);
  call("a");
  EXPECT_TRUE(await<void>(loop_, [this](auto done) { book_->close(std::move(done)); }));
  open();
  const auto found = callers();
  ASSERT_EQ(found.size(), 2U);
  const auto& a = *std::ranges::find(found, "a", &Caller::digest);
  EXPECT_EQ(a.count, 4U);
  EXPECT_EQ(a.issuer, "https://idp.test/");
  EXPECT_EQ(a.audience, R"(["api"])");
  EXPECT_EQ(a.algorithm, "RS256");
  EXPECT_EQ(a.keyId, "k1");
  EXPECT_LE(a.lastMs, nowMs());
  EXPECT_GT(a.lastMs, nowMs() - 2 * 60'000);
  call("d");
  EXPECT_TRUE(await<void>(loop_, [this](auto done) { book_->forget("s", std::move(done)); }));
  EXPECT_EQ(callers().size(), 2U) << "what waited is dropped";
}

TEST_F(LogBookTest, OldCallersAndThoseBeyondTheNumberGo) {
  LogFiles files(dir_.path(), 10, 7);
  const auto write = [&files](const std::string& prefix, std::size_t count, UnixMs last) {
    std::vector<Caller> many;
    for (std::size_t i = 0; i < count; ++i) many.push_back({prefix + std::to_string(i), "", "[]", "RS256", "", last, 1});
    EXPECT_TRUE(files.writeCallers("s", many));
  };
  const auto now = nowMs();
  write("late", 3, now - LogBook::kCallersKeptMs + 60'000);
  write("gone", 3, now - LogBook::kCallersKeptMs - 1);
  EXPECT_EQ(files.callers("s")->size(), 3U);
  write("new", LogBook::kCallersKept - 1, now);
  const auto kept = *files.callers("s");
  ASSERT_EQ(kept.size(), LogBook::kCallersKept);
  EXPECT_TRUE(kept.front().digest.starts_with("new"));
  EXPECT_TRUE(kept.back().digest.starts_with("late"));
}

TEST_F(LogBookTest, ALogOfAnOlderServerIsTakenOver) {
  const auto folder = dir_.path() / "spaces" / "s";
  std::filesystem::create_directories(folder);
  {
    auto old = sqlite::Database::open(folder / "log.sqlite", sqlite::Mode::readWrite);
    ASSERT_TRUE(old);
    ASSERT_TRUE(old->script("CREATE TABLE line(id TEXT PRIMARY KEY, time INTEGER NOT NULL, level TEXT NOT NULL, context TEXT NOT NULL,"
                            "  request TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;"
                            "PRAGMA user_version = 1"));
    ASSERT_TRUE(old->run("INSERT INTO line VALUES('000000000001000000', ?, 'log', 'routehooks', 'r0', 'written before')", nowMs()));
  }
  open();
  book_->called("s", {"a", "https://idp.test/", "[]", "RS256", "k1"});
  say("written now");
  EXPECT_THAT(texts(10), ElementsAre("written before", "written now"));
  const auto callers = await<std::vector<Caller>>(loop_, [this](auto done) { book_->callers("s", std::move(done)); });
  ASSERT_TRUE(callers) << callers.error().detail;
  EXPECT_EQ(callers->size(), 1U);
  for (const auto& one : std::filesystem::directory_iterator(folder)) {
    EXPECT_THAT(one.path().filename().string(), Not(HasSubstr("before-format"))) << "lines would outlive their age in it";
  }
}

TEST_F(LogBookTest, SpacesAreApart) {
  open();
  say("here");
  book_->append("t", {.id = {}, .time = 0, .level = "log", .context = {}, .requestId = {}, .text = "there"});
  EXPECT_THAT(texts(10), ElementsAre("here"));
}

}  // namespace
}  // namespace redd::store
