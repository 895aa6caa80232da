// REL-08: what was acknowledged is there after a kill -9 at any moment.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <random>

#include "testing/contract.h"

namespace redd::store {
namespace {

constexpr int kRounds = 20;
constexpr int kCallers = 16;

struct Child {
  Loop loop;
  Metrics metrics;
  std::shared_ptr<Store> store;
  int pipe;

  void again(int caller) {
    store->kvIncr("", "counter", 1, std::nullopt, [this, caller](Result<double> value) {
      if (!value || ::write(pipe, "+", 1) != 1) _exit(1);
      again(caller);
    });
  }
};

// Never returns: increments and acknowledges, one byte each, until it is killed.
[[noreturn]] void runChild(const std::filesystem::path& dir, int pipe) {
  Child child{.loop = {}, .metrics = {}, .store = {}, .pipe = pipe};
  auto stores = Stores::open(child.loop, dir, Limits{}, child.metrics);
  (*stores)->get("s", [&child](auto store) {
    child.store = *store;
    for (int caller = 0; caller < kCallers; ++caller) child.again(caller);
  });
  child.loop.run();
  _exit(1);
}

// Kills the child after it has acknowledged `enough`, and counts every acknowledgement it ever gave.
std::int64_t acknowledgedBeforeKill(const std::filesystem::path& dir, std::int64_t enough) {
  int ends[2];
  REDD_CHECK(pipe(ends) == 0);
  const pid_t pid = fork();
  REDD_CHECK(pid >= 0);
  if (pid == 0) {
    ::close(ends[0]);
    runChild(dir, ends[1]);
  }
  ::close(ends[1]);
  std::int64_t acknowledged = 0;
  bool killed = false;
  char buffer[4'096];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;) {
    acknowledged += n;
    if (!killed && acknowledged >= enough) killed = kill(pid, SIGKILL) == 0;
  }
  ::close(ends[0]);
  int status = 0;
  REDD_CHECK(waitpid(pid, &status, 0) == pid);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  return acknowledged;
}

double stored(const std::filesystem::path& dir) {
  Loop loop;
  Metrics metrics;
  auto stores = *Stores::open(loop, dir, Limits{}, metrics);
  auto store = await<std::shared_ptr<Store>>(loop, [&](auto done) { stores->get("s", std::move(done)); });
  EXPECT_TRUE(store) << store.error().detail;
  auto value = await<std::optional<KvValue>>(loop, [&](auto done) { (*store)->kvGet("", "counter", std::move(done)); });
  EXPECT_TRUE(await<void>(loop, [&](auto done) { stores->close(std::move(done)); }));
  return *value ? std::get<double>(**value) : 0;
}

TEST(Kill, AcknowledgedIncrementsSurvive) {
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  TempDir dir;
  double before = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto enough = std::uniform_int_distribution<std::int64_t>(1, 500)(random);
    const auto acknowledged = acknowledgedBeforeKill(dir.path(), enough);
    const double after = stored(dir.path());
    EXPECT_GE(after, before + static_cast<double>(acknowledged)) << "round " << round;
    // At most what was under way may have been kept without being acknowledged.
    EXPECT_LE(after, before + static_cast<double>(acknowledged) + 2 * kCallers) << "round " << round;
    before = after;
  }
}

}  // namespace
}  // namespace redd::store
