// Stores: one SqliteStore per space, opened on the readers' threads when first asked for.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sqlite/space_copy.h"
#include "sqlite/sqlite_store.h"
#include "store/store.h"
#include "base/remove_gently.h"

namespace redd::store {
namespace {

namespace asio = boost::asio;
using sqlite::Database;
using sqlite::SqliteStore;

constexpr std::size_t kReaderThreads = 3;  // they also write and sync files
constexpr std::size_t kOpenMax = 500;  // each holds a thread and a few descriptors

bool isFolderName(std::string_view id) {
  return !id.empty() && id.size() <= 100 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Result<Database> openIn(const std::filesystem::path& folder, const SqliteStore::Options& options) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return Error::hidden(failed == std::errc::no_space_on_device ? ErrorCode::storageFull : ErrorCode::internal,
                         fmt::format("{} cannot be made: {}", folder.string(), failed.message()));
  }
  return SqliteStore::openDatabase(folder / "data.sqlite", options);
}

class SqliteStores final : public std::enable_shared_from_this<SqliteStores> {
 public:
  SqliteStores(Loop& loop, std::filesystem::path dataDir, const Limits& limits, Metrics& metrics, std::int64_t momentsKeptMs)
      : loop_(loop), dataDir_(std::move(dataDir)), limits_(limits), metrics_(metrics), momentsKeptMs_(momentsKeptMs) {}

  void get(std::string spaceId, Completion<std::shared_ptr<Store>> done) {
    if (auto store = opened(spaceId)) return later(std::move(done), std::move(store));
    if (!isFolderName(spaceId)) return later(std::move(done), invalid("The space's id cannot be a folder: " + spaceId));
    if (closing_ || spaces_.size() >= kOpenMax) {
      return later(std::move(done), Error::make(ErrorCode::unavailable, closing_ ? "The stores are closing" : "Too many spaces are open"));
    }
    auto [at, first] = spaces_.try_emplace(spaceId);
    at->second.waiting.push_back(std::move(done));
    if (first) openSpace(spaceId);
  }

  std::shared_ptr<Store> opened(std::string_view spaceId) {
    auto found = spaces_.find(spaceId);
    return found == spaces_.end() ? nullptr : found->second.store;
  }

  void copy(const std::string& fromId, const std::string& toId, Completion<void> done) {
    if (!isFolderName(fromId) || !isFolderName(toId)) return later(std::move(done), Result<void>(invalid("A space's id cannot be a folder.")));
    const auto spaces = dataDir_ / "spaces";
    inBackground([from = spaces / fromId, to = spaces / toId] { return sqlite::copySpace(from, to); }, std::move(done));
  }

  void remove(const std::string& spaceId, Completion<void> done) {
    if (!isFolderName(spaceId)) return later(std::move(done), Result<void>(invalid("The space's id cannot be a folder: " + spaceId)));
    const auto found = spaces_.find(spaceId);
    if (found != spaces_.end() && !found->second.store) {
      return later(std::move(done), Result<void>(Error::make(ErrorCode::unavailable, "The space is being opened")));
    }
    auto gone = [self = shared_from_this(), spaceId, done = std::move(done)](Result<void>) mutable {
      self->inBackground([folder = self->dataDir_ / "spaces" / spaceId] { return removeFolder(folder); }, std::move(done));
    };
    if (found == spaces_.end()) return gone({});
    const auto store = std::move(found->second.store);
    spaces_.erase(found);
    ++busy_;
    store->close([self = shared_from_this(), store, gone = std::move(gone)](Result<void> closed) mutable {
      --self->busy_;
      gone(std::move(closed));
      self->closeWhenQuiet();
    });
  }

  void close(Completion<void> done) {
    closing_ = true;
    closed_ = std::move(done);
    for (auto& [id, space] : spaces_) {
      if (!space.store) continue;  // is being opened: closed when it is
      closeSpace(space);
    }
    asio::post(loop_, [self = shared_from_this()] { self->closeWhenQuiet(); });
  }

 private:
  struct Space {
    std::shared_ptr<SqliteStore> store;
    std::vector<Completion<std::shared_ptr<Store>>> waiting;
  };

  template <class T, class Value>
  void later(Completion<T> done, Value value) {
    asio::post(loop_, [done = std::move(done), value = std::move(value)]() mutable { done(std::move(value)); });
  }

  static Result<void> removeFolder(const std::filesystem::path& folder) {
    std::error_code failed;
    removeAllGently(folder, failed);
    if (failed) return Error::hidden(ErrorCode::internal, fmt::format("{} cannot be removed: {}", folder.string(), failed.message()));
    return {};
  }

  // One piece of long work at a time, on a thread of its own: readers do not wait behind it.
  template <class Work>
  void inBackground(Work work, Completion<void> done) {
    ++busy_;
    auto guard = asio::make_work_guard(loop_);
    asio::post(background_, [self = shared_from_this(), guard = std::move(guard), work = std::move(work), done = std::move(done)]() mutable {
      auto result = work();
      Loop& loop = self->loop_;
      asio::post(loop, [self = std::move(self), done = std::move(done), result = std::move(result)]() mutable {
        --self->busy_;
        done(std::move(result));
        self->closeWhenQuiet();
      });
    });
  }

  void openSpace(const std::string& spaceId) {
    ++busy_;
    auto guard = asio::make_work_guard(loop_);
    SqliteStore::Options options{.label = spaceId};
    if (momentsKeptMs_ > 0) options = {.label = spaceId, .moments = dataDir_ / "moments" / spaceId, .momentsKeptMs = momentsKeptMs_};
    asio::post(readers_->pool, [self = shared_from_this(), guard = std::move(guard), options]() mutable {
      auto database = openIn(self->dataDir_ / "spaces" / options.label, options);
      Loop& loop = self->loop_;
      asio::post(loop, [self = std::move(self), options, database = std::move(database)]() mutable {
        self->openedSpace(options, std::move(database));
      });
    });
  }

  void openedSpace(const SqliteStore::Options& options, Result<Database> database) {
    --busy_;
    auto found = spaces_.find(options.label);
    auto waiting = std::exchange(found->second.waiting, {});
    if (!database) {
      spaces_.erase(found);
      for (auto& done : waiting) done(database.error());
      return closeWhenQuiet();
    }
    auto store = SqliteStore::make(loop_, *std::move(database), readers_, limits_, metrics_, options);
    found->second.store = store;
    if (closing_) closeSpace(found->second);
    for (auto& done : waiting) done(std::shared_ptr<Store>(store));
  }

  void closeSpace(Space& space) {
    ++busy_;
    space.store->close([self = shared_from_this()](Result<void>) {
      --self->busy_;
      self->closeWhenQuiet();
    });
  }

  void closeWhenQuiet() {
    if (!closing_ || !closed_ || busy_ > 0) return;
    spaces_.clear();
    std::exchange(closed_, nullptr)({});
  }

  Loop& loop_;
  std::filesystem::path dataDir_;
  const Limits limits_;
  Metrics& metrics_;
  const std::int64_t momentsKeptMs_;
  std::shared_ptr<sqlite::ReaderThreads> readers_ = std::make_shared<sqlite::ReaderThreads>(kReaderThreads);
  asio::thread_pool background_{1};
  std::map<std::string, Space, std::less<>> spaces_;
  std::size_t busy_ = 0;  // spaces being opened or closed, copies and removals under way
  bool closing_ = false;
  Completion<void> closed_;
};

// The messages under way share the stores; the caller owns this.
class OwnedStores final : public Stores {
 public:
  explicit OwnedStores(std::shared_ptr<SqliteStores> stores) : stores_(std::move(stores)) {}
  void get(std::string spaceId, Completion<std::shared_ptr<Store>> done) override {
    stores_->get(std::move(spaceId), std::move(done));
  }
  std::shared_ptr<Store> opened(std::string_view spaceId) override { return stores_->opened(spaceId); }
  void copy(std::string fromId, std::string toId, Completion<void> done) override { stores_->copy(fromId, toId, std::move(done)); }
  void remove(std::string spaceId, Completion<void> done) override { stores_->remove(spaceId, std::move(done)); }
  void close(Completion<void> done) override { stores_->close(std::move(done)); }

 private:
  std::shared_ptr<SqliteStores> stores_;
};

}  // namespace

Result<std::unique_ptr<Stores>> Stores::open(Loop& loop, std::filesystem::path dataDir, const Limits& limits, Metrics& metrics,
                                             std::int64_t momentsKeptMs) {
  std::error_code failed;
  std::filesystem::create_directories(dataDir / "spaces", failed);
  if (failed) {
    return Error::make(ErrorCode::internal, fmt::format("{} cannot be made: {}", (dataDir / "spaces").string(), failed.message()));
  }
  return std::make_unique<OwnedStores>(std::make_shared<SqliteStores>(loop, std::move(dataDir), limits, metrics, momentsKeptMs));
}

}  // namespace redd::store
