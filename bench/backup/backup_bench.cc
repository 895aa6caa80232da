// The longest pause that a backup makes for those who write meanwhile: increments at a steady rate, each durable before it is acknowledged,
// first alone, then while backups of a space of SIZE MiB are made.
//   backup_bench [DIR] [SIZE_MIB] [SECONDS]
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <optional>
#include <thread>
#include <vector>

#include "backup/server_backup.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/suspend.h"
#include "space/catalogue.h"
#include "store/store.h"

namespace redd {
namespace {

namespace fs = std::filesystem;
constexpr int kWritesPerSecond = 500;

struct House {
  explicit House(fs::path folder) : dataDir(std::move(folder)) {
    catalogue = *space::Catalogue::open(dataDir);
    const auto project = (*catalogue->createProject("bench"))->uniqueName;
    const auto space = *catalogue->createSpace(project, "dev");
    stores = *store::Stores::open(loop, dataDir, limits, metrics);
    stores->get(space->id, [this](Result<std::shared_ptr<store::Store>> opened) { store = *opened; });
    while (!store) loop.run_one();
  }
  fs::path dataDir;
  Limits limits;
  Metrics metrics;
  Loop loop;
  boost::asio::executor_work_guard<Loop::executor_type> guard{loop.get_executor()};
  std::unique_ptr<space::Catalogue> catalogue;
  std::unique_ptr<store::Stores> stores;
  std::shared_ptr<store::Store> store;
};

void fill(House& house, int mebibytes) {
  for (int i = 0; i < mebibytes; ++i) {
    std::vector<std::string> documents;
    for (int j = 0; j < 256; ++j) documents.push_back(fmt::format(R"({{"n":{},"filling":"{}"}})", i * 256 + j, randomLabel(64) + std::string(3'950, 'x')));
    bool done = false;
    house.store->insert("filling", std::move(documents), [&done](auto stored) { done = stored.has_value(); });
    while (!done) house.loop.run_one();
  }
}

struct Writing {
  House& house;
  boost::asio::steady_timer timer{house.loop};
  std::vector<std::int64_t> latencies = {};
  std::size_t called = 0;
  std::int64_t startNs = monotonicNs();

  void next(std::int64_t endNs) {
    const auto due = startNs + static_cast<std::int64_t>(called) * 1'000'000'000 / kWritesPerSecond;
    if (due >= endNs) return;
    timer.expires_after(std::chrono::nanoseconds(std::max<std::int64_t>(0, due - monotonicNs())));
    timer.async_wait([this, endNs, due](auto) {
      // From when it was due, so that a pause counts for all that should have been written in it.
      house.store->kvIncr("", fmt::format("counter{}", called++ % 100), 1, std::nullopt, [this, due](auto) { latencies.push_back(monotonicNs() - due); });
      next(endNs);
    });
  }
};

void measure(House& house, std::string_view what, int seconds, const std::atomic<bool>* until) {
  Writing writing{house};
  const auto endNs = until ? INT64_MAX : writing.startNs + std::int64_t{seconds} * 1'000'000'000;
  writing.next(endNs);
  while (until ? !*until : monotonicNs() < endNs) house.loop.run_one_for(std::chrono::milliseconds(50));
  writing.timer.cancel();
  while (writing.latencies.size() < writing.called) house.loop.run_one_for(std::chrono::milliseconds(50));
  auto& all = writing.latencies;
  std::ranges::sort(all);
  const auto ms = [&all](double part) { return static_cast<double>(all[static_cast<std::size_t>(static_cast<double>(all.size() - 1) * part)]) / 1e6; };
  fmt::print("{:<32} {:>6} writes   p50 {:>7.2f} ms   p99 {:>7.2f} ms   longest {:>7.2f} ms\n", what, all.size(), ms(0.5), ms(0.99), ms(1));
}

int run(const fs::path& dir, int mebibytes, int seconds) {
  House house(dir / "data");
  fill(house, mebibytes);
  measure(house, "alone", seconds, nullptr);
  for (int i = 0; i < 3; ++i) {
    std::atomic<bool> done = false;
    const auto startNs = monotonicNs();
    std::thread backing([&] {
      backup::Progress progress;
      const auto made = backup::backUp({house.dataDir, dir / fmt::format("{}.tar", i), "bench"}, progress);
      if (!made) fmt::print(stderr, "{}\n", made.error().detail);
      done = true;
    });
    measure(house, fmt::format("while backup {} is made", i + 1), 0, &done);
    backing.join();
    const auto tookS = static_cast<double>(monotonicNs() - startNs) / 1e9;
    fmt::print("  {:.0f} MiB in {:.1f} s\n", static_cast<double>(fs::file_size(dir / fmt::format("{}.tar", i))) / (1 << 20), tookS);
  }
  bool closed = false;
  house.stores->close([&closed](auto) { closed = true; });
  while (!closed) house.loop.run_one();
  return 0;
}

}  // namespace
}  // namespace redd

int main(int count, char** values) {
  const auto dir = std::filesystem::path(count > 1 ? values[1] : "/tmp") / ("backup-bench-" + redd::randomLabel(8));
  std::filesystem::create_directories(dir);
  const int code = redd::run(dir, count > 2 ? std::atoi(values[2]) : 1'024, count > 3 ? std::atoi(values[3]) : 10);
  std::filesystem::remove_all(dir);
  return code;
}
