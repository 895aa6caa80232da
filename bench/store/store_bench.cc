// How many acknowledged increments a second one loop gets out of one space's store, and what a sync costs here.
//   store_bench [DIR] [SECONDS]
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <vector>

#include "base/clock.h"
#include "store/store.h"
#include "testing/temp_dir.h"

namespace redd::store {
namespace {

double cpuSeconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// What the disk takes for one fdatasync after writing 8 KiB over what is there.
void syncTime(const std::filesystem::path& dir) {
  constexpr int kRounds = 500;
  constexpr std::size_t kBytes = 8192 + 24;
  const std::string file = (dir / "sync-probe").string();
  const int fd = ::open(file.c_str(), O_CREAT | O_RDWR, 0600);
  REDD_CHECK(fd >= 0);
  const std::vector<char> block(kBytes, 'x');
  for (int i = 0; i < kRounds; ++i) REDD_CHECK(pwrite(fd, block.data(), kBytes, i * static_cast<off_t>(kBytes)) == kBytes);
  REDD_CHECK(fsync(fd) == 0);
  std::vector<std::int64_t> times;
  for (int i = 0; i < kRounds; ++i) {
    const auto start = monotonicNs();
    REDD_CHECK(pwrite(fd, block.data(), kBytes, i * static_cast<off_t>(kBytes)) == kBytes);
    REDD_CHECK(fdatasync(fd) == 0);
    times.push_back(monotonicNs() - start);
  }
  ::close(fd);
  std::ranges::sort(times);
  fmt::print("write + fdatasync of 8 KiB: p50 {:.0f} us, p99 {:.0f} us\n", static_cast<double>(times[kRounds / 2]) / 1e3,
             static_cast<double>(times[kRounds * 99 / 100]) / 1e3);
}

struct Run {
  std::shared_ptr<Store> store;
  Metrics& metrics;
  int callers;
  int keys;
  std::int64_t endNs;
  std::int64_t acknowledged = 0;
  int running = 0;
  std::vector<std::int64_t> latencies = {};
};

void call(const std::shared_ptr<Run>& run, int caller) {
  const auto start = monotonicNs();
  if (start >= run->endNs) {
    --run->running;
    return;
  }
  const int key = run->keys == 1 ? 0 : static_cast<int>((caller * 7919 + run->acknowledged) % run->keys);
  run->store->kvIncr("", fmt::format("counter-{}", key), 1, std::nullopt, [run, caller, start](Result<double> value) {
    REDD_CHECK(value.has_value());
    ++run->acknowledged;
    run->latencies.push_back(monotonicNs() - start);
    call(run, caller);
  });
}

void measure(Loop& loop, Metrics& metrics, const std::shared_ptr<Store>& store, int callers, int keys, double seconds) {
  const Counter commits = metrics.counter("redd_store_commits_total", "space=\"bench\"");
  const auto commitsBefore = commits.value();
  const auto cpuBefore = cpuSeconds(RUSAGE_SELF);
  const auto loopBefore = cpuSeconds(RUSAGE_THREAD);
  const auto start = monotonicNs();
  auto run = std::make_shared<Run>(Run{store, metrics, callers, keys, start + static_cast<std::int64_t>(seconds * 1e9)});
  for (run->running = 0; run->running < callers; ++run->running) call(run, run->running);
  loop.restart();
  loop.run();
  const double took = static_cast<double>(monotonicNs() - start) / 1e9;
  const auto ops = static_cast<double>(run->acknowledged);
  const auto syncs = static_cast<double>(commits.value() - commitsBefore);
  const auto loopCpu = cpuSeconds(RUSAGE_THREAD) - loopBefore;
  const auto cpu = cpuSeconds(RUSAGE_SELF) - cpuBefore;
  std::ranges::sort(run->latencies);
  const auto at = [&](double part) {
    return static_cast<double>(run->latencies[static_cast<std::size_t>(part * (ops - 1))]) / 1e6;
  };
  fmt::print("{:>4} callers, {:>6} keys: {:>8.0f} incr/s, {:>6.0f} syncs/s, {:>5.1f} per sync, p50 {:.2f} ms, p99 {:.2f} ms, "
             "CPU per incr: loop {:.2f} us, lane and the rest {:.2f} us\n",
             callers, keys, ops / took, syncs / took, ops / syncs, at(0.5), at(0.99), loopCpu / ops * 1e6,
             (cpu - loopCpu) / ops * 1e6);
}

void reads(const std::shared_ptr<Store>& store) {
  constexpr int kReads = 1'000'000;
  int found = 0;
  const auto start = monotonicNs();
  for (int i = 0; i < kReads; ++i) {
    store->kvGet("", "counter-0", [&found](Result<std::optional<KvValue>> value) { found += value && *value ? 1 : 0; });
  }
  const double took = static_cast<double>(monotonicNs() - start) / 1e9;
  fmt::print("kvGet answered from the cache: {:.0f} ns each ({} of {} inside the call)\n", took / kReads * 1e9, found, kReads);
}

int run(const std::filesystem::path& parent, double seconds) {
  TempDir dir(parent);
  syncTime(dir.path());
  Loop loop;
  Metrics metrics;
  auto stores = Stores::open(loop, dir.path(), Limits{}, metrics);
  REDD_CHECK(stores.has_value());
  std::shared_ptr<Store> store;
  (*stores)->get("bench", [&](Result<std::shared_ptr<Store>> opened) { store = *std::move(opened); });
  loop.run();
  for (const int callers : {1, 8, 64, 256}) {
    for (const int keys : {1, 1'000, 100'000}) measure(loop, metrics, store, callers, keys, seconds);
  }
  reads(store);
  (*stores)->close([](Result<void>) {});
  loop.restart();
  loop.run();
  return 0;
}

}  // namespace
}  // namespace redd::store

int main(int argc, char** argv) {
  return redd::store::run(argc > 1 ? argv[1] : std::filesystem::temp_directory_path(), argc > 2 ? std::atof(argv[2]) : 3);
}
