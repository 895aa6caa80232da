// The longest pause that a backup makes for those who write meanwhile: increments at a steady rate, each durable before it is acknowledged,
// by turns alone and while a backup of a space of so many documents is made.
//   backup_bench [DIR] [DOCUMENTS] [DOCUMENT_BYTES] [ROUNDS]
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

constexpr int kDocumentsAtOnce = 1'000;

void fill(House& house, int documents, std::size_t bytes) {
  for (int from = 0; from < documents; from += kDocumentsAtOnce) {
    std::vector<std::string> batch;
    for (int i = from; i < std::min(documents, from + kDocumentsAtOnce); ++i) {
      batch.push_back(fmt::format(R"({{"n":{},"filling":"{}"}})", i, randomLabel(32) + std::string(bytes, 'x')));
    }
    bool done = false;
    house.store->insert("filling", std::move(batch), [&done](auto) { done = true; });
    while (!done) house.loop.run_one();
  }
}

// Goes on until it is stopped; then what was called is waited for.
class Writing {
 public:
  explicit Writing(House& house) : house_(house), timer_(house.loop) { next(); }
  // From when each was due, so that a pause counts for all that should have been written in it; sorted.
  std::vector<std::int64_t> stop() {
    stopped_ = true;
    timer_.cancel();
    while (latencies_.size() < called_ || waits_) house_.loop.run_one();
    std::ranges::sort(latencies_);
    return std::move(latencies_);
  }

 private:
  void next() {
    const auto due = startNs_ + static_cast<std::int64_t>(called_) * 1'000'000'000 / kWritesPerSecond;
    timer_.expires_after(std::chrono::nanoseconds(std::max<std::int64_t>(0, due - monotonicNs())));
    waits_ = true;
    timer_.async_wait([this, due](auto) {
      waits_ = false;
      if (stopped_) return;
      house_.store->kvIncr("", fmt::format("counter{}", called_++ % 100), 1, std::nullopt, [this, due](auto) { latencies_.push_back(monotonicNs() - due); });
      next();
    });
  }

  House& house_;
  boost::asio::steady_timer timer_;
  std::vector<std::int64_t> latencies_;
  std::size_t called_ = 0;
  const std::int64_t startNs_ = monotonicNs();
  bool waits_ = false, stopped_ = false;
};

template <class GoesOn>
void measure(House& house, std::string_view what, GoesOn goesOn) {
  double loads[1] = {};
  std::ignore = ::getloadavg(loads, 1);
  Writing writing(house);
  const auto startNs = monotonicNs();
  while (goesOn()) house.loop.run_one_for(std::chrono::milliseconds(20));
  const auto tookS = static_cast<double>(monotonicNs() - startNs) / 1e9;
  const auto all = writing.stop();
  const auto ms = [&all](double part) { return static_cast<double>(all[static_cast<std::size_t>(static_cast<double>(all.size() - 1) * part)]) / 1e6; };
  fmt::print("{:<8} {:>6.1f} s {:>7} writes   p50 {:>7.2f}   p99 {:>7.2f}   p99.9 {:>7.2f}   longest {:>7.2f} ms   load {:.1f}\n", what, tookS, all.size(),
             ms(0.5), ms(0.99), ms(0.999), ms(1), loads[0]);
  std::fflush(stdout);
}

void backUpOnce(const House& house, const fs::path& target, std::atomic<bool>& done) {
  backup::Progress progress;
  const auto made = backup::backUp({house.dataDir, target, "bench"}, progress);
  if (!made) fmt::print(stderr, "{} {}\n", made.error().text(), made.error().detail);
  done = true;
}

int run(const fs::path& dir, int documents, std::size_t bytes, int rounds) {
  House house(dir / "data");
  fill(house, documents, bytes);
  for (int i = 0; i < rounds; ++i) {
    const auto target = dir / "backup.tar";
    std::atomic<bool> done = false;
    const auto startNs = monotonicNs();
    {
      const std::jthread backing([&] { backUpOnce(house, target, done); });
      measure(house, "backup", [&done] { return !done; });
    }
    const auto quietUntilNs = 2 * monotonicNs() - startNs;  // as long as the backup took
    std::error_code failed;
    if (i == 0) fmt::print("         the archive has {:.0f} MiB\n", static_cast<double>(fs::file_size(target, failed)) / (1 << 20));
    fs::remove(target, failed);
    measure(house, "alone", [quietUntilNs] { return monotonicNs() < quietUntilNs; });
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
  const int documents = count > 2 ? std::atoi(values[2]) : 100'000;
  const int bytes = count > 3 ? std::atoi(values[3]) : 1'000;
  const int code = redd::run(dir, documents, static_cast<std::size_t>(bytes), count > 4 ? std::atoi(values[4]) : 3);
  std::filesystem::remove_all(dir);
  return code;
}
